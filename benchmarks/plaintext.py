"""Measure plain text: `python benchmarks/plaintext.py CORPUS [--main] [--models DIR] [--every N] [--show N]`.

Article pages of `wcxb/` are dumped to text with their furniture, a block a line, as people save pages by hand:
the whole page, or with `--main` what Resiliparse takes for its main content. Nothing is written to disk. The packaged
model has seen these pages; `--models` takes those that `train/lines.py --folds` left, each asked only about hosts that
it has not seen.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "train"))
import corpus  # type: ignore[import-not-found] # beside the training script
from align import labels  # type: ignore[import-not-found] # beside the training script

from chaffinch.extract import by_context, charset, extractor, opinion, segment, tree
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block, Page, Reference, Repeats, Rules, Verdict


def dumped(sample: corpus.Sample, *, main: bool) -> list[str]:
    """The page's texts in order, each in one line."""
    markup = tree.checked(charset.decode(sample.body))
    blocks = segment.cut(tree.grown(markup), sample.url).blocks
    kept = opinion.columns(blocks, opinion.asked(markup))["second"] if main else [1.0] * len(blocks)
    return [" ".join(b.text.split()) for b, keep in zip(blocks, kept, strict=True) if b.words and keep]


def judged(lines: list[str]) -> tuple[Block, ...]:
    page = Page("file:///dump.txt", "\n\n".join(lines).encode(), "text/plain")
    return extractor.understand(Reference(page.url), page, Rules(), Repeats()).blocks


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--main", action="store_true", help="dump what looks like main content only")
    asked.add_argument("--every", type=int, default=1, help="take every n-th page only")
    asked.add_argument("--show", type=int, default=0, help="print the commonest mistakes' reasons, with examples")
    asked.add_argument("--models", type=Path, help="the folder of the models by fold")
    given = asked.parse_args()
    models = {
        fold: by_context.unpacked((given.models / f"fold{fold}.npz").read_bytes())
        for fold in (range(corpus.FOLDS) if given.models else ())
    }
    junk = junk_left = whole = 0
    body = lost = headlines = 0
    wrong: dict[str, list[str]] = {}
    for sample in [s for s in corpus.wcxb(given.corpus) if s.kind == "article"][:: given.every]:
        if models:
            setattr(by_context, "packaged", partial(models.get, corpus.fold_of(sample.host)))  # noqa: B010 # for mypy
        blocks = [b for b in judged(dumped(sample, main=given.main)) if b.words]
        for block, share in zip(blocks, labels([b.text for b in blocks], sample.truth), strict=True):
            kept = block.verdict is Verdict.CONTENT
            if share >= 0.5:
                body, lost = body + block.words, lost + (0 if kept else block.words)
                headlines += block.words * (not kept and block.reason == "the title")
            elif share <= 0.1:
                junk, junk_left, whole = junk + 1, junk_left + kept, whole + is_sentence(block)
            if (share >= 0.5) != kept and (share >= 0.5 or share <= 0.1):
                wrong.setdefault(f"{'lost' if share >= 0.5 else 'left'}: {block.reason}", []).append(block.text)
    print(f"junk lines removed {1 - junk_left / junk:.4f} of {junk}, body words lost {lost / body:.4f} of {body}")
    print(f"of those lost {headlines / body:.4f} are headlines, which are kept as titles")
    print(f"junk lines removed by an oracle that keeps whole sentences {1 - whole / junk:.4f}")
    counts = Counter({reason: len(texts) for reason, texts in wrong.items()})
    for reason, count in counts.most_common(given.show):
        print(f"{count:6} {sum(len(t.split()) for t in wrong[reason]):7} words  {reason}")
        for text in wrong[reason][:: max(1, count // 4)][:4]:
            print(f"         {text[:100]}")


if __name__ == "__main__":
    main()
