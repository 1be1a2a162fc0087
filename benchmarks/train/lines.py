"""Train the line model: `python benchmarks/train/lines.py CORPUS [--measure] [--output FILE]`.

Pages are dumped to text in several ways (`dumps.py`), and a network learns to read the lines in their order, and those
of texts that were written to be learned from (`written.py`). Needs torch beside what Chaffinch needs; the product does
not. Every figure it prints is of pages whose host was held out, and of texts that were, from the words that the model
knows to its weights.
"""

from __future__ import annotations

import argparse
import math
import pickle
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found] # only for training

sys.path.insert(0, str(Path(__file__).parent))
import corpus  # type: ignore[import-not-found] # beside this script
import dumps  # type: ignore[import-not-found] # beside this script
import fixtures  # type: ignore[import-not-found] # beside this script
import net  # type: ignore[import-not-found] # beside this script
import titled  # type: ignore[import-not-found] # beside this script
import written  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import by_lines, by_repeats, sequence, shapes
from chaffinch.model import Verdict

EPOCHS = 12
OTHER_KINDS = 0.6
GUESSED = 0.7
"""How much a line counts on pages that are no articles, and where the block model said what it is."""
JUDGED = ("whole", "main", "small", "written whole", "written main", "written small")
AGAIN = 3
"""How often each dump of the texts that were written is read in a round."""


@dataclass
class Looked(net.Text):  # type: ignore[misc] # what stands beside this script is not checked with it
    """A dump as the network sees it, and what is measured of it."""

    way: str
    is_judged: bool
    """Whether it is of an article whose truth is known."""
    columns: list[str]
    words: Any
    ruled: Any
    """What the rules alone would drop."""
    guarded: Any
    """Whole sentences, which are never dropped."""


def looked_at(asked: tuple[corpus.Sample | fixtures.Fixture, Sequence[str]]) -> list[Looked]:
    """What is made of a page, labelled by annotators or by its truth."""
    given, titles = asked
    page = dumps.saved_fixture(given) if isinstance(given, fixtures.Fixture) else dumps.saved(given)
    sample = page.sample
    chance = random.Random(sample.name)
    made = [dumps.judged_as_used(page, main=main) for main in (False, True)]
    made += dumps.varied(page, chance, titles)
    is_article = sample.kind == "article"
    counts = (1.0 if page.is_known else GUESSED) * (1.0 if is_article else OTHER_KINDS)
    judged = is_article and bool(sample.truth or not (sample.kept or sample.left_out))
    noted, told = (sample.title, page.headlines) if is_article else ("", ())
    return [
        _looked(dump, sample.host, counts, dump.way, titled.among(dump.blocks, noted, told), judged=judged)
        for dump in made
        if dump.blocks
    ]


def looked_at_written(one: written.Written) -> list[Looked]:
    """The text as it was written, to be judged, and with changes, to be learned from."""
    made = list(written.varied(one, random.Random(one.name)))
    ways = [f"written {one.way}", *["written"] * len(made)]
    return [
        _looked(dump, one.name, 1.0, way, titled.among(dump.blocks, one.title), judged=way != "written")
        for dump, way in zip(made, ways, strict=False)
        if dump.blocks
    ]


def _looked(dump: dumps.Dump, host: str, counts: float, way: str, head: Any, *, judged: bool) -> Looked:
    read = by_lines.read(dump.blocks)
    rows, columns = shapes.rows(dump.blocks, read)
    words = np.array([block.words for block in dump.blocks], dtype=np.float32)
    return Looked(
        host, corpus.fold_of(host), rows.astype(np.float16),
        [net.keys(block.text) for block in dump.blocks], dump.label,
        counts * np.where(dump.label == 1, (np.minimum(words, 60) + 3) / 12, 1.0),
        way, judged, columns, words,
        np.array([verdict is Verdict.BOILERPLATE for verdict, _ in read.verdicts]),
        np.array([by_repeats.is_sentence(block) for block in dump.blocks]), head=head,
    )  # fmt: skip


def vocabulary(looked: list[Looked], held_out: int | None) -> Any:
    return net.vocabulary([dump for dump in looked if dump.way in ("whole", "small")], held_out)


def repeated(looked: Iterable[Looked]) -> list[Looked]:
    """The dumps of a round: those of texts that were written to be learned from come several times."""
    return [dump for dump in looked for _ in range(AGAIN if dump.way.startswith("written") else 1)]


def report(looked: list[Looked]) -> Iterator[str]:
    """Junk lines removed at each share of body words lost, by kind of dump; beside it rules and an oracle."""
    for way in JUDGED:
        chosen = [d for d in looked if d.way == way and d.is_judged and d.score is not None]
        label, words, ruled, guarded, score = (
            np.concatenate([getattr(dump, name) for dump in chosen])
            for name in ("label", "words", "ruled", "guarded", "score")
        )
        body, junk = label == 1, label == 0
        yield f"{way}: {len(chosen)} dumps, {words[body].sum():.0f} words of body"
        yield f"  rules: {words[body & ruled].sum() / words[body].sum():.4f} lost"
        yield f"  furniture: {junk.sum()} lines; rules: {ruled[junk].mean():.4f} gone"
        yield f"    an oracle that keeps whole sentences: {1 - guarded[junk].mean():.4f} gone"
        for name, free in (("model", np.ones(len(label), dtype=bool)), ("model, sentences kept", ~guarded)):
            order = np.argsort(score[body & free])
            lost = np.cumsum(words[body & free][order]) / words[body].sum()
            figures = []
            for limit in (0.0025, 0.005, 0.01, 0.02):
                at = score[body & free][order][min(np.searchsorted(lost, limit), len(order) - 1)]
                gone = np.mean((score[junk] < at) & free[junk])
                figures.append(f"{gone:.4f} at {limit} (chance < {1 / (1 + math.exp(-at)):.3f})")
            yield f"    {name}: {', '.join(figures)}"


def packed(nets: list[net.Net], known: Any, looked: list[Looked]) -> dict[str, Any]:
    return {**net.packed(nets, known), "columns": np.array(looked[0].columns)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--output", type=Path, default=Path(sequence.__file__).with_name("lines.npz"))
    asked.add_argument("--measure", action="store_true", help="print cross-validated figures first")
    asked.add_argument("--no-model", action="store_true")
    asked.add_argument("--fixtures", type=Path, help="what benchmarks/train/fixtures.py brought, to learn from, too")
    asked.add_argument("--cache", type=Path, help="keeps the dumps' features between runs")
    asked.add_argument("--folds", type=Path, help="where to leave the models by fold, for benchmarks/plaintext.py")
    asked.add_argument("--fold", type=int, action="append", help="only these folds")
    asked.add_argument("--nets", type=int, default=2, help="how many networks are asked together")
    given = asked.parse_args()
    torch.set_num_threads(1)
    samples = [*corpus.wcxb(given.corpus), *corpus.segments(given.corpus)]
    titles = [sample.title for sample in samples if sample.title]
    if given.cache and given.cache.exists():
        looked = pickle.loads(given.cache.read_bytes())
    else:
        others = fixtures.lessons(given.fixtures) if given.fixtures else ()
        with ProcessPoolExecutor(2) as pool:
            found = pool.map(looked_at, [(page, titles) for page in (*samples, *others)], chunksize=8)
            looked = [dump for dumps_of_page in found for dump in dumps_of_page]
            looked += [dump for dumps_of_text in pool.map(looked_at_written, written.read()) for dump in dumps_of_text]
        if given.cache:
            given.cache.write_bytes(pickle.dumps(looked, protocol=5))
    print(f"{len(samples)} pages, {len(looked)} dumps, {sum(len(d.label) for d in looked)} lines", flush=True)
    seeds = [net.SEED + number for number in range(given.nets)]
    if given.measure:
        for fold in given.fold or range(corpus.FOLDS):
            known = vocabulary(looked, fold)
            net.spell(looked, known)
            learned = repeated(dump for dump in looked if dump.fold != fold)
            nets = [net.fit(learned, len(known), seed, EPOCHS) for seed in seeds]
            if given.folds:
                given.folds.mkdir(parents=True, exist_ok=True)
                np.savez_compressed(given.folds / f"fold{fold}.npz", **packed(nets, known, looked))
            net.judge(nets, [d for d in looked if d.fold == fold and d.way in JUDGED])
            print(f"fold {fold}: {len(known)} words\n" + "\n".join(report(looked)), flush=True)
    if not given.no_model:
        known = vocabulary(looked, None)
        net.spell(looked, known)
        nets = [net.fit(repeated(looked), len(known), seed, EPOCHS) for seed in seeds]
        np.savez_compressed(given.output, **packed(nets, known, looked))
        print(f"{given.output}: {given.output.stat().st_size:,} bytes, {len(known)} words")


if __name__ == "__main__":
    main()
