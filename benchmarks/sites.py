"""Measure what a site's other pages are worth: `python benchmarks/sites.py CORPUS [--models DIR]`.

The labelled pages of hosts that have several in the corpus are extracted twice: alone, and with the host's other pages
as witnesses of what the site repeats. CORPUS and `--models` as for `benchmarks/extraction.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))
import corpus  # type: ignore[import-not-found] # beside the training script

from chaffinch.extract import by_classifier, extractor, repeats
from chaffinch.model import Page, Reference, Repeats, Rules

_ARCHIVES = ("web.archive.org",)
"""Hosts of other people's pages."""


def sites(folder: Path, fewest: int) -> dict[str, list[corpus.Sample]]:
    """Both corpora's pages by host, of hosts that have so many."""
    found: dict[str, list[corpus.Sample]] = defaultdict(list)
    for sample in (*corpus.wcxb(folder), *corpus.segments(folder)):
        if sample.host not in _ARCHIVES:
            found[sample.host].append(sample)
    return {host: pages for host, pages in found.items() if len(pages) >= fewest}


def figures(sample: corpus.Sample, known: Repeats) -> tuple[float, float, float]:
    """F1 over words (NaN where no whole text is known), and the shares of snippets that stand in the text."""
    text = extractor.extract(Reference(sample.url), Page(sample.url, sample.body, "text/html"), Rules(), known).text
    f1 = corpus.word_f1(text, sample.truth)[0] if sample.truth else np.nan
    kept, left = ([part in text for part in parts] for parts in (sample.kept, sample.left_out))
    return f1, float(np.mean(kept)) if kept else np.nan, float(np.mean(left)) if left else np.nan


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--models", type=Path, help="a folder of models by fold, for figures of held-out hosts")
    asked.add_argument("--fewest", type=int, default=3, help="pages that a host must have")
    asked.add_argument("--each", action="store_true", help="print the pages that change, too")
    given = asked.parse_args()
    alone, together = [], []
    for host, pages in sites(given.corpus, given.fewest).items():
        if given.models:
            unseen = by_classifier.unpacked((given.models / f"fold{corpus.fold_of(host)}.npz").read_bytes())
            by_classifier.packaged = lambda names, model=unseen: model  # type: ignore[assignment]
        outlines = [extractor.outline(Page(page.url, page.body, "text/html")) for page in pages]
        known = repeats.learned(outlines)
        for page in pages:
            alone.append(figures(page, Repeats()))
            together.append(figures(page, known))
            if given.each and not np.array_equal(alone[-1], together[-1], equal_nan=True):
                told = "  ".join(
                    f"{one:.3f} -> {other:.3f}" for one, other in zip(alone[-1], together[-1], strict=True)
                )
                print(f"{page.kind:10} {told}  {page.url[:90]}")
    for name, rows in (("alone", alone), ("with the site's other pages", together)):
        f1, kept, left = np.nanmean(np.array(rows), axis=0)
        print(f"{len(rows)} pages, {name}: F1 {f1:.4f}  must stay {kept:.4f}  must go {left:.4f}")


if __name__ == "__main__":
    main()
