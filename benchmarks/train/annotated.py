"""What annotators said of the corpora's lines, one by one: `annotations.tsv`, by the lines' digests.

Truths of pages leave out parts of articles and keep some furniture. So annotators, who saw neither truth nor model,
read every line that a tool takes for main content, or of which the truth or nobody says that it is the article's; of
long lines they saw the beginning and the end. Each row is a page's name and its lines in order, each as five characters
of a digest of its text and one of what it is:

    +  the article's          T  its headline            m  said of it: byline, dates, section, tags
    c  a caption or credit    b  its author's life       k  its table of contents
    r  pointers elsewhere     p  promotion               s  the site's interface
    o  readers' comments      f  its references          ?  nobody knows
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("annotations.tsv")
ARTICLE = frozenset("+f")
HEADLINE = "T"
FURNITURE = frozenset("brpsom")
_LENGTH = 5


def of(page: str, texts: Sequence[str]) -> list[str]:
    """What annotators said of each of the page's lines, empty where none was asked."""
    return matched(_read().get(page, ()), texts)


def matched(labels: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[str]:
    """The labels of texts by their digests, in their order; empty where a text has none."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for known, kind in reversed(labels):
        waiting[known].append(kind)
    found = (waiting.get(digest(" ".join(text.split()))) for text in texts)
    return [kinds.pop() if kinds else "" for kinds in found]


def label(kind: str, told: int, either: int) -> int:
    """1 or 0; what else is told of a line of which no annotator was asked, and `either` of what may stay or go."""
    if kind in ARTICLE:
        return 1
    return 0 if kind in FURNITURE else either if kind else told


@cache
def _read() -> dict[str, list[tuple[str, str]]]:
    rows = (line.split("\t") for line in FILE.read_text("utf-8").splitlines())
    return {page: list(cut(said)) for page, said in rows}


def cut(said: str) -> Iterator[tuple[str, str]]:
    """The digests and kinds of a row."""
    for at in range(0, len(said), _LENGTH + 1):
        yield said[at : at + _LENGTH], said[at + _LENGTH]


def digest(text: str) -> str:
    """Five characters, alike for texts that are, and hardly ever for others of the same page."""
    return base64.urlsafe_b64encode(hashlib.blake2b(text.encode(), digest_size=4).digest())[:_LENGTH].decode()
