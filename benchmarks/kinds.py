"""Measure what a location is taken for when nobody says its kind: `python benchmarks/kinds.py CORPUS`.

The labelled pages of WCXB are visited one by one, as `chaffinch add URL` visits them; nothing else of their sites is
there, so that no feed helps. For each type of page: how many are followed as lists.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "train"))
import corpus  # type: ignore[import-not-found] # beside the training script

from chaffinch.errors import ChaffinchError, FetchError
from chaffinch.model import Page, Source, SourceKind, SourceState, Validators
from chaffinch.sources import discover


class _Only:
    """A fetcher that knows one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def get(self, url: str, validators: Validators | None = None) -> Page:
        if url != self._page.url:
            raise FetchError(f"{url}: not in the corpus")
        return self._page


def kind_of(sample: corpus.Sample) -> SourceKind | None:
    """What it is taken for; None where it cannot be read."""
    fetcher = _Only(Page(sample.url, sample.body, "text/html"))
    try:
        return discover.read(Source("x", None, sample.url), SourceState(), fetcher).state.kind
    except ChaffinchError:
        return None


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--every", type=int, default=1, help="take every n-th page only")
    asked.add_argument("--each", action="store_true", help="print articles taken for lists, and lists that are not")
    given = asked.parse_args()
    lists: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for sample in islice(corpus.wcxb(given.corpus), 0, None, given.every):
        is_list = kind_of(sample) is SourceKind.INDEX
        every[sample.kind] += 1
        lists[sample.kind] += is_list
        if given.each and is_list is not (sample.kind == "listing") and sample.kind in ("article", "listing"):
            print(f"{sample.kind:10} {sample.url[:100]}")
    for kind, number in every.most_common():
        print(f"{kind:14} {lists[kind]:4} of {number:4} followed as lists ({lists[kind] / number:.3f})")


if __name__ == "__main__":
    main()
