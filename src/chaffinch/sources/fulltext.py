"""Whether a feed entry already holds its whole article."""

from __future__ import annotations

import re

from chaffinch.sources.markup import plain
from chaffinch.text import count_words

_ENOUGH = 100
_MUCH = 300
"""Words that no teaser has: an entry that repeats its content as its summary is still whole with so many."""
_CLEARLY_LONGER = 1.5
_TAIL = 160

_APPEARED = re.compile(r"the post .{1,200} (?:first )?appeared (?:first )?on .{1,120}$", re.IGNORECASE)
_GOES_ON = (
    "[...]",
    "[…]",
    "[+]",
    "...",
    "»»",
    "…",
    "appeared first on",
    "click here to read more",
    "continue reading",
    "continue to article",
    "continuer la lecture",
    "czytaj dalej",
    "czytaj więcej",
    "devamını oku",
    "full article",
    "full story",
    "keep reading",
    "lees meer",
    "lees verder",
    "leer más",
    "leggi tutto",
    "leia mais",
    "ler mais",
    "lire la suite",
    "läs mer",
    "mehr lesen",
    "more",
    "read full article",
    "read more",
    "read the full article",
    "read the full story",
    "read the rest",
    "seguir leyendo",
    "view article",
    "weiterlesen",
    "zum artikel",
    "читать далее",
    "читать дальше",
    "اقرأ المزيد",
    "ادامه مطلب",
    "続きを読む",
    "阅读全文",
)
_END = re.compile(
    r"(?:" + "|".join(re.escape(words) for words in sorted(_GOES_ON, key=len, reverse=True)) + r")[\s.:>»→›\])]*$",
    re.IGNORECASE,
)


def is_complete(content: str, summary: str = "") -> bool:
    """Whether `content` (HTML) is the whole article: long, longer than the summary, and not trailing off."""
    text = plain(content, " ")
    words = count_words(text)
    if words < _ENOUGH:
        return False
    if words < _MUCH and words < _CLEARLY_LONGER * count_words(plain(summary, " ")):
        return False
    return not trails_off(text)


def trails_off(text: str) -> bool:
    """Whether a plain text ends with an ellipsis or an invitation to read on."""
    text = _APPEARED.sub("", text).rstrip()
    end = _END.search(text[-_TAIL:])
    # "more" and the like must stand alone at the end: after a full stop, a blank line's worth of link, a bracket.
    return end is not None and (not end[0][0].isalnum() or _stands_alone(text, end[0]))


def _stands_alone(text: str, end: str) -> bool:
    before = text[: len(text) - len(end)].rstrip()
    return not before or not before[-1].isalnum() or count_words(end) > 1
