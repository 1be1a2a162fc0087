"""A run of text between two block tags is written anew, in a short list of inline tags.

Everything else is escaped: what a page's author wrote as markup never reaches a block as markup.
"""

from __future__ import annotations

import re
from html import escape

from chaffinch.extract.images import Image
from chaffinch.text import count_words

INLINE = {
    "a": "a",
    "abbr": "",
    "acronym": "",
    "b": "b",
    "bdi": "",
    "bdo": "",
    "big": "",
    "cite": "cite",
    "code": "code",
    "data": "",
    "del": "del",
    "dfn": "",
    "em": "em",
    "font": "",
    "i": "i",
    "ins": "ins",
    "kbd": "kbd",
    "label": "",
    "mark": "mark",
    "nobr": "",
    "output": "",
    "q": "q",
    "rp": "",
    "ruby": "",
    "s": "s",
    "samp": "samp",
    "small": "small",
    "span": "",
    "strike": "s",
    "strong": "strong",
    "sub": "sub",
    "sup": "sup",
    "time": "",
    "tt": "code",
    "u": "u",
    "var": "var",
    "wbr": "",
}
"""Tags that stand within a run of text, and what each is written as; empty: only its text stays."""

_EMPTY = re.compile(r"<(\w+)(?: [^<>]*)?>(\s*)</\1>")
_ENDS_EMPTY = re.compile(r">\s*</")
"""What an empty element looks like at a glance."""
_SPACES = re.compile(r" {2,}")
_BREAK = re.compile(r" *<br> *")
_BREAKS_AT_ENDS = re.compile(r"^(?:<br>)+|(?:<br>)+$")


class Run:
    """The text that is gathered until the next block tag; inline elements may stay open from one run to the next."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []
        self._links = self._anchored = 0
        self._reset()

    def _reset(self) -> None:
        self._html: list[str] = [start for start, _ in self._open]
        self._text: list[str] = []
        self._linked: list[str] = []
        self._breaks = 0
        self._is_marked = bool(self._open)

    def has_text(self) -> bool:
        """Whether anything in it can be seen."""
        return any(not part.isspace() for part in self._text)

    def say(self, text: str, *, pre: bool) -> None:
        """Text is added; `pre` where its white space counts."""
        if pre:
            text = text.replace("\xa0", " ")
        else:
            seen = _without_width(text)
            line = " ".join(seen.split())
            if line:
                self._breaks = 0
                text = line if len(line) == len(seen) else f"{' ' * seen[0].isspace()}{line}{' ' * seen[-1].isspace()}"
            elif self._html:
                text = " "
            else:
                return  # most of what stands between two block tags
        self._text.append(text)
        self._html.append(_escaped(text))
        if self._links:
            self._linked.append(text)

    def opened(self, tag: str, href: str | None, target: str) -> bool:
        """An inline element begins; whether an element is written for it, which `closed` must be told.

        `href` is what the page says, `target` the same as an absolute address, empty where it leads nowhere.
        """
        written = INLINE[tag]
        if written == "a":
            self._links += href is not None
            if not target or self._anchored:
                return False
            self._anchored += 1
            opening = f'<a href="{attribute(target)}">'
        else:
            opening = f"<{written}>"
        self._is_marked = True
        self._open.append((opening, f"</{written}>"))
        self._html.append(opening)
        return True

    def closed(self, tag: str, href: str | None, *, written: bool) -> None:
        """The inline element ends."""
        if tag == "a":
            self._links -= href is not None
            self._anchored -= written
        if written:
            self._html.append(self._open.pop()[1])

    def broken(self, *, pre: bool) -> bool:
        """A line break; whether it is the second in a row, which is how old pages write a paragraph."""
        self._breaks += 1
        if self._breaks == 2 and not pre:
            return True
        self._text.append("\n")
        self._html.append("\n" if pre else "<br>")
        return False

    def taken(self, *, pre: bool) -> tuple[str, str, int] | None:
        """What was gathered as markup, text and number of linked words, None where nothing can be seen; starts anew."""
        if not self._html:
            return None
        parts = self._text
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if text and not text.isspace():
            text = text.strip("\n").rstrip() if pre else text.strip() if len(parts) == 1 else _lines(text)
        found = None
        if text and not text.isspace():
            if self._is_marked or self._open or pre:
                inner = "".join([*self._html, *(end for _, end in reversed(self._open))])
                written = tidied(inner, pre=pre)
            else:
                written = _escaped(text).replace("\n", "<br>")
            found = written, text, count_words("".join(self._linked)) if self._linked else 0
        self._reset()
        return found


def picture(image: Image) -> str:
    """An image element."""
    return f'<img src="{attribute(image.src)}" alt="{attribute(image.alt)}">'


def tidied(written: str, *, pre: bool) -> str:
    """Inline markup without empty elements, and without space or breaks at its ends."""
    before = None
    while before != written and _ENDS_EMPTY.search(written):
        before = written
        written = _EMPTY.sub(r"\2", written)
    if pre:
        return written.strip("\n").rstrip()
    if "  " in written:
        written = _SPACES.sub(" ", written)
    if "<br>" in written:
        written = _BREAKS_AT_ENDS.sub("", _BREAK.sub("<br>", written).strip())
    return written.strip()


def attribute(value: str) -> str:
    """The value as HTML's own serialisation writes it between double quotes (HTML 13.3)."""
    return _escaped(value).replace('"', "&quot;")


def one_line(text: str) -> str:
    """The text with each run of white space as one space, without what has no width."""
    return " ".join(_without_width(text).split())


def _without_width(text: str) -> str:
    return text if text.isascii() else text.replace("\u200b", "").replace("\ufeff", "")


def _escaped(text: str) -> str:
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


def _lines(text: str) -> str:
    return "\n".join(filter(None, map(one_line, text.split("\n")))) if "\n" in text else one_line(text)
