"""What no reader sees is taken out of a text that a tool dumped as Markdown.

Pictures that are written out in letters, and tags of HTML (CommonMark 0.31, §4.6, §6.6) where there are many. What
stands in code stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from chaffinch.extract import coded, markdown

_INLINE = "abbr|b|em|font|i|label|small|span|strong|sub|sup|time|u|wbr"
_APART = (
    "article|aside|blockquote|br|button|center|details|dialog|div|figcaption|figure|footer|form|h[1-6]|header|hr|iframe"
    "|img|input|li|main|nav|noscript|ol|p|path|picture|section|source|summary|svg|table|tbody|td|th|thead|tr|ul|video"
)
"""Where such a tag stands, a word ends."""
_NAME = r"\s++[a-z_:@][\w:.@-]*+"
_VALUE = r"=(?:\"[^\"\n]*(?:\n(?!\s*\n)[^\"\n]*)*\"|'[^'\n]*(?:\n(?!\s*\n)[^'\n]*)*'|[^\s\"'<>=`]++)"
_WITHIN = rf"(?:{_NAME}{_VALUE}(?:{_NAME}(?:{_VALUE})?)*|{_NAME})?"
"""A tag's attributes as tools write them: the first has a value, or it is the only one."""
_TAG = rf"</(?:{_INLINE}|{_APART})\s*+>|<(?:{_INLINE}|{_APART}){_WITHIN}\s*+/?>"
_LINK = rf"</a\s*+>|<a{_WITHIN}\s*+>"
_STYLE = r"<style(?:\s[^<>]*)?>[^<]*</style>"
_ALONE = re.compile(rf"(?:(?:{_TAG}|{_LINK})\s*+)+", re.IGNORECASE)
_IN_TEXT = tuple(
    re.compile(rf"{coded.SPAN}|{pattern}", re.IGNORECASE)
    for pattern in (rf"{_STYLE}|{_TAG}", rf"(?:{_LINK})(?:(?<=>)([^<>\[\]\n]+)</a>)?")
)
"""Links last, for then nothing but words stands in them."""
_WITHIN_WORDS = re.compile(rf"</?(?:a|{_INLINE})[\s/>]", re.IGNORECASE)
_ADDRESS = re.compile(r"\shref=(?:\"([^\"<>\s]+)\"|'([^'<>\s]+)'|([^\"'<>\s]+))", re.IGNORECASE)
_BARE = re.compile(r"<([a-z1-6]+)>", re.IGNORECASE)
_NUMBER = re.compile(r"[-+−]?\d")
_EMPTY = frozenset(("br", "hr", "wbr"))
_NEAR = 2000
"""Characters within which an element must end that has no attributes; a text may speak of tags."""
_SHORT = 200
"""Characters beside such a tag on a line that is tags and nothing else."""
_PICTURE = re.compile(rf"{coded.SPAN}|!\[[^\[\]]{{0,1000}}\]\(data:[^\s()]*(?:\s+\"[^\"]*\")?\)")
_ITEM = re.compile(r"(?:[-*+]|\d{1,6}[.)])(?:\s+|$)")
_BEGUN = re.compile(rf"<(?:{_APART}){_WITHIN}\s*+/?>", re.IGNORECASE)
_CELLS = re.compile(r"\s*<t[dh][\s>]", re.IGNORECASE)
_FEWEST = 6
"""Lines that are tags and nothing else; fewer are an example,"""
_CERTAIN = 5
"""unless so many lines bear marks of Markdown, and one begins with a tag: there it is one of HTML."""
_LONGEST = 10_000
"""Characters of a line that is looked at for that."""
_MOST = 2_000_000
"""Characters of a text; longer ones keep their tags."""


def without(lines: Sequence[str]) -> Sequence[str]:
    """As many lines; tags stay where the text is no Markdown, or has next to none of them."""
    has_pictures = any("](data:" in line for line in lines)
    has_tags = _has_tags(lines)
    if not has_pictures and not has_tags:
        return lines
    found: list[str] = []
    for is_code, run in groupby(zip(lines, coded.is_code(lines), strict=True), lambda each: each[1]):
        text = "\n".join(line for line, _ in run)
        if not is_code and has_pictures:
            text = _PICTURE.sub(_left, text)
        found += _bare(text) if has_tags and not is_code else text.split("\n")
    return found


def _has_tags(lines: Sequence[str]) -> bool:
    at_left = [line for line in lines if line[:1] == "<" and len(line) < _LONGEST]
    if not any(map(_BEGUN.match, at_left)) or sum(map(len, lines)) > _MOST:
        return False
    signs = sum(map(markdown.is_likely, lines))
    alone = sum(_ALONE.fullmatch(line.rstrip()) is not None for line in at_left)
    return signs >= _CERTAIN or (signs > 0 and alone >= _FEWEST)


def _bare(text: str) -> Iterator[str]:
    bare = text
    for tags in _IN_TEXT:
        bare = tags.sub(_left, bare)
    for was, line in zip(text.split("\n"), bare.split("\n"), strict=True):
        said = line.strip()
        if line == was:
            yield line
        else:
            yield "" if _ITEM.fullmatch(said) else was[: len(was) - len(was.lstrip())] + said


def _left(found: re.Match[str]) -> str:
    """Code as it is, and a link as Markdown; of all else a blank where a word ends, and the ends of its lines."""
    written = found[0]
    if written[0] == "`":
        return written
    words = (found[1] if found.re.groups else None) or ""
    if words.strip() and (address := _ADDRESS.search(written)):
        target = next(filter(None, address.groups())).replace("(", "%28").replace(")", "%29")
        words = f"[{words.strip()}]({target})"
    elif _is_named(found):
        return written
    elif written.lower().startswith("<sup") and _NUMBER.match(found.string, found.end()):
        words = "^"
    elif not words and not _WITHIN_WORDS.match(written):
        words = " |" if written[:3].lower() == "</t" and _CELLS.match(found.string, found.end()) else " "
    return words + "\n" * written.count("\n")


def _is_named(found: re.Match[str]) -> bool:
    """Whether a sentence speaks of the tag: it begins nothing that ends near, and is not alone on its line."""
    bare, text = _BARE.fullmatch(found[0]), found.string
    if bare is None or bare[1].lower() in _EMPTY:
        return False
    if text.find(f"</{bare[1]}", found.end(), found.end() + _NEAR) >= 0:
        return False
    begin = text.rfind("\n", max(0, found.start() - _SHORT), found.start()) + 1
    end = text.find("\n", found.end(), found.end() + _SHORT)
    if (not begin and found.start() > _SHORT) or (end < 0 and len(text) > found.end() + _SHORT):
        return True
    line = text[begin : end if end >= 0 else len(text)].strip()
    return _ALONE.fullmatch(_ITEM.sub("", line, count=1) if _ITEM.match(line) else line) is None
