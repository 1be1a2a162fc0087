"""What each line of a plain text looks like, as one row of numbers.

The same function serves training and use; the model's file names the columns it was trained on, so a change here
without a new model is noticed when the model is loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import by_lines, phrases, topic
from chaffinch.extract.punctuation import CLOSERS, ENDS, SENTENCE_END, commas
from chaffinch.model import Block, Verdict
from chaffinch.text import normalised

Rows = NDArray[np.float32]

_END = frozenset(ENDS)
_CLOSERS = f"{CLOSERS}]"
_WORD = re.compile(r"\w+")
_LOOKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year", re.compile(r"\b(?:19|20)\d\d\b")),
    ("time", re.compile(r"\b\d{1,2}:\d\d\b")),
    ("count", re.compile(r"^\W*\d[\d.,]*\s*[kKmM]?\W*\w*$|\(\d+\)$")),
    ("address", re.compile(r"https?://|www\.|\w@\w|\w\.(?:com|org|net|de)\b")),
    ("handle", re.compile(r"(?:^|\s)[@#]\w")),
    ("money", re.compile(r"[$€£¥₽]")),
    ("rights", re.compile(r"©|\(c\)|®|™", re.IGNORECASE)),
    ("parted", re.compile(r"\s[|›»>/·•]\s|[›»]")),
    ("more", re.compile(r"(?:\.\.\.|…|[»›→>])[\])]?$")),
    ("bullet", re.compile(r"^(?:[-*•‣◦–—·▪]|\(?\d{1,3}[.)])\s")),
    ("arrow", re.compile(r"^[›»→>←‹«<]\s?\w")),
    ("quoted", re.compile(r"[\"“”„«»‘『「]")),
    ("bracketed", re.compile(r"^[\[(].*[\])]$")),
    ("colon_within", re.compile(r"\w:\s\S")),
    ("wide", re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")),
    ("right_to_left", re.compile(r"[\u0590-\u08ff]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
)
_SHAPES = ("prose", "sentence", "item", "phrase", "date", "byline", "parted", "headline", "short")
_OF_LINE = (
    "words", "letters", "letters_a_word", "commas", "stops", "ends", "ends_colon", "ends_question", "ends_digit",
    "upper", "lower", "begins_digit", "digits", "capitals", "capital_words",
    *(name for name, _ in _LOOKS), *(f"is_{kind}" for kind in phrases.KINDS), *(f"is_{shape}" for shape in _SHAPES),
)  # fmt: skip
_MARKED = ("heading", "quote", "table", "code", "linked")
_NAMED = ("names_as_above", "begins_as_above")
"""Columns of `_marked` and `_named`."""
_LONG = 12
_ABOVE = 12
_BELOW = 3
"""Lines around the first one of prose in which a name may stand."""
_NAME = 8
"""The most words of a line with a name."""
_FIRST = 3
"""The fewest letters of a first name."""


def rows(blocks: Sequence[Block], read: by_lines.Read) -> tuple[Rows, list[str]]:
    """One row a line, and the names of the columns; `read` is what the rules made of them. There must be a line."""
    own = np.array([_of_line(b.text, b.words, "list" in b.marks) for b in blocks], dtype=np.float32)
    said = [normalised(block.text[:300]) for block in blocks]
    title = set(normalised(read.title).split())
    counts = Counter(said)
    context = np.array(
        [
            (
                counts[plain] > 1,
                len(title.intersection(words := plain.split())) / (len(words) or 1),
                verdict is Verdict.BOILERPLATE,
                reason == "the title",
            )
            for plain, (verdict, reason) in zip(said, read.verdicts, strict=True)
        ],
        dtype=np.float32,
    )
    page = _page(own[:, 0], own[:, _OF_LINE.index("ends")])
    headed = np.minimum(np.cumsum(context[:, 3]), 1)[:, None]
    marked = np.array([_marked(block) for block in blocks], dtype=np.float32)
    named = _named(said, own[:, _OF_LINE.index("is_prose")])
    names = [
        *_OF_LINE, "twice", "of_title", "dropped", "title", "under_title", *_MARKED, *_NAMED, *topic.COLUMNS, *page,
    ]  # fmt: skip
    parts = [own, context, headed, marked, named, topic.rows(blocks), np.stack(list(page.values()), axis=1)]
    return np.concatenate(parts, axis=1).astype(np.float32), names


def _marked(block: Block) -> tuple[float, ...]:
    """What Markdown says of a line."""
    return (
        block.tag[:1] == "h" and block.tag[1:].isdigit(), "quote" in block.marks, "table" in block.marks,
        "code" in block.marks, block.linked_words / (block.words or 1),
    )  # fmt: skip


def _named(said: Sequence[str], prose: Rows) -> Rows:
    """Whether a line below the first prose begins with words of a short one there, as an author's life with a name."""
    first = int(prose.argmax()) if prose.any() else len(said)
    words = [plain.split() for plain in said]
    near = words[max(0, first - _ABOVE) : first + _BELOW]
    names = {pair for each in near if len(each) <= _NAME for pair in pairwise(each)}
    firsts = {pair[0] for pair in names if len(pair[0]) >= _FIRST}
    return np.array(
        [
            (at >= first and tuple(each[:2]) in names, at >= first and bool(each) and each[0] in firsts)
            for at, each in enumerate(words)
        ],
        dtype=np.float32,
    )


def _page(words: Rows, ends: Rows) -> dict[str, Rows]:
    """Where on the page each line stands, and what kind of page it is; `words` are logarithms."""
    count = len(words)
    here = np.arange(count, dtype=np.float32)
    total = np.expm1(words)
    long = np.where((total > _LONG) & (ends > 0), total, 0)
    so_far = np.cumsum(long) - long
    whole = float(long.sum())
    ones = np.ones(count, dtype=np.float32)
    return {
        "at": here / count,
        "from_top": np.log1p(here) / 5,
        "from_end": np.log1p(count - 1 - here) / 5,
        "long_before": so_far / (whole + 1),
        "any_long_before": np.minimum(so_far, 1),
        "any_long_after": np.minimum(whole - so_far - long, 1),
        "lines": ones * np.log1p(count) / 5,
        "long_words": ones * np.log1p(whole) / 8,
        "long_share": ones * whole / (float(total.sum()) + 1),
        "short_lines": ones * float(np.mean(total < 5)),
    }


@lru_cache(maxsize=8192)
def _of_line(text: str, words: int, listed: bool) -> tuple[float, ...]:
    """Most short lines of a source's dumps stand in its other dumps too, so what was seen is remembered."""
    head = text[:400]
    letters = len(text)
    first = head[:1]
    end = text.rstrip(_CLOSERS)[-1:]
    tokens = _WORD.findall(head)
    sample = min(letters, 400) or 1
    kind = phrases.kind_of(text) if words <= 18 else ""
    shape = by_lines.shape_of(text, words, listed)
    return (
        np.log1p(words), np.log1p(letters) / 2, min(letters / (words or 1), 20) / 5,
        np.log1p(commas(head)),
        np.log1p(len(SENTENCE_END.findall(text[:2000]))), end in _END, text[-1:] in ":：", text[-1:] in "?？؟",
        text[-1:].isdigit(), first.isupper(), first.islower(), first.isdigit(),
        sum(map(str.isdigit, head)) / sample, sum(map(str.isupper, head)) / sample,
        sum(token[0].isupper() for token in tokens) / (len(tokens) or 1),
        *(pattern.search(head if name != "more" else text[-5:]) is not None for name, pattern in _LOOKS),
        *(kind == one for one in phrases.KINDS), *(shape == one for one in _SHAPES),
    )  # fmt: skip
