"""Which blocks people left out of an article's text though the page has them in its midst.

Truths leave out cells of tables, pros and cons, questions and answers. Nothing calls these furniture but that they are
missing: neither their place, nor a name, nor a link. Who learns from them learns mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import corpus  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import phrases
from chaffinch.extract.segment import Cut

LEFT_OUT = 0.1
"""The most of a block's words that may stand in the truth of one that was left out."""
_MOST = 0.9
"""The share of the article's words that the element holds which is taken for the article's own."""
_FURNITURE = frozenset(("aside", "button", "dialog", "footer", "form", "hidden", "nav"))
_NAMES = re.compile(
    r"share|social|related|recommend|newsletter|subscri|sign-?up|promo|banner|advert|(?<![a-z])ads?(?![a-z])|sponsor"
    r"|comment|cookie|consent|breadcrumb|menu|nav(?![a-z])|navbar|sidebar|footer|widget|popular|trending|most-|more-"
    r"|teaser|cta|call-to|tag(?:s|list|cloud)|categor|author|byline|meta|toc|table-of-contents|popup|modal|login"
    r"|search|pagination|pager|prev|next|rating|vote|follow|print|tooltip|button|btn|card",
    re.IGNORECASE,
)
_LINKED = 0.8


def doubtful(cut: Cut, shares: Sequence[float], sample: corpus.Sample) -> set[int]:
    """The blocks of which nobody knows, by their places; `shares` is how much of each stands in the truth."""
    inside = _own_element(cut, shares)
    return {
        at
        for at in inside
        if cut.blocks[at].words and 0 <= shares[at] <= LEFT_OUT and not _is_furniture(cut, at, inside, sample)
    }


def _own_element(cut: Cut, shares: Sequence[float]) -> range:
    """The blocks of the smallest element that holds nearly all of the article."""
    words = [block.words if share >= 0.5 else 0 for block, share in zip(cut.blocks, shares, strict=True)]
    holding = [
        range(node.first, node.end)
        for node in cut.nodes
        if sum(words) and sum(words[node.first : node.end]) >= _MOST * sum(words)
    ]
    return min(holding, key=len, default=range(0))


def _is_furniture(cut: Cut, at: int, inside: range, sample: corpus.Sample) -> bool:
    block = cut.blocks[at]
    if any(part in block.text or (len(block.text) > 20 and block.text in part) for part in sample.left_out):
        return True
    if block.marks & _FURNITURE or phrases.is_certain(phrases.kind_of(block.text)):
        return True
    return block.linked_words >= _LINKED * block.words or _is_named(cut, at, inside)


def _is_named(cut: Cut, at: int, inside: range) -> bool:
    node = cut.nodes[cut.places[at]]
    while range(node.first, node.end) != inside and node.parent >= 0:
        if _NAMES.search(node.names):
            return True
        node = cut.nodes[node.parent]
    return False
