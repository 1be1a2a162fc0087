"""What an element's name, role and style say of the blocks in it."""

from __future__ import annotations

from collections.abc import Mapping

SILENT = frozenset(
    [
        "applet",
        "area",
        "audio",
        "base",
        "canvas",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "input",
        "link",
        "map",
        "math",
        "meta",
        "meter",
        "noframes",
        "object",
        "option",
        "param",
        "progress",
        "rt",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "track",
        "video",
    ]
)
"""What holds no text that a reader sees as the page's own."""

_MARKS = {
    "address": "address",
    "aside": "aside",
    "blockquote": "quote",
    "button": "button",
    "caption": "caption",
    "dd": "list",
    "details": "details",
    "dialog": "dialog",
    "dl": "list",
    "dt": "list",
    "fieldset": "form",
    "figcaption": "caption",
    "figure": "figure",
    "footer": "footer",
    "form": "form",
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "header": "header",
    "li": "list",
    "listing": "code",
    "menu": "list",
    "nav": "nav",
    "ol": "list",
    "pre": "code",
    "table": "table",
    "ul": "list",
    "xmp": "code",
}
_ROLES = {
    "alertdialog": "dialog",
    "banner": "header",
    "complementary": "aside",
    "contentinfo": "footer",
    "dialog": "dialog",
    "form": "form",
    "menu": "nav",
    "menubar": "nav",
    "navigation": "nav",
    "search": "form",
    "tablist": "nav",
}
_BARE = str.maketrans({" ": "", "\n": "", "\t": "", "\r": "", "\xa0": ""})
_NONE: frozenset[str] = frozenset()
_ONE = {mark: frozenset((mark,)) for mark in (*_MARKS.values(), *_ROLES.values(), "hidden")}


def of(tag: str, said: Mapping[str, str]) -> frozenset[str]:
    """The marks that an element gives to all blocks in it: `nav`, `aside`, `list`, `quote`, `heading`, `hidden`, …

    `said` are its attributes.
    """
    found = _ONE[_MARKS[tag]] if tag in _MARKS else _NONE
    if said:
        if (role := said.get("role")) in _ROLES:
            found |= _ONE[_ROLES[role]]
        if is_hidden(said):
            found |= _ONE["hidden"]
    return found


def is_hidden(said: Mapping[str, str]) -> bool:
    """Whether an element's own attributes hide it from a reader."""
    if "hidden" in said:
        return said["hidden"].lower() != "until-found"
    style = said.get("style", "").lower()
    if "none" not in style and "hidden" not in style:
        return False
    style = style.translate(_BARE)
    return "display:none" in style or "visibility:hidden" in style
