"""What a block says by itself, as one row of numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import ne
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import phrases
from chaffinch.model import Block, Metadata
from chaffinch.text import normalised

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
_END = frozenset(".!?…。！？؟।")
_CLOSERS = "\"'”’»)]"
_STOP = re.compile(r"[.!?。！？؟।](?=\s|$|[\"'”’»)])|[。！？]")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./:-]\d{1,2}\b")
_MORE = re.compile(r"(?:\.\.\.|…|[»›→>])[\])]?$")
_WORD = re.compile(r"\w+")
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
_KINDS = {kind: n for n, kind in enumerate(phrases.KINDS, 1)}


def columns(blocks: list[Block], metadata: Metadata) -> Columns:
    """For each name a column, with a row for each block."""
    title, description = set(normalised(metadata.title).split()), set(normalised(metadata.description).split())
    whole_title = normalised(metadata.title)
    seen: dict[str, int] = {}
    said = np.array([_of_text(block.text, block.words) for block in blocks], dtype=np.float32)
    stands = []
    for block in blocks:
        text, words, written = block.text, block.words, block.html
        seen[text] = seen.get(text, 0) + 1
        plain = _plain(text) if 0 < words <= 60 else ""
        tokens = plain.split() if plain else ()
        is_tagged = written[:1] == "<"
        stands.append((
            words, block.linked_words / (words or 1),
            len(title.intersection(tokens)) / len(tokens) if tokens else 0, plain == whole_title and bool(plain),
            len(description.intersection(tokens)) / len(tokens) if tokens else 0,
            is_tagged and written.startswith(("<strong>", "<b>")) and written.endswith(("</strong>", "</b>")),
            is_tagged and written.startswith(("<em>", "<i>")) and written.endswith(("</em>", "</i>")),
            written.count("<a "), written.count("<br>"), block.tag == "img",
            TAGS.get(block.tag, len(TAGS)), block.path.count("/"),
        ))  # fmt: skip
    own = {name: said[:, at] for at, name in enumerate(_OF_TEXT)}
    placed = np.array(stands, dtype=np.float32)
    own |= {name: placed[:, at] for at, name in enumerate(_OF_BLOCK)}
    marked = np.array([_of_marks(block.marks) for block in blocks], dtype=np.float32)
    own |= {f"in_{mark}": marked[:, at] for at, mark in enumerate(_MARKS)}
    own["twice"] = np.array([seen[block.text] if block.words else 0 for block in blocks], dtype=np.float32)
    return own


def long(own: Columns) -> NDArray[np.float32]:
    """For each block its words where it is running text, else 0."""
    return np.where((own["words"] >= 12) & (own["linked"] < 0.5) & (own["ends"] > 0), own["words"], np.float32(0))


@lru_cache(maxsize=2048)
def _of_text(text: str, words: int) -> tuple[float, ...]:
    """Most short texts of a page stand on the site's other pages too, so what was seen is remembered."""
    letters = len(text)
    if not letters:
        return (0.0,) * len(_OF_TEXT)
    head = text[:400]
    tokens = _WORD.findall(head.lower())
    first = text[:200]
    if first.isascii():
        raw = first.encode()
        digits, capitals = len(raw) - len(raw.translate(None, _DIGITS)), len(raw) - len(raw.translate(None, _CAPITALS))
    else:
        digits, capitals = sum(map(str.isdigit, first)), sum(map(ne, first, first.lower()))
    sample = min(letters, 200)
    end = text[-1]
    if end in _CLOSERS:
        end = text.rstrip(_CLOSERS)[-1:]
    return (
        letters, letters / (words or 1), text.count(",") + text.count("，") + text.count("、"),
        len(_STOP.findall(text)), end in _END, text[-1] == ":", text[-1] == "?", text[0].isupper(), digits / sample,
        capitals / sample, "©" in text, "|" in text or "»" in text or "›" in text,
        digits > 0 and letters < 80 and _DATE.search(text) is not None,
        letters < 120 and _BY.match(text) is not None,
        min(sum(map(_PERSONS.__contains__, tokens)), 8), min(sum(map(_PAST.__contains__, tokens)), 8),
        "http" in text or "@" in text, _MORE.search(text[-5:]) is not None,
        _KINDS.get(phrases.kind_of(text), 0) if words <= 18 else 0,
    )  # fmt: skip


@lru_cache(maxsize=2048)
def _plain(text: str) -> str:
    return normalised(text)


@lru_cache(maxsize=512)
def _of_marks(marks: frozenset[str]) -> tuple[bool, ...]:
    return tuple(mark in marks for mark in _MARKS)
