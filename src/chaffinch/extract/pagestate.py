"""A page's article may stand in it as data for its scripts (`__NEXT_DATA__` and its kind)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import html

from chaffinch.text import count_words, normalised

_TITLES = ("title", "headline", "name", "heading", "seoTitle", "pageTitle")
_BODIES = (
    "articleBody", "bodyHtml", "body_html", "contentHtml", "content_html", "html", "body", "content", "rendered",
    "story", "markup", "text", "value", "paragraphs", "blocks", "elements", "components", "children", "items",
)  # fmt: skip
"""Keys under which an article's text stands, the likeliest first."""
_ASSIGNED = re.compile(r"(?:__[A-Z][A-Z_]*__|Fusion\.globalContent)\s*=\s*(?=\{)")
_MOST = 6_000_000
"""Characters of scripts that are looked into."""
_MOST_VALUES = 50_000
_DEEPEST = 24
_LEAST = 60
"""Words; what is shorter is a teaser."""
_TAG = re.compile(r"<[a-zA-Z/][^<>]{0,500}>")


def body(scripts: Iterable[html.HtmlElement], title: str, least: int) -> str:
    """The longest text of an object that has the page's title, as markup or as text; empty below `least` words."""
    plain = normalised(title)
    if not plain or least < 0:
        return ""
    found = ""
    for value in _values(scripts, title, 4 * least):
        for thing in _objects(value):
            if any(isinstance(said := thing.get(key), str) and normalised(said) == plain for key in _TITLES):
                found = max(found, _text(thing, 0), key=len)
    return found if _words(found) >= max(least, _LEAST) else ""


def is_markup(text: str) -> bool:
    """Whether a body was written in HTML."""
    return len(_TAG.findall(text[:20_000])) >= 2


def _words(text: str) -> int:
    return count_words(_TAG.sub(" ", text))


def _values(scripts: Iterable[html.HtmlElement], title: str, least: int) -> Iterator[object]:
    """What the page's scripts hold in JSON, where that is long enough and speaks of the title."""
    first = max(re.findall(r"[^\W_]+", title), key=len, default="")
    escaped = json.dumps(first)[1:-1]
    read = 0
    for script in scripts:
        text = script.text or ""
        if len(text) < least or "ld+json" in (script.get("type") or ""):
            continue
        read += len(text)
        if read > _MOST:
            return
        kind = (script.get("type") or "").lower()
        if "json" not in kind and "__" not in text and "Fusion" not in text:
            continue  # most scripts are no data, and that is seen sooner
        if first not in text and (escaped == first or escaped not in text):
            continue
        starts = [text.find("{")] if "json" in kind else [match.end() for match in _ASSIGNED.finditer(text)][:5]
        for start in starts:
            try:
                yield json.JSONDecoder(strict=False).raw_decode(text, max(start, 0))[0]
            except (ValueError, RecursionError):
                continue


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    """Every object in a value, outer ones first, within bounds."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    seen = 0
    while waiting and seen < _MOST_VALUES:
        value, depth = waiting.pop()
        seen += 1
        if isinstance(value, Mapping):
            yield value
        if depth < _DEEPEST and isinstance(value, Mapping | list):
            waiting += [(each, depth + 1) for each in (value.values() if isinstance(value, Mapping) else value)]


def _text(value: object, depth: int) -> str:
    """The text under the first of the telling keys that leads to enough of it; a list's texts are paragraphs."""
    if isinstance(value, str):
        return value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (_text(each, depth + 1) for each in value[:2000])))
    if isinstance(value, Mapping):
        best = ""
        for text in (_text(value[key], depth + 1) for key in _BODIES if key in value):
            if depth and text.strip():
                return text
            best = max(best, text, key=len)
        return best
    return ""
