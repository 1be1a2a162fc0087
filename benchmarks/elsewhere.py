"""Measure extraction on the pages that other projects test with: `python benchmarks/elsewhere.py FOLDER`.

FOLDER is what `benchmarks/train/fixtures.py FOLDER` brought. The packaged model has learned from these pages, but for
those of `fixtures.UNLEARNED`; `--models DIR` (written by `benchmarks/train/blocks.py --folds DIR --fixtures FOLDER`)
judges each with one that never saw its host. Captions, credits and standfirsts may be kept or left out: the better of
both figures counts.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))
sys.path.insert(0, str(Path(__file__).parent))
import corpus  # type: ignore[import-not-found] # beside the training script
import fixtures  # type: ignore[import-not-found] # beside the training script
import rivals  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import by_classifier, charset, extractor
from chaffinch.model import Draft, Page, Reference, Repeats, Rules

Judged = tuple[fixtures.Fixture, Draft, dict[str, float]]
"""A page, our draft of it, and each tool's F1."""


def judged(page: fixtures.Fixture, tools: list[str], models: Path | None) -> Judged:
    """The page by Chaffinch and the tools."""
    if models:
        path = models / f"fold{corpus.fold_of(page.host)}.npz"
        unseen = by_classifier.unpacked(path.read_bytes())
        by_classifier.packaged = lambda names, model=unseen: model  # type: ignore[assignment]
    draft = extractor.extract(Reference(page.url), Page(page.url, page.body, "text/html"), Rules(), Repeats())
    truths = fixtures.truth(page)
    said = {"chaffinch": draft.text}
    for name in tools:
        try:
            said[name] = rivals.tool(name)(page.url, charset.decode(page.body))
        except Exception:  # noqa: BLE001 - another tool's failure is its result: no text
            said[name] = ""
    return page, draft, {name: max(corpus.word_f1(text, each)[0] for each in truths) for name, text in said.items()}


def facts(pages: list[Judged]) -> str:
    """How many titles, authors and days are as the page shows them."""
    titled = [fixtures.digest_of_fact(draft.title) == page.title for page, draft, _ in pages if page.title]
    signed = [fixtures.digest_of_fact(draft.byline) == page.author for page, draft, _ in pages if page.author]
    unsigned = [bool(draft.byline) for page, draft, _ in pages if not page.author]
    dated = [str(draft.published)[:10] == page.date for page, draft, _ in pages if page.date]
    return (
        f"titles {sum(titled)} of {len(titled)}, authors {sum(signed)} of {len(signed)}, "
        f"{sum(unsigned)} of {len(unsigned)} others are given one, days {sum(dated)} of {len(dated)}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--models", type=Path, help="a folder of models by fold, for figures of held-out hosts")
    asked.add_argument("--only", nargs="*", help="which other tools; none: all that are installed")
    given = asked.parse_args()
    tools = [name for name in rivals.installed() if given.only is None or name in given.only]
    chosen = [*fixtures.articles(given.folder)]
    with ProcessPoolExecutor(2) as pool:
        pages = list(pool.map(partial(judged, tools=tools, models=given.models), chosen, chunksize=4))
    print("pages whose host the model", "never saw" if given.models else "may have learned from")
    groups = {name: list(group) for name, group in groupby(pages, lambda each: each[0].package)}
    for name, group in (*groups.items(), ("all", pages)):
        figures = defaultdict(list)
        for *_, f1 in group:
            for tool, figure in f1.items():
                figures[tool].append(figure)
        means = "  ".join(f"{tool} {np.mean(each):.4f}" for tool, each in figures.items())
        print(f"{name}: {len(group)} pages, F1 {means}\n  {facts(group)}")


if __name__ == "__main__":
    main()
