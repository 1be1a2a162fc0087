"""The tags and attributes that an article may hold."""

from __future__ import annotations

ALLOWED: dict[str, set[str]] = {
    "a": {"href"},
    "b": set(),
    "blockquote": set(),
    "br": set(),
    "cite": set(),
    "code": set(),
    "dd": set(),
    "del": set(),
    "dl": set(),
    "dt": set(),
    "em": set(),
    "figcaption": set(),
    "figure": set(),
    "h2": set(),
    "h3": set(),
    "h4": set(),
    "h5": set(),
    "h6": set(),
    "i": set(),
    "img": {"alt", "src"},
    "ins": set(),
    "kbd": set(),
    "li": set(),
    "mark": set(),
    "ol": set(),
    "p": set(),
    "pre": set(),
    "q": set(),
    "s": set(),
    "samp": set(),
    "small": set(),
    "strong": set(),
    "sub": set(),
    "sup": set(),
    "table": set(),
    "tbody": set(),
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "tr": set(),
    "u": set(),
    "ul": set(),
    "var": set(),
}
"""Every tag that an article may hold, and its attributes."""

SCHEMES = {"http", "https", "mailto"}
"""Where its links may lead."""
