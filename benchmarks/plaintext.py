"""Measure plain text: `python benchmarks/plaintext.py CORPUS [--way WAY] [--models DIR] [--every N] [--show N]`.

Article pages of `wcxb/` are dumped to text with their furniture, a block a line, as people save pages by hand: the
whole page; what Resiliparse takes for its main content (`main`); the body with a few lines of furniture (`small`);
or as a tool writes it (`html2text`, `inscriptis`, ...), with options by chance. Nothing is written to disk. Two figures
are told of each: of furniture, and of every line that the truth leaves out, with what stands in the article's midst and
bears no sign of furniture (`train/doubts.py`). The packaged model has seen these pages; `--models` takes those that
`train/lines.py --folds` left, each asked about hosts that are new to it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "train"))
import corpus  # type: ignore[import-not-found] # beside the training script
import dumps  # type: ignore[import-not-found] # beside the training script
from tools import TOOLS  # type: ignore[import-not-found] # beside the training script

from chaffinch.extract import by_context, extractor
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Document, Page, Reference, Repeats, Rules, Verdict
from chaffinch.text import normalised

_SHORTEST = 9
"""Letters of a title that may stand within the other."""
_ALIKE = 0.85


def judged(text: str) -> Document:
    page = Page("file:///dump.txt", text.encode("utf-8", "replace"), "text/plain")
    return extractor.understand(Reference(page.url), page, Rules(), Repeats())


def dumped(page: dumps.Saved, way: str, chance: random.Random, titles: list[str]) -> dumps.Dump:
    if way in TOOLS:
        return dumps.by_tool(page, chance, way)
    return dumps.small(page, chance, titles) if way == "small" else dumps.judged_as_used(page, main=way == "main")


def is_same(title: str, noted: str) -> bool:
    """Whether it is the title that people noted, or nearly: some noted the headline, some the window's title."""
    ours, theirs = normalised(title), normalised(noted)
    return len(ours) >= _SHORTEST and (
        ours in theirs or theirs in ours or SequenceMatcher(a=ours, b=theirs).ratio() > _ALIKE
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument(
        "--way", choices=("whole", "main", "small", *TOOLS), default="whole", help="how pages are dumped"
    )
    asked.add_argument("--every", type=int, default=1, help="take every n-th page only")
    asked.add_argument("--show", type=int, default=0, help="print the commonest mistakes' reasons, with examples")
    asked.add_argument("--models", type=Path, help="the folder of the models by fold")
    given = asked.parse_args()
    models = {
        fold: by_context.unpacked((given.models / f"fold{fold}.npz").read_bytes())
        for fold in (range(corpus.FOLDS) if given.models else ())
    }
    samples = [sample for sample in corpus.wcxb(given.corpus) if sample.kind == "article"]
    titles = [sample.title for sample in samples if sample.title]
    body = lost = headlines = 0
    left: dict[int, list[bool]] = {0: [], dumps.IN_DOUBT: []}
    wrong: dict[str, list[str]] = {}
    titled: list[bool] = []
    sentences = 0
    words: Counter[bool] = Counter()
    """Of furniture, by whether they stay."""
    for sample in samples[:: given.every]:
        if models:
            setattr(by_context, "packaged", partial(models.get, corpus.fold_of(sample.host)))  # noqa: B010 # for mypy
        page, chance = dumps.saved(sample), random.Random(sample.name)
        dump = dumped(page, given.way, chance, titles)
        document = judged(dump.text)
        if sample.title:
            titled.append(is_same(document.metadata.title, sample.title))
        blocks = [block for block in document.blocks if block.text]  # cells of tables may be empty
        for block, label in zip(blocks, dump.label.tolist(), strict=True):
            kept = block.verdict is Verdict.CONTENT
            if label == 1:
                body, lost = body + block.words, lost + (0 if kept else block.words)
                headlines += block.words * (not kept and block.reason == "the title")
            elif label in left:
                left[label].append(kept)
                sentences += label == 0 and is_sentence(block)
                words[kept] += block.words * (label == 0)
            if label in (0, 1) and kept != label:
                wrong.setdefault(f"{'lost' if label else 'left'}: {block.reason}", []).append(block.text)
    clear, every = left[0], [*left[0], *left[dumps.IN_DOUBT]]
    share = words[False] / sum(words.values())
    print(f"furniture removed {1 - sum(clear) / len(clear):.4f} of {len(clear)} lines, {share:.4f} of their words")
    print(f"of all lines that the truth leaves out {1 - sum(every) / len(every):.4f} of {len(every)}")
    print(f"body words lost {lost / body:.4f} of {body}, {headlines / body:.4f} of these headlines, kept as titles")
    print(f"title as people noted it, or nearly {sum(titled) / len(titled):.4f} of {len(titled)}")
    print(f"furniture removed by an oracle that keeps whole sentences {1 - sentences / len(clear):.4f}")
    counts = Counter({reason: len(texts) for reason, texts in wrong.items()})
    for reason, count in counts.most_common(given.show):
        print(f"{count:6} {sum(len(t.split()) for t in wrong[reason]):7} words  {reason}")
        for text in wrong[reason][:: max(1, count // 4)][:4]:
            print(f"         {text[:100]}")


if __name__ == "__main__":
    main()
