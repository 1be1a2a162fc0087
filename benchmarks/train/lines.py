"""Train the line model: `python benchmarks/train/lines.py CORPUS [--output FILE]`.

Pages are dumped to text, a block a line, and their lines labelled by the text that people said the article has. Needs
lightgbm beside what Chaffinch needs. The figures it prints are of pages whose host was held out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
import blocks  # type: ignore[import-not-found] # beside this script
import corpus  # type: ignore[import-not-found] # beside this script
import plaintext as dumps  # type: ignore[import-not-found] # the benchmark's own dumps
from align import labels  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import by_crowd, by_lines, features, plaintext
from chaffinch.model import Verdict


def looked_at(sample: corpus.Sample) -> blocks.Looked | None:
    cut = plaintext.cut("\n\n".join(dumps.dumped(sample, main=False)))
    if not by_crowd.is_crowded(cut):
        return None
    read = by_lines.read(cut)
    rows, names = features.of_lines(cut, read.title)
    texts = [block.text for block in cut]
    share = np.array(labels(texts, sample.truth))
    words = np.array([block.words for block in cut], dtype=np.float32)
    return {
        "sample": sample, "rows": rows, "names": names, "texts": texts, "words": words,
        "label": np.where(share < 0, -1, share >= 0.5).astype(int), "open": words > 0,
        "rules": np.array([verdict is Verdict.BOILERPLATE for verdict, _ in read.verdicts]),
        "fold": corpus.fold_of(sample.host),
    }  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--output", type=Path, default=Path(by_crowd.__file__).with_name("lines.npz"))
    given = asked.parse_args()
    samples = [sample for sample in corpus.wcxb(given.corpus) if sample.kind == "article"]
    pages = [page for page in map(looked_at, samples) if page]
    print(f"{len(pages)} of {len(samples)} dumps are crowded", flush=True)
    for fold in range(corpus.FOLDS):
        forest = blocks.fit([page for page in pages if page["fold"] != fold])
        for page in pages:
            if page["fold"] == fold:
                page["score"] = forest.predict(page["rows"])
    label = np.concatenate([page["label"] for page in pages])
    score = np.concatenate([page["score"] for page in pages])
    words = np.concatenate([page["words"] for page in pages])
    rules = np.concatenate([page["rules"] for page in pages])
    for threshold in (0.0, 0.02, 0.03, 0.05, 0.07, 0.1, 0.5):
        for name, gone in (("model", score < threshold), ("model or rules", (score < threshold) | rules)):
            junk, lost = np.mean(gone[label == 0]), words[gone & (label == 1)].sum() / words[label == 1].sum()
            print(f"{name} {threshold}: junk lines removed {junk:.4f}, body words lost {lost:.4f}", flush=True)
    np.savez_compressed(given.output, **blocks.packed(blocks.fit(pages), pages[0]["names"]))
    print(f"{given.output}: {given.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
