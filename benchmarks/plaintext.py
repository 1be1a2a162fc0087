"""Measure plain text: `python benchmarks/plaintext.py CORPUS [--way WAY] [--models DIR] [--every N] [--show N]`.

Article pages of `wcxb/` are dumped to text with their furniture, a block a line, as people save pages by hand: the
whole page; what Resiliparse takes for its main content (`main`); the body with a few lines of furniture (`small`);
or as a tool writes it (`html2text`, `inscriptis`, ...), with options by chance. Nothing is written to disk. `written`
are texts that were written to measure on, line by line labelled, which no model has seen (`written/`). What a page's
line is annotators said (`train/annotated.py`). With `--by-truth` the pages' truths say it, and two figures are told:
of furniture, and of every line that the truth leaves out, with what stands in the article's midst and bears no sign of
furniture (`train/doubts.py`). The packaged model has seen these pages; `--models` takes those that
`train/lines.py --folds` left, each asked about hosts that are new to it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "train"))
import corpus  # type: ignore[import-not-found] # beside the training script
import dumps  # type: ignore[import-not-found] # beside the training script
import fixtures  # type: ignore[import-not-found] # beside the training script
import titled  # type: ignore[import-not-found] # beside the training script
import written  # type: ignore[import-not-found] # beside the training script
from tools import TOOLS  # type: ignore[import-not-found] # beside the training script

from chaffinch.extract import by_context, extractor
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Document, Page, Reference, Repeats, Rules, Verdict

KEPT_BACK = Path(__file__).with_name("written")


def judged(text: str) -> Document:
    page = Page("file:///dump.txt", text.encode("utf-8", "replace"), "text/plain")
    return extractor.understand(Reference(page.url), page, Rules(), Repeats())


def dumped(page: dumps.Saved, way: str, chance: random.Random, titles: list[str]) -> dumps.Dump:
    if way in TOOLS:
        return dumps.by_tool(page, chance, way)
    return dumps.small(page, chance, titles) if way == "small" else dumps.judged_as_used(page, main=way == "main")


@dataclass
class Tally:
    """What came of the texts of one kind."""

    body: int = 0
    """Words."""
    lost: int = 0
    headlines: int = 0
    """Words of the body that are the title instead."""
    left: dict[int, list[bool]] = field(default_factory=lambda: {0: [], dumps.IN_DOUBT: []})
    """Of each line that is none of the article's whether it stays, by label."""
    wrong: dict[str, list[str]] = field(default_factory=dict)
    titled: list[bool] = field(default_factory=list)
    sentences: int = 0
    """Lines of furniture that are whole sentences."""
    words: Counter[bool] = field(default_factory=Counter)
    """Of furniture, by whether they stay."""

    def add(self, dump: dumps.Dump, title: str) -> None:
        document = judged(dump.text)
        if title:
            self.titled.append(titled.is_same(document.metadata.title, title))
        blocks = [block for block in document.blocks if block.text]  # cells of tables may be empty
        for block, label in zip(blocks, dump.label.tolist(), strict=True):
            kept = block.verdict is Verdict.CONTENT
            if label == 1:
                self.body, self.lost = self.body + block.words, self.lost + (0 if kept else block.words)
                self.headlines += block.words * (not kept and block.reason == "the title")
            elif label in self.left:
                self.left[label].append(kept)
                self.sentences += label == 0 and is_sentence(block)
                self.words[kept] += block.words * (label == 0)
            if label in (0, 1) and kept != label:
                self.wrong.setdefault(f"{'lost' if label else 'left'}: {block.reason}", []).append(block.text)

    def report(self, show: int) -> None:
        clear, every = self.left[0], [*self.left[0], *self.left[dumps.IN_DOUBT]]
        share = self.words[False] / self.words.total()
        print(f"furniture removed {1 - sum(clear) / len(clear):.4f} of {len(clear)} lines, {share:.4f} of their words")
        if len(every) > len(clear):
            print(f"of all lines that the truth leaves out {1 - sum(every) / len(every):.4f} of {len(every)}")
        lost, headlines = self.lost / self.body, self.headlines / self.body
        print(f"body words lost {lost:.4f} of {self.body}, {headlines:.4f} of these headlines, kept as titles")
        titled = sum(self.titled) / len(self.titled)
        print(f"title as people noted it, or nearly {titled:.4f} of {len(self.titled)}")
        print(f"furniture removed by an oracle that keeps whole sentences {1 - self.sentences / len(clear):.4f}")
        counts = Counter({reason: len(texts) for reason, texts in self.wrong.items()})
        for reason, count in counts.most_common(show):
            print(f"{count:6} {sum(len(t.split()) for t in self.wrong[reason]):7} words  {reason}")
            for text in self.wrong[reason][:: max(1, count // 4)][:4]:
                print(f"         {text[:100]}")


def of_pages(given: argparse.Namespace) -> Iterator[tuple[str, str, dumps.Dump, str]]:
    """Of each page how it was dumped, its host, the dump and its title."""
    samples = [sample for sample in corpus.wcxb(given.corpus) if sample.kind == "article"]
    titles = [sample.title for sample in samples if sample.title]
    for sample in samples[:: given.every]:
        page, chance = dumps.saved(sample, by_truth=given.by_truth), random.Random(sample.name)
        yield given.way, sample.host, dumped(page, given.way, chance, titles), sample.title


def of_fixtures(given: argparse.Namespace) -> Iterator[tuple[str, str, dumps.Dump, str]]:
    """The same of pages that other projects test with."""
    titles = [sample.title for sample in corpus.wcxb(given.corpus) if sample.title]
    pages = [*fixtures.articles(given.fixtures)]
    for each in pages[:: given.every]:
        page, chance = dumps.saved_fixture(each), random.Random(each.path)
        yield given.way, page.sample.host, dumped(page, given.way, chance, titles), page.sample.title


def of_texts(given: argparse.Namespace) -> Iterator[tuple[str, str, dumps.Dump, str]]:
    """The same of texts that were written: those to learn from where models by fold are asked, else those kept back."""
    for one in [*written.read(written.FOLDER if given.models else KEPT_BACK)][:: given.every]:
        yield f"written, {one.way}", one.name, written.dumped(one.lines), one.title


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path, nargs="?", help="not asked for texts that were written")
    asked.add_argument(
        "--way", choices=("whole", "main", "small", "written", *TOOLS), default="whole", help="how pages are dumped"
    )
    asked.add_argument("--fixtures", type=Path, help="ask those that benchmarks/train/fixtures.py brought, no others")
    asked.add_argument("--by-truth", action="store_true", help="ask the pages' truths and no annotator of their lines")
    asked.add_argument("--every", type=int, default=1, help="take every n-th page only")
    asked.add_argument("--show", type=int, default=0, help="print the commonest mistakes' reasons, with examples")
    asked.add_argument("--models", type=Path, help="the folder of the models by fold")
    given = asked.parse_args()
    if given.way != "written" and not given.corpus:
        asked.error("say where the corpus is")
    models = {
        fold: by_context.unpacked((given.models / f"fold{fold}.npz").read_bytes())
        for fold in (range(corpus.FOLDS) if given.models else ())
    }
    tallies: dict[str, Tally] = {}
    texts = of_texts if given.way == "written" else of_fixtures if given.fixtures else of_pages
    for way, host, dump, title in texts(given):
        if models:
            setattr(by_context, "packaged", partial(models.get, corpus.fold_of(host)))  # noqa: B010 # for mypy
        tallies.setdefault(way, Tally()).add(dump, title)
    for way, tally in tallies.items():
        print(f"{way}: {len(tally.titled)} texts with a title")
        tally.report(given.show)


if __name__ == "__main__":
    main()
