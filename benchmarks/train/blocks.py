"""Train the block model: `python benchmarks/train/blocks.py CORPUS [--fixtures FOLDER] [--measure] [--output FILE]`.

Needs lightgbm and torch beside what Chaffinch needs; the product does not. Every figure it prints is of pages whose
host was held out from training, in the forest and in the networks.
"""

from __future__ import annotations

import argparse
import pickle
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lightgbm  # type: ignore[import-not-found] # only for training
import numpy as np
import torch  # type: ignore[import-not-found] # only for training

sys.path.insert(0, str(Path(__file__).parent))
import annotated  # type: ignore[import-not-found] # beside this script
import corpus  # type: ignore[import-not-found] # beside this script
import fixtures  # type: ignore[import-not-found] # beside this script
import net  # type: ignore[import-not-found] # beside this script
import strange  # type: ignore[import-not-found] # beside this script
from align import labels  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import (
    by_classifier,
    by_markup,
    by_phrases,
    by_title,
    charset,
    features,
    metadata,
    phrases,
    segment,
    tree,
)
from chaffinch.model import Metadata

Looked = dict[str, Any]
"""A page with its features, its labels and what the model thinks of it."""

SEED = net.SEED
ROUNDS = 300
EPOCHS = 5
GUESSED = 0.7
"""How much a block counts for the networks where only snippets of its page are known."""
OTHER_KINDS, OTHER_IN_NETS = 2.5, 2.0
"""How much more a page counts for the forest and for the networks that is no article: there are few of them."""
SETTINGS = {
    "objective": "binary", "learning_rate": 0.06, "num_leaves": 24, "min_data_in_leaf": 40,
    "feature_fraction": 0.35, "bagging_fraction": 0.7,
    "bagging_freq": 1, "lambda_l2": 5.0, "max_depth": 9, "max_bin": 127, "verbosity": -1, "seed": SEED,
    "deterministic": True, "num_threads": 2, "force_row_wise": True,
}  # fmt: skip


def looked_at(sample: corpus.Sample) -> list[Looked]:
    """A page of a corpus, labelled by its truth or by snippets, and where annotators were asked by them."""
    cut, said = parsed(sample.url, sample.body)
    texts = [block.text for block in cut.blocks]
    if not texts:
        return []
    if sample.truth:
        share = np.array(labels(texts, sample.truth))
        label = np.where(share < 0, -1, share >= 0.5).astype(int)
    else:
        label = np.array([by_snippets(text, sample) for text in texts], dtype=int)
    kinds = annotated.of(sample.name, texts)
    told = zip(kinds, label.tolist(), strict=True)  # truths differ in captions, headlines and tables of contents
    label = np.array([annotated.label(kind, known, known) for kind, known in told], dtype=int)
    return with_twin(sample, cut, said, label, bool(sample.truth) or any(kinds))


def looked_at_fixture(page: fixtures.Fixture) -> list[Looked]:
    """A page of which annotators named each block that may be the article's."""
    cut, said = parsed(page.url, page.body)
    kinds = fixtures.of(page, [block.text for block in cut.blocks])
    if "+" not in kinds:
        return []
    label = np.array([annotated.label(kind, 0, -1) for kind in kinds], dtype=int)
    return with_twin(replace(page, body=b"").sample(), cut, said, label, True)


def parsed(url: str, body: bytes) -> tuple[segment.Cut, Metadata]:
    root = tree.grown(tree.checked(charset.decode(body)))
    return segment.cut(root, url), metadata.read(root, url)


def with_twin(
    sample: corpus.Sample, cut: segment.Cut, said: Metadata, label: np.ndarray, is_known: bool
) -> list[Looked]:
    """The page as the model sees it; every second one also as another script would have it."""
    page = seen(sample, cut, said, label, is_known)
    if script := strange.chosen(sample.name):
        other_cut, other_said = strange.translated(cut, said, script)
        twin = seen(sample, other_cut, other_said, label, is_known)
        keys = [net.keys(text if phrases.kind_of(text) else "") for text in twin["texts"]]  # others are no words
        return [page, {**twin, "twin": True, "plain": page["texts"], "keys": keys}]
    return [page]


def seen(sample: corpus.Sample, cut: segment.Cut, said: Metadata, label: np.ndarray, is_known: bool) -> Looked:
    """What the model sees of a page, and which blocks it is asked about."""
    rows, names = features.rows(cut, said)
    stages = (by_markup.verdicts(cut), by_phrases.verdicts(cut.blocks), by_title.verdicts(cut.blocks, said.title))
    is_open = np.array([not any(verdicts) for verdicts in zip(*stages, strict=True)], dtype=bool)
    texts = [block.text for block in cut.blocks]
    return {
        "open": is_open, "sample": sample, "rows": rows, "names": names, "label": label, "twin": False,
        "texts": texts, "plain": texts, "is_known": is_known,
        "words": np.array([block.words for block in cut.blocks], dtype=np.float32),
        "keys": [net.keys(text) for text in texts],
    }  # fmt: skip


def by_snippets(text: str, sample: corpus.Sample) -> int:
    """1 or 0 where a snippet says so, -1 where none does."""
    if any(part in text or (len(text) > 20 and text in part) for part in sample.left_out):
        return 0
    return 1 if any(part in text or (len(text) > 20 and text in part) for part in sample.kept) else -1


def fit(pages: list[Looked]) -> lightgbm.Booster:
    """A forest from the blocks of these pages of which somebody said what they are."""
    asked = [(page, page["open"] & (page["label"] >= 0)) for page in pages]
    x = np.vstack([page["rows"][which] for page, which in asked])
    y = np.concatenate([page["label"][which] for page, which in asked])
    w = np.concatenate([weights(page)[which] for page, which in asked])
    return lightgbm.train(SETTINGS, lightgbm.Dataset(x, y, weight=w), ROUNDS)


def weights(page: Looked) -> np.ndarray:
    """Words count as the metric counts them; no page outweighs the others by being long."""
    each: np.ndarray = np.minimum(page["words"], 60) + 2
    kind = 3.0 if not page["is_known"] else 1.0 if page["sample"].kind == "article" else OTHER_KINDS
    weight: np.ndarray = each * kind / np.sqrt(each.sum() / 500 + 0.2)
    return weight


@dataclass
class Scale:
    """The middle and the spread of each column's logarithms."""

    middle: Any
    spread: Any


def scale_of(pages: list[Looked]) -> Scale:
    some = np.vstack([page["rows"][::7] for page in pages])
    logs = np.copysign(np.log1p(np.abs(some)), some)
    return Scale(logs.mean(axis=0), logs.std(axis=0) + 1e-3)


def text_of(page: Looked, scale: Scale) -> net.Text:
    """The page as the networks see it: all blocks in their order, of which those count that are open."""
    sample = page["sample"]
    asked = page["open"] & (page["words"] > 0)
    weight = (np.minimum(page["words"], 60) + 3) / 12 * (1.0 if page["is_known"] else GUESSED)
    weight = weight * (1.0 if sample.kind == "article" else OTHER_IN_NETS)
    rows = by_classifier.scaled(page["rows"], scale.middle, scale.spread).astype(np.float32)
    return net.Text(sample.host, page["fold"], rows, page["keys"], np.where(asked, page["label"], -1), weight)


def model_of(pages: list[Looked], held_out: int | None, nets: int) -> dict[str, Any]:
    """A whole model of the pages that are not held out, as `extract.by_classifier` reads it."""
    learned = [page for page in pages if page["fold"] != held_out]
    scale = scale_of(learned)
    texts = [text_of(page, scale) for page in learned]
    known = net.vocabulary(texts, held_out)
    net.spell(texts, known)
    readers = [net.fit(texts, len(known), SEED + number, EPOCHS) for number in range(nets)]
    return {
        **packed(fit(learned), pages[0]["names"]), **net.packed(readers, known),
        "middle": scale.middle.astype(np.float32), "spread": scale.spread.astype(np.float32),
    }  # fmt: skip


def report(pages: list[Looked], key: str, threshold: float | None) -> str:
    lines = []
    for name, chosen in (
        ("wcxb articles", [p for p in pages if p["sample"].truth and p["sample"].kind == "article"]),
        ("wcxb all", [p for p in pages if p["sample"].truth]),
    ):
        figures = [corpus.word_f1(kept_text(p, key, threshold), p["sample"].truth) for p in chosen]
        snippets = [(kept_text(p, key, threshold), p["sample"]) for p in chosen]
        w = np.mean([np.mean([s in t for s in p.kept]) for t, p in snippets if p.kept])
        wo = np.mean([np.mean([s in t for s in p.left_out]) for t, p in snippets if p.left_out])
        f1, precision, recall = (np.mean([figure[n] for figure in figures]) for n in range(3))
        lines.append(f"{name}: F1 {f1:.4f} P {precision:.4f} R {recall:.4f} with {w:.3f} without {wo:.3f}")
    tp = fp = fn = 0
    for p in pages:
        if not p["sample"].truth:
            text = kept_text(p, key, threshold)
            hit = sum(s in text for s in p["sample"].kept)
            tp, fn, fp = tp + hit, fn + len(p["sample"].kept) - hit, fp + sum(s in text for s in p["sample"].left_out)
    labelled = [p for p in pages if not p["sample"].truth and not p["sample"].kept and not p["sample"].left_out]
    if labelled:
        lines.append(f"fixtures: F1 {np.mean([by_labels(p, key, threshold) for p in labelled]):.4f}")
    if tp:
        lines.append(f"segments: F1 {2 * tp / (2 * tp + fp + fn):.4f} P {tp / (tp + fp):.4f} R {tp / (tp + fn):.4f}")
    return "\n".join(lines)


def by_labels(page: Looked, key: str, threshold: float | None) -> float:
    """F1 over the words of the blocks of which annotators were sure."""
    asked = page["open"] & (page["words"] > 0)
    kept = asked & (page[key] >= _threshold(page, key, threshold)) & (page["label"] >= 0)
    hits, chosen, own = (
        page["words"][which].sum() for which in (kept & (page["label"] == 1), kept, page["label"] == 1)
    )
    return float(2 * hits / max(1, chosen + own))


def _threshold(page: Looked, key: str, threshold: float | None) -> float:
    asked = page["open"] & (page["words"] > 0)
    if threshold is None and asked.any():
        return by_classifier.best_threshold(page[key][asked], page["words"][asked])
    return 1.0 if threshold is None else threshold


def kept_text(page: Looked, key: str, threshold: float | None) -> str:
    """What is kept at a threshold; None: at the one that is best for the page, as in use."""
    least = _threshold(page, key, threshold)
    return "\n".join(text for text, score in zip(page["plain"], page[key], strict=True) if score >= least and text)


def packed(booster: lightgbm.Booster, names: list[str]) -> dict[str, Any]:
    """The forest as `extract.forest.Forest` reads it."""
    columns: dict[str, list[Any]] = {key: [] for key in ("column", "threshold", "low", "high", "value")}
    roots, levels = [], 0
    for grown in booster.dump_model()["tree_info"]:
        roots.append(len(columns["value"]))
        levels = max(levels, _plant(grown["tree_structure"], columns))
    kinds = {"column": np.int16, "threshold": np.float32, "low": np.int32, "high": np.int32, "value": np.float32}
    result = {key: np.array(columns[key], dtype=kind) for key, kind in kinds.items()}
    return {**result, "names": np.array(names), "roots": np.array(roots, dtype=np.int32), "levels": np.array(levels)}


def _plant(node: dict[str, Any], columns: dict[str, list[Any]]) -> int:
    here = len(columns["value"])
    for key in columns:
        columns[key].append(0)
    if "leaf_value" in node:
        columns["low"][here] = columns["high"][here] = here
        columns["value"][here] = node["leaf_value"]
        return 0
    columns["column"][here] = node["split_feature"]
    columns["threshold"][here] = np.float32(node["threshold"])
    columns["low"][here] = len(columns["value"])
    left = _plant(node["left_child"], columns)
    columns["high"][here] = len(columns["value"])
    right = _plant(node["right_child"], columns)
    return 1 + max(left, right)


def measure(pages: list[Looked], folds: Path, nets: int) -> None:
    """Print the figures of pages whose host was held out, and leave the models by fold in `folds`."""
    folds.mkdir(parents=True, exist_ok=True)
    for fold in range(corpus.FOLDS):
        path = folds / f"fold{fold}.npz"
        np.savez_compressed(path, **model_of(pages, fold, nets))
        model = by_classifier.unpacked(path.read_bytes())
        for page in pages:
            if page["fold"] == fold:
                asked = np.flatnonzero(page["open"] & (page["words"] > 0))
                page["score"] = np.zeros(len(page["texts"]))
                page["score"][asked] = model.chances(page["texts"], page["rows"], asked.tolist())
    own = [page for page in pages if not page["twin"]]
    for threshold in (0.4, 0.45, 0.5, 0.55, 0.6, None):
        print(f"threshold {threshold or 'by page'}\n{report(own, 'score', threshold)}")
    print(f"in another script\n{report([page for page in pages if page['twin']], 'score', None)}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--output", type=Path, default=Path(by_classifier.__file__).with_name("blocks.npz"))
    asked.add_argument("--measure", action="store_true", help="print cross-validated figures too")
    asked.add_argument("--no-model", action="store_true")
    asked.add_argument("--fixtures", type=Path, help="what benchmarks/train/fixtures.py brought, to learn from, too")
    asked.add_argument("--cache", type=Path, help="keeps the pages' features between runs")
    asked.add_argument("--folds", type=Path, help="where to leave the models by fold, for benchmarks/extraction.py")
    asked.add_argument("--nets", type=int, default=2, help="how many networks are asked together")
    given = asked.parse_args()
    torch.set_num_threads(1)
    started = time.time()
    if given.cache and given.cache.exists():
        pages = pickle.loads(given.cache.read_bytes())
    else:
        with ProcessPoolExecutor(2) as pool:
            samples = (*corpus.wcxb(given.corpus), *corpus.segments(given.corpus))
            pages = [page for found in pool.map(looked_at, samples, chunksize=8) for page in found]
            others = fixtures.lessons(given.fixtures) if given.fixtures else ()
            pages += [page for found in pool.map(looked_at_fixture, others, chunksize=8) for page in found]
        if given.cache:
            given.cache.write_bytes(pickle.dumps(pages))
    for page in pages:
        page["fold"] = corpus.fold_of(page["sample"].host)
        page["ideal"] = page["label"]
    own = [page for page in pages if not page["twin"]]
    print(f"{len(own)} pages, {sum(len(p['texts']) for p in own)} blocks, {time.time() - started:.0f} s")
    print(f"{len(pages) - len(own)} of them once more in another script")
    print("the best that choosing blocks could do:\n" + report(own, "ideal", 0.5))
    if given.measure:
        with tempfile.TemporaryDirectory() as name:
            measure(pages, given.folds or Path(name), given.nets)
    print(f"{time.time() - started:.0f} s")
    if not given.no_model:
        np.savez_compressed(given.output, **model_of(pages, None, given.nets))
        print(f"{given.output}: {given.output.stat().st_size:,} bytes, {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
