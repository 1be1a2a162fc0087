"""What a page as a whole is; only an article is published.

A page is an article until something speaks against it: three sentences of news are an article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl

from chaffinch import urls
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.extract.punctuation import ENDS
from chaffinch.model import Block, Certainty, Kind, Metadata, Verdict
from chaffinch.text import normalised

_FEW_WORDS = 40
"""Words of which a page without JavaScript shows no more."""
_SURELY_LISTINGS = ("CollectionPage", "SearchResultsPage")
_SOME = 5
"""Links that look like headlines."""
_MUCH = 0.25
"""Share of the kept words that are links; of a hundred articles five have more than a tenth."""
_SHELF = 10
"""Prices."""
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:€|£|zł|kr|EUR|USD|CHF|GBP)(?!\w)")
_TAG = 6
"""Words that a price tag may have."""
_NUMBER = re.compile(r"\[\d+\]")
_LONG = 30
"""Words; a block of so many is running text, in scripts without full stops too."""
_A_TEASER = 12
"""Words of running text for each linked headline that make an article nevertheless, where a day is beside its own."""
_SHORT = 150
"""Words; what is longer is not only a paywall's taste or an error's apology."""
_EXTENSION = re.compile(r"\.(?:aspx?|cfm|cgi|do|html?|jsp|php|pl|shtml)$", re.IGNORECASE)
_ASKED = frozenset(("act", "action", "do", "mode", "op", "option", "page", "route", "task", "view"))
"""What scripts' addresses call the page that is asked for."""
_OF_SITE = frozenset(("header", "footer", "nav"))
"""Marks of what a site says on every page."""
_OF_TEXT = re.compile(r"/(?:article|main)\b")
"""Where in a page's path its article stands: heads and feet there are of the article."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the page shows beside its blocks."""

    status: int = 200
    is_plain: bool = False
    says_article: bool = False
    """JSON-LD or OpenGraph call it an article."""
    is_described: bool = False
    """JSON-LD describes an article: OpenGraph calls many a page one."""
    says_free: bool | None = None
    """JSON-LD's `isAccessibleForFree`."""
    says_other: str = ""
    """The kind of page that JSON-LD calls it, where that is a listing."""
    says_product: str = ""
    """What JSON-LD, microdata or OpenGraph call it, where that is something for sale."""
    scripts: int = 0
    noscript: str = ""
    url: str = ""
    is_dated: bool = False
    """The source or front matter says when it was published."""
    passwords: int = 0
    """The most passwords that one form of the page asks for."""


def judge(blocks: Sequence[Block], metadata: Metadata, signs: Signs) -> tuple[Kind, str]:
    """The page's kind, and in one line why."""
    kept = [block for block in blocks if block.verdict is Verdict.CONTENT]
    words = sum(block.words for block in kept)
    total = sum(block.words for block in blocks)
    if signs.status >= 400:
        return Kind.ERROR, f"the server answered {signs.status}"
    if error := _error(blocks, metadata, words):
        return Kind.ERROR, f"it says “{error}”"
    if not signs.is_plain and words < _FEW_WORDS and (shell := _shell(blocks, total, signs)):
        return Kind.SHELL, shell
    if not total:
        return Kind.EMPTY, "there is no text on it"
    if words < 3 * _SHORT and (wall := _wall(blocks, words, signs)):
        return Kind.PAYWALL, wall
    if not signs.is_described and (other := _other(blocks, metadata, signs) or _form(metadata, signs)):
        return Kind.OTHER, other
    if not words:
        return Kind.EMPTY, "nothing on it looks like an article's text"
    if not signs.is_plain and (index := _index(blocks, kept, metadata, signs)):
        return Kind.INDEX, index
    sentences = sum(_is_prose(block) for block in kept)
    if not sentences and words < _FEW_WORDS:
        return Kind.EMPTY, f"only {words} words that are no sentences"
    return Kind.ARTICLE, f"{words} words of text in {len(kept)} blocks"


@cache
def _sign(kind: str) -> re.Pattern[str]:
    """What tells pages of a kind, from `signs.tsv`: kind and regular expression, sorted; of a `form` its address."""
    rows = (line.split("\t") for line in (files("chaffinch.extract") / "signs.tsv").read_text("utf-8").splitlines())
    return re.compile("|".join(written for name, written in rows if name == kind), re.IGNORECASE)


def _error(blocks: Sequence[Block], metadata: Metadata, words: int) -> str:
    if words > _SHORT:
        return ""
    headings = [metadata.title, *(block.text for block in blocks if block.tag in ("h1", "h2"))][:4]
    return next((line for line in headings if len(line) < 120 and _sign("error").fullmatch(normalised(line))), "")


def _shell(blocks: Sequence[Block], total: int, signs: Signs) -> str:
    asks = next((block.text for block in blocks if len(block.text) < 300 and _sign("scripted").search(block.text)), "")
    if (asks or _sign("scripted").search(signs.noscript)) and total < 3 * _SHORT:
        return "it needs JavaScript to show its text"
    if signs.scripts >= 3 and total < _FEW_WORDS:
        return f"{signs.scripts} scripts and {total} words: it needs JavaScript to show its text"
    return ""


def _wall(blocks: Sequence[Block], words: int, signs: Signs) -> str:
    if signs.says_free is not False and words >= _SHORT:
        return ""
    asking = (block.text for block in blocks if _may_ask(block))
    says = next((text for text in asking if len(text) < 400 and _sign("walled").search(text)), "")
    if says:
        return f"only its beginning is free: “{says[:80]}”"
    if signs.says_free is False and words < _SHORT:
        return "it says of itself that it is not free, and only its beginning is here"
    return ""


def _may_ask(block: Block) -> bool:
    """Whether a paywall may speak there: not in the head and foot of a site, nor in what asks about cookies."""
    if _sign("consenting").search(block.text):
        return False
    return not _OF_SITE & block.marks or _OF_TEXT.search(block.path) is not None


def _index(blocks: Sequence[Block], kept: Sequence[Block], metadata: Metadata, signs: Signs) -> str:
    prose = [block for block in kept if _is_prose(block)]
    words = sum(block.words for block in prose)
    linked_headings = sum("heading" in block.marks and _is_linked(block) for block in blocks)
    linked = sum(block.words >= 4 and _is_linked(block) and "nav" not in block.marks for block in blocks)
    listing = max(linked_headings, linked // 3)
    own = _own_words(blocks) if metadata.certainty is Certainty.LIKELY else 0
    is_dated = own >= _FEW_WORDS
    if not signs.is_described and metadata.certainty is not Certainty.SURE:
        if signs.says_other in _SURELY_LISTINGS:
            return f"it calls itself a {signs.says_other}"
        if not is_dated and listing >= _SOME and (share := _linked(kept)) >= _MUCH:
            return f"{share:.0%} of its text are links, {listing} of them like headlines"
    if signs.says_article or (metadata.certainty is Certainty.SURE and words >= 60):
        return ""
    if urls.is_front(signs.url) and listing >= 5:
        return f"the front page of a site, with {listing} linked headlines"
    if signs.says_other and words < 250 and listing >= 4:
        return f"it calls itself a {signs.says_other}, with {listing} linked headlines"
    if not is_dated and listing >= 10 and words < 25 * listing**0.5:
        return f"{listing} linked headlines and {words} words of running text"
    teasers = sum("heading" in block.marks and _is_linked(block) for block in kept)
    if teasers >= 5 and teasers * 2 >= len(prose) and own < _A_TEASER * teasers:
        return f"{teasers} linked headlines with a few lines each"
    return ""


def _is_linked(block: Block) -> bool:
    """Whether a block of three words and more is next to nothing but a link."""
    return block.words >= 3 and block.linked_words >= block.words * 0.8


def _own_words(blocks: Sequence[Block]) -> int:
    """The words of the longest run of kept text that no linked headline interrupts."""
    longest = run = 0
    for block in blocks:
        if _is_linked(block):
            run = 0
        elif block.verdict is Verdict.CONTENT and (_is_prose(block) or block.words >= _LONG):
            run += block.words
            longest = max(longest, run)
    return longest


def _other(blocks: Sequence[Block], metadata: Metadata, signs: Signs) -> str:
    if signs.says_product and not signs.says_article:
        return f"it calls itself a {signs.says_product}"
    if metadata.certainty is Certainty.SEEN and (prices := _shelf(blocks)) >= _SHELF:
        return f"a shop's shelf, with {prices} prices alike"
    return ""


def _form(metadata: Metadata, signs: Signs) -> str:
    """Why an undated page is taken for one to be filled in; empty where nothing says so.

    By its address an encyclopaedia's entry on registers is one, too.
    """
    if metadata.certainty is not Certainty.SEEN or signs.says_article or signs.is_dated:
        return ""
    if signs.passwords > 1:
        return "a form in which a password is chosen"
    parts = urls.split(signs.url)
    if not parts or not urls.is_web(signs.url):
        return ""
    asked = [value for key, value in parse_qsl(parts.query) if key.lower() in _ASKED]
    said = (parts.path.rstrip("/").rpartition("/")[2], *asked)
    called = next((word for word in said if _sign("form").fullmatch(_EXTENSION.sub("", word).rstrip("_"))), "")
    return f"its address says that it is a form or a search: “{called[:40]}”" if called else ""


def _shelf(blocks: Sequence[Block]) -> int:
    """How many price tags stand in places that are alike."""
    places = Counter(
        _NUMBER.sub("", block.path)
        for block in blocks
        if 0 < block.words <= _TAG and "table" not in block.marks and _PRICE.search(block.text)
    )
    return max(places.values(), default=0)


def _linked(kept: Sequence[Block]) -> float:
    return sum(block.linked_words for block in kept) / max(sum(block.words for block in kept), 1)


def _is_prose(block: Block) -> bool:
    return is_sentence(block) or (block.words >= 4 and block.text[-1:] in f'{ENDS}”"»')
