"""A page's markup becomes a tree, once, within bounds.

libxml2 silently drops what lies deeper than 256 levels and some parsers take seconds for a hostile page, so
size and depth are looked at before anything is parsed.
"""

from __future__ import annotations

import re

from lxml import etree, html

from chaffinch.errors import ExtractError

MAX_CHARACTERS = 12_000_000
"""Longer pages are refused; the fetcher's own limit is 8 MiB."""
MAX_TAGS = 200_000
MAX_ATTRIBUTES = 400_000
MAX_DEPTH = 200

MAX_ATTRIBUTES_OF_ONE = 10_000
"""libxml2 compares each attribute of an element with all before it: 40,000 take it four seconds."""

_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>?""")
_QUOTED = re.compile(r"""("[^"]*")|('[^']*')""")
_BARE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>")
"""Without a look at quotes: where one is left open, the other pattern runs on into text, which must not be lost."""
_LEVELS = {"dl": 2, "frameset": 2, "ol": 2, "select": 2, "table": 4, "ul": 2}
"""How deep an element leads: a table brings tbody, tr and td, whose own tags are not counted."""
_LEVELLESS = frozenset(
    [
        "area",
        "base",
        "body",
        "br",
        "caption",
        "col",
        "colgroup",
        "dd",
        "dt",
        "embed",
        "head",
        "hr",
        "html",
        "img",
        "input",
        "li",
        "link",
        "meta",
        "option",
        "p",
        "param",
        "source",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "track",
        "wbr",
    ]
)
"""Void elements, and those whose end tag may be left out: they cannot nest in themselves."""
_LEVELS_OF = {**dict.fromkeys(_LEVELLESS, 0), **_LEVELS}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32), 127))
_RARE = re.compile("[\ufffe\uffff\ud800-\udfff]")
_RARE_BYTES = (b"\xed", b"\xef\xbf")
"""What their UTF-8 begins with. Bytes are found in a fraction of the time that the pattern takes."""
_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""`lxml.html` asks a function in Python of each element what class it is of; here all are of one."""
_XML_PROLOG = re.compile(r"^\s*<\?xml[^>]*>")


def parse(markup: str) -> html.HtmlElement:
    """The page as a tree with an `html` root. Raises ExtractError for a page that is beyond measure."""
    return grown(checked(markup))


def checked(markup: str) -> str:
    """The markup as parsers may have it: within bounds, without control characters. Raises ExtractError."""
    if len(markup) > MAX_CHARACTERS:
        raise ExtractError(f"the page is too long: {len(markup):,} characters, at most {MAX_CHARACTERS:,} are read")
    if markup.count("<") > MAX_TAGS:
        raise ExtractError(f"the page has more than {MAX_TAGS:,} tags; it is no article")
    if markup.count("=") > MAX_ATTRIBUTES:
        raise ExtractError(f"the page has more than {MAX_ATTRIBUTES:,} attributes; it is no article")
    raw = markup.encode("utf-8", "surrogatepass")
    is_rare = any(begin in raw for begin in _RARE_BYTES) and _RARE.search(markup)
    if is_rare or len(raw.translate(None, _CONTROL_BYTES)) < len(raw):
        markup = _CONTROL.sub("", markup)
    return flat(_XML_PROLOG.sub("", markup))


def grown(markup: str) -> html.HtmlElement:
    """The tree of a page whose markup was checked."""
    if not markup.strip():
        markup = "<html></html>"
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = html.document_fromstring(markup.encode("utf-8"), parser=parser, ensure_head_body=True)
    except etree.ParserError:  # nothing but an open comment, or the like
        root = html.document_fromstring(b"<html></html>", parser=parser, ensure_head_body=True)
    return root if root.tag == "html" else root.getroottree().getroot()


def flat(markup: str) -> str:
    """The markup without the tags that open below MAX_DEPTH, and without their ends; the text stays.

    Raises ExtractError for an element with a hostile number of attributes.
    """
    depth = deepest = 0
    for end, name, rest in _TAG.findall(markup):
        levels = _LEVELS_OF.get(name)
        if levels is None:
            levels = _LEVELS_OF.get(name.lower(), 1)
        if len(rest) > 2 * MAX_ATTRIBUTES_OF_ONE and len(_QUOTED.sub("", rest).split()) > MAX_ATTRIBUTES_OF_ONE:
            raise ExtractError(f"an element has more than {MAX_ATTRIBUTES_OF_ONE:,} attributes; it is no article")
        if not levels:
            continue
        if end:
            depth = depth - levels if depth > levels else 0
        elif rest[-1:] != "/":
            depth += levels
            if depth > deepest:
                deepest = depth
    return _flattened(markup) if deepest > MAX_DEPTH else markup


def _flattened(markup: str) -> str:
    depth = 0

    def shallow(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if name in _LEVELLESS or tag[3].endswith("/"):
            return tag[0] if depth <= MAX_DEPTH else " "
        levels = _LEVELS.get(name, 1)
        before = depth
        depth = max(0, depth - levels) if tag[1] else depth + levels
        return tag[0] if max(before, depth) <= MAX_DEPTH else " "

    return _BARE_TAG.sub(shallow, markup)
