"""Measure extraction beside other tools, page by page in turn: `python benchmarks/extraction.py CORPUS`.

CORPUS holds `wcxb/` and `segments/` (see `benchmarks/train/corpus.py`). The packaged model has learned from both, so
its figures here are of pages it knows; `--models DIR` (written by `benchmarks/train/blocks.py --folds DIR`) judges each
page with a model that never saw its host. Tools that are not installed are left out; `make bench-extraction CORPUS=DIR`
installs them beside Chaffinch in a virtual environment of their own. Peak memory is that of a fresh process for each
tool, which is given every fifth page.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from itertools import islice
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the children of a press

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))
sys.path.insert(0, str(Path(__file__).parent))
import corpus  # type: ignore[import-not-found] # beside the training script
import rivals  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import by_classifier, charset, extractor
from chaffinch.model import Certainty, Draft, Page, Reference, Repeats, Rules

Row = tuple[corpus.Sample, str, float, Draft | None]
"""A page, a tool's text, CPU seconds; our own row also the draft."""


def chaffinch(sample: corpus.Sample) -> Draft:
    page = Page(sample.url, sample.body, "text/html")
    return extractor.extract(Reference(sample.url), page, Rules(), Repeats())


def measured(
    samples: Iterable[corpus.Sample], others: dict[str, rivals.Tool], folds: list[by_classifier.Model]
) -> dict[str, list[Row]]:
    """For each tool a row a page: sample, text, CPU seconds; the tools take turns on each page."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for sample in samples:
        if folds:
            unseen = folds[corpus.fold_of(sample.host)]
            by_classifier.packaged = lambda names, model=unseen: model  # type: ignore[assignment]
        started = time.process_time()
        draft = chaffinch(sample)
        rows["chaffinch"].append((sample, draft.text, time.process_time() - started, draft))
        text = charset.decode(sample.body)
        for name, tool in others.items():
            started = time.process_time()
            try:
                said = tool(sample.url, text)
            except Exception:  # noqa: BLE001 - another tool's failure is its result: no text
                said = ""
            rows[name].append((sample, said, time.process_time() - started, None))
    return rows


def by_words(rows: list[Row]) -> str:
    figures = [corpus.word_f1(text, sample.truth) for sample, text, *_ in rows]
    kept = np.mean([np.mean([part in text for part in s.kept]) for s, text, *_ in rows if s.kept])
    left = np.mean([np.mean([part in text for part in s.left_out]) for s, text, *_ in rows if s.left_out])
    f1, precision, recall = (np.mean([figure[n] for figure in figures]) for n in range(3))
    return f"F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}  with {kept:.3f}  without {left:.3f}  {cpu(rows)}"


def by_segments(rows: list[Row]) -> str:
    hits = misses = wrong = 0
    for sample, text, *_ in rows:
        found = sum(part in text for part in sample.kept)
        hits, misses = hits + found, misses + len(sample.kept) - found
        wrong += sum(part in text for part in sample.left_out)
    f1 = 2 * hits / (2 * hits + misses + wrong)
    return f"F1 {f1:.4f}  P {hits / (hits + wrong):.4f}  R {hits / (hits + misses):.4f}  {cpu(rows)}"


def cpu(rows: list[Row]) -> str:
    times = [row[2] * 1000 for row in rows]
    return f"CPU ms a page: mean {np.mean(times):.1f} median {np.median(times):.1f}"


def by_facts(rows: list[Row]) -> str:
    from chaffinch.text import normalised

    drafts = [(s, d) for s, _, _, d in rows if d]
    titles = [normalised(d.title) == normalised(s.title) for s, d in drafts if s.title]
    authors = [normalised(d.byline) == normalised(s.author) for s, d in drafts if s.author]
    dated = [(s, d) for s, d in drafts if s.date[:4].isdigit()]
    dates = [d.published is not None and d.published.date().isoformat() == s.date[:10] for s, d in dated]
    abroad = [right or is_day_somewhere(d.published, s.date) for right, (s, d) in zip(dates, dated, strict=True)]
    shown = [
        d.published is not None and (d.published + timedelta(minutes=d.offset)).date().isoformat() == s.date[:10]
        for s, d in dated
    ]
    undated = [d.published is not None for s, d in drafts if not s.date]
    sure = [d.published is not None and d.certainty is Certainty.SURE for s, d in drafts if not s.date]
    told = [(d.certainty, right) for right, (_, d) in zip(abroad, dated, strict=True) if d.published]
    precision = "  ".join(
        f"{each} {np.mean([right for certainty, right in told if certainty is each]):.3f}"
        for each in Certainty
        if any(certainty is each for certainty, _ in told)
    )
    kinds = [str(d.kind) == "article" for _, d in drafts]
    return (
        f"title {np.mean(titles):.3f} ({len(titles)})  author {np.mean(authors):.3f} ({len(authors)})  "
        f"date {np.mean(dates):.3f} by UTC, {np.mean(shown):.3f} as its site tells it, "
        f"{np.mean(abroad):.3f} by any clock ({len(dates)})  "
        f"dated though undated {np.mean(undated):.3f}, "
        f"surely {np.mean(sure):.3f} ({len(undated)})  right where told: {precision}  "
        f"called an article {np.mean(kinds):.3f}"
    )


def is_day_somewhere(moment: datetime | None, day: str) -> bool:
    """Whether a moment with a time of day falls on the day in some zone: a draft's are in UTC, a site's are not."""
    if moment is None or moment.time() == time_of_day() or len(day) < 10:
        return False
    midnight = datetime.fromisoformat(day[:10]).replace(tzinfo=UTC)
    return midnight - timedelta(hours=14) <= moment < midnight + timedelta(hours=36)


def peak(name: str, folder: Path) -> float:
    """MiB of memory that a process of its own takes at most for the tool and every fifth page."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (name, folder))


def _peak(name: str, folder: Path) -> float:
    tool = None if name == "chaffinch" else rivals.tool(name)
    for sample in islice(corpus.wcxb(folder), 0, None, 5):
        try:
            _ = tool(sample.url, charset.decode(sample.body)) if tool else chaffinch(sample)
        except Exception:  # noqa: BLE001 - another tool's failure costs it no memory
            continue
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--models", type=Path, help="a folder of models by fold, for figures of held-out hosts")
    asked.add_argument("--only", nargs="*", help="which other tools; none: all that are installed")
    asked.add_argument("--every", type=int, default=1, help="take every n-th page only")
    given = asked.parse_args()
    chosen_tools = [name for name in rivals.installed() if given.only is None or name in given.only]
    peaks = {name: peak(name, given.corpus) for name in ("chaffinch", *chosen_tools)}
    others = {name: rivals.tool(name) for name in chosen_tools}
    folds: list[by_classifier.Model] = []
    learned = by_classifier.unpacked(Path(by_classifier.__file__).with_name("blocks.npz").read_bytes())
    for n in range(corpus.FOLDS if given.models else 0):
        folds.append(by_classifier.unpacked((given.models / f"fold{n}.npz").read_bytes()))
        if folds[-1].columns != learned.columns:
            sys.exit(f"{given.models} was trained on other columns; run benchmarks/train/blocks.py --folds anew")
    print("pages whose host the model", "never saw" if folds else "has learned from")
    print("peak memory, MiB:", "  ".join(f"{name} {mib:.0f}" for name, mib in peaks.items()))
    samples = list(corpus.wcxb(given.corpus))[:: given.every]
    rows = measured(samples, others, folds)
    for title, chosen in (("wcxb articles", "article"), ("wcxb, all kinds of pages", "")):
        print(f"\n{title}: {sum(s.kind == chosen or not chosen for s in samples)} pages")
        for name, each in rows.items():
            print(f"  {name:18} {by_words([row for row in each if row[0].kind == chosen or not chosen])}")
    print("\nmetadata of articles:", by_facts([row for row in rows["chaffinch"] if row[0].kind == "article"]))
    print("other pages:", by_facts([row for row in rows["chaffinch"] if row[0].kind != "article"]))
    samples = list(corpus.segments(given.corpus))[:: given.every]
    print(f"\nsegments: {len(samples)} pages")
    for name, each in measured(samples, others, folds).items():
        print(f"  {name:18} {by_segments(each)}")


if __name__ == "__main__":
    main()
