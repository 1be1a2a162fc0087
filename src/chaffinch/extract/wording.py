"""What a block says by itself, as one row of numbers."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from operator import ne
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import phrases
from chaffinch.extract.punctuation import CLOSERS, ENDS, SENTENCE_END, commas
from chaffinch.model import Block, Metadata
from chaffinch.text import normalised
from chaffinch.text import words as words_of

Columns = dict[str, NDArray[Any]]

TAGS = {name: bit for bit, names in enumerate((
    ("p",), ("div",), ("li",), ("h1",), ("h2",), ("h3",), ("h4", "h5", "h6"), ("td", "th"), ("section", "article",
    "main"),
    ("span", "body"), ("figcaption", "caption"), ("pre",), ("blockquote",), ("dt", "dd"), ("button",), ("img",),
    ("footer", "header", "nav", "aside"), ("form", "fieldset"), ("summary", "details"), ("address",), ("center",
    "font"),
)) for name in names}  # fmt: skip
"""What a block's element is; the number of a kind is its place here."""

_MARKS = (
    "address", "aside", "button", "caption", "code", "details", "dialog", "figure", "footer", "form", "header",
    "heading", "hidden", "list", "nav", "quote", "table",
)  # fmt: skip
_END = frozenset(ENDS)
_CLOSERS = f"{CLOSERS}]"
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./:-]\d{1,2}\b")
_MORE = re.compile(r"(?:\.\.\.|…|[»›→>])[\])]?$")
_MORE_ENDS = frozenset(".…»›→>])\n")
_BY = re.compile(
    r"(?:by|von|par|por|da|di|от|автор|door|przez|foto|photo|image|credit|source|quelle|bild)\b[: ]", re.IGNORECASE
)
_PERSONS = frozenset((
    "you", "your", "we", "our", "us", "sie", "ihr", "ihre", "ihren", "wir", "unser", "unsere", "unseren", "vous",
    "votre", "nos", "notre", "tu", "tus", "su", "nuestro", "nuestra", "nuestros", "nuestras",
))  # fmt: skip
"""Words that speak to a reader, as sites do of themselves."""
_PAST = frozenset((
    "said", "says", "told", "was", "were", "had", "sagte", "war", "wurde", "hatte", "déclaré", "était", "dijo", "fue",
    "era", "detto", "disse", "foi", "сказал", "был",
))  # fmt: skip
"""Words that tell, as articles do."""
_TELLING = _PERSONS | _PAST
_DIGITS = b"0123456789"
_CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OF_TEXT = (
    "letters", "letters_a_word", "commas", "stops", "ends", "colon", "question", "upper", "digits", "capitals",
    "copyright", "bar", "date", "by", "person", "past", "address", "more", "phrase",
)  # fmt: skip
_OF_BLOCK = (
    "words", "linked", "title", "is_title", "description", "strong", "emphasised", "links", "breaks", "image", "tag",
    "depth",
)  # fmt: skip
_NOTHING: tuple[tuple[float, ...], list[str]] = ((0.0,) * len(_OF_TEXT), [])
_KINDS = {kind: n for n, kind in enumerate(phrases.KINDS, 1)}


def columns(blocks: list[Block], metadata: Metadata) -> Columns:
    """For each name a column, with a row for each block."""
    title, description = normalised(metadata.title).split(), normalised(metadata.description).split()
    in_title, in_description = frozenset(title), frozenset(description)
    seen = Counter([block.text for block in blocks])
    said: list[float] = []
    stands: list[float] = []
    for block in blocks:
        words, written = block.words, block.html
        told, tokens = _of_text(block.text, words)
        count = len(tokens)
        is_tagged = written[:1] == "<"
        said += told
        stands += (
            words, block.linked_words / (words or 1),
            len(in_title.intersection(tokens)) / count if count else 0, count > 0 and tokens == title,
            len(in_description.intersection(tokens)) / count if count else 0,
            is_tagged and written.startswith(("<strong>", "<b>")) and written.endswith(("</strong>", "</b>")),
            is_tagged and written.startswith(("<em>", "<i>")) and written.endswith(("</em>", "</i>")),
            written.count("<a "), written.count("<br>"), block.tag == "img",
            TAGS.get(block.tag, len(TAGS)), block.path.count("/"),
        )  # fmt: skip
    own = _columned(said, _OF_TEXT) | _columned(stands, _OF_BLOCK)
    number = {marks: n for n, marks in enumerate({block.marks for block in blocks})}
    marked = np.array([[mark in marks for mark in _MARKS] for marks in number], dtype=np.float32)
    own |= zip([f"in_{mark}" for mark in _MARKS], marked[[number[block.marks] for block in blocks]].T, strict=True)
    own["twice"] = np.array([seen[block.text] if block.words else 0 for block in blocks], dtype=np.float32)
    return own


def long(own: Columns) -> NDArray[np.float32]:
    """For each block its words where it is running text, else 0."""
    return np.where((own["words"] >= 12) & (own["linked"] < 0.5) & (own["ends"] > 0), own["words"], np.float32(0))


def _columned(rows: list[float], names: tuple[str, ...]) -> Columns:
    """Rows one behind the other as columns by name."""
    return dict(zip(names, np.array(rows, dtype=np.float32).reshape(-1, len(names)).T, strict=True))


@lru_cache(maxsize=2048)
def _of_text(text: str, words: int) -> tuple[tuple[float, ...], list[str]]:
    """What a text says by itself, and its words where they are few.

    Most short texts of a page stand on the site's other pages too, so what was seen is remembered.
    """
    letters = len(text)
    if not letters:
        return _NOTHING
    tokens = words_of(text[:400])
    first = text[:200]
    if first.isascii():
        raw = first.encode()
        digits, capitals = len(raw) - len(raw.translate(None, _DIGITS)), len(raw) - len(raw.translate(None, _CAPITALS))
    else:
        digits, capitals = sum(map(str.isdigit, first)), sum(map(ne, first, first.lower()))
    sample = min(letters, 200)
    last = text[-1]
    end = text.rstrip(_CLOSERS)[-1:] if last in _CLOSERS else last
    telling = _TELLING.intersection(tokens)
    persons, past = sum(map(tokens.count, telling & _PERSONS)), sum(map(tokens.count, telling & _PAST))
    return (
        letters, letters / (words or 1), commas(text),
        len(SENTENCE_END.findall(text)), end in _END, last == ":", last == "?", text[0].isupper(), digits / sample,
        capitals / sample, "©" in text, "|" in text or "»" in text or "›" in text,
        digits > 0 and letters < 80 and _DATE.search(text) is not None,
        letters < 120 and _BY.match(text) is not None, min(persons, 8), min(past, 8),
        "http" in text or "@" in text, last in _MORE_ENDS and _MORE.search(text[-5:]) is not None,
        _KINDS.get(phrases.kind_of(text), 0) if words <= 18 else 0,
    ), _few(text, words, tokens)  # fmt: skip


def _few(text: str, words: int, tokens: list[str]) -> list[str]:
    """The words as `normalised` leaves them, where there are some and no more than sixty."""
    if not 0 < words <= 60:
        return []
    return tokens if text.isascii() and len(text) <= 400 else normalised(text).split()
