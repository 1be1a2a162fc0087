"""What an element's name, role and style say of the blocks in it."""

from __future__ import annotations

from lxml import html

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
_NONE: frozenset[str] = frozenset()
_BARE = str.maketrans({" ": "", "\n": "", "\t": "", "\r": "", "\xa0": ""})


def of(element: html.HtmlElement) -> frozenset[str]:
    """The marks that it gives to all blocks in it: `nav`, `aside`, `list`, `quote`, `heading`, `hidden`, …"""
    told = _MARKS.get(element.tag), _ROLES.get(element.get("role", "")), "hidden" if is_hidden(element) else None
    return frozenset(filter(None, told)) if any(told) else _NONE


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether the element's own attributes hide it from a reader."""
    if element.get("hidden") is not None:
        return str(element.get("hidden")).lower() != "until-found"
    style = element.get("style")
    if not style:
        return False
    style = style.translate(_BARE).lower()
    return "display:none" in style or "visibility:hidden" in style
