"""Train the headline network: `python benchmarks/train/headlines.py CORPUS --models DIR [--fixtures DIR] [--measure]`.

Article pages, also those that other projects test with (`fixtures.py`), are dumped in several ways, and for each dump
the network learns which line above the article people noted as its title, beside the texts that were written to be
learned from (`written.py`). `--models` are the line models by fold (`lines.py --folds`), for the lines' chances must be
as unsure as in use; of folds without one nothing is learned. Needs torch; the product does not.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found] # only for training
from torch import nn

sys.path.insert(0, str(Path(__file__).parent))
import corpus  # type: ignore[import-not-found] # beside this script
import dumps  # type: ignore[import-not-found] # beside this script
import fixtures  # type: ignore[import-not-found] # beside this script
import titled  # type: ignore[import-not-found] # beside this script
import written  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import by_context, by_lines, cues, headline
from chaffinch.model import Block, Verdict

SEED = 20260101
HIDDEN = 24
EPOCHS = 60
RATE = 3e-3
DECAY = 1e-3
LOST = 0.1
"""The share of numbers that are hidden in training."""
BATCH = 64
WRITTEN = 4.0
"""How much a text counts that was written to be learned from."""


@dataclass
class Case:
    """The candidates of one text, which of them is the headline, and whether the text has one."""

    fold: int
    way: str
    rows: Any
    right: Any
    weight: float
    ruled: bool
    """Whether the rules of shape find it."""


def case(blocks: Sequence[Block], title: str, fold: int, way: str, weight: float) -> Case | None:
    """What is learned of one text; None where no line may be its headline."""
    read = by_lines.read(blocks)
    scores, likely = by_context.asked(blocks, read)
    judged = by_context.verdicts(blocks, read, scores)
    shapes = [by_lines.shape_of(block.text, block.words, "list" in block.marks) for block in blocks]
    kept = [verdict is Verdict.CONTENT for verdict, _ in judged]
    begin = headline.beginning(blocks, shapes, kept, scores)
    places = headline.candidates(blocks, shapes, begin)
    if not places:
        return None
    rows = cues.rows(blocks, shapes, read, scores, likely, places, begin)
    right = np.array([titled.is_same(blocks[at].text, title) for at in places])
    return Case(fold, way, rows, right, weight, titled.is_same(read.title, title))


def of_page(models: Path, asked: tuple[corpus.Sample | fixtures.Fixture, Sequence[str]]) -> list[Case]:
    given, titles = asked
    fold = corpus.fold_of(given.host)
    _ask(models, fold)
    page = dumps.saved_fixture(given) if isinstance(given, fixtures.Fixture) else dumps.saved(given)
    sample = page.sample
    if not sample.title:
        return []
    chance = random.Random(sample.name)
    made = [dumps.judged_as_used(page, main=main) for main in (False, True)]
    made += [dumps.small(page, chance, titles) for _ in range(2)]
    made += [dumps.by_tool(page, chance, tool) for tool in dumps.LEARNED]
    return [found for dump in made if dump.blocks and (found := case(dump.blocks, sample.title, fold, dump.way, 1.0))]


def of_written(models: Path, one: written.Written) -> list[Case]:
    fold = corpus.fold_of(one.name)
    _ask(models, fold)
    made = written.varied(one, random.Random(one.name))
    return [found for dump in made if (found := case(dump.blocks, one.title, fold, "written", WRITTEN))]


def _ask(models: Path, fold: int) -> None:
    model = by_context.unpacked((models / f"fold{fold}.npz").read_bytes())
    setattr(by_context, "packaged", lambda: model)  # noqa: B010 # for mypy


def fit(cases: Sequence[Case], seed: int) -> dict[str, Any]:
    """The network's weights: of each text's candidates, and of none of them, the right ones shall be likeliest."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    columns = cases[0].rows.shape[1]
    net = nn.Sequential(nn.Linear(columns, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1, bias=False))
    none = nn.Parameter(torch.zeros(1))
    learner = torch.optim.AdamW([*net.parameters(), none], lr=RATE, weight_decay=DECAY)
    order = list(cases)
    for epoch in range(EPOCHS):
        for group in learner.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        chance.shuffle(order)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            rows = torch.from_numpy(np.concatenate([one.rows for one in batch]))
            rows = rows * (torch.rand_like(rows) >= LOST)
            worth = net(rows)[:, 0].split([len(one.right) for one in batch])
            loss = torch.zeros(())
            for one, said in zip(batch, worth, strict=True):
                every = torch.cat([said, none])
                right = torch.from_numpy(np.append(one.right, not one.right.any()))
                loss = loss + one.weight * (torch.logsumexp(every, 0) - torch.logsumexp(every[right], 0))
            learner.zero_grad()
            (loss / len(batch)).backward()
            learner.step()
    inlet, _, outlet = net
    return {
        "inlet": inlet.weight.detach().numpy().T, "bias": inlet.bias.detach().numpy(),
        "outlet": outlet.weight.detach().numpy()[0], "none": none.detach().numpy()[0],
    }  # fmt: skip


def worth(net: dict[str, Any], rows: Any) -> Any:
    return np.maximum(rows @ net["inlet"] + net["bias"], 0) @ net["outlet"] - net["none"]


def report(cases: Sequence[Case], net: dict[str, Any]) -> Iterator[str]:
    for way in sorted({one.way for one in cases}):
        chosen = [one for one in cases if one.way == way]
        there = [one for one in chosen if one.right.any()]
        said = [(one, worth(net, one.rows)) for one in chosen]
        right = sum(bool(one.right[each.argmax()]) and each.max() > 0 for one, each in said)
        told = sum(each.max() > 0 for _, each in said)
        yield (
            f"{way}: {len(chosen)} texts, {len(there)} have it; right {right}, told {told}; by rules of shape "
            f"{sum(one.ruled for one in chosen)}"
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--models", type=Path, required=True)
    asked.add_argument("--fixtures", type=Path, help="what benchmarks/train/fixtures.py brought, to learn from, too")
    asked.add_argument("--output", type=Path, default=Path(headline.__file__).with_name("headlines.npz"))
    asked.add_argument("--measure", action="store_true", help="print cross-validated figures first")
    given = asked.parse_args()
    torch.set_num_threads(1)
    samples = [sample for sample in corpus.wcxb(given.corpus) if sample.kind == "article" and sample.title]
    titles = [sample.title for sample in samples]
    others = [page for page in (fixtures.lessons(given.fixtures) if given.fixtures else ()) if page.kind == "article"]
    folds = {int(path.stem.removeprefix("fold")) for path in given.models.glob("fold*.npz")}
    if not folds:
        asked.error(f"no fold*.npz in {given.models}")
    pages = [(page, titles) for page in (*samples, *others) if corpus.fold_of(page.host) in folds]
    texts = [one for one in written.read() if corpus.fold_of(one.name) in folds]
    with ProcessPoolExecutor(2) as pool:
        found = [*pool.map(partial(of_page, given.models), pages, chunksize=8)]
        found += pool.map(partial(of_written, given.models), texts, chunksize=4)
    cases = [one for each in found for one in each]
    print(f"{len(cases)} texts, {cases[0].rows.shape[1]} columns", flush=True)
    if given.measure:
        for fold in sorted({one.fold for one in cases}):
            net = fit([one for one in cases if one.fold != fold], SEED)
            print(f"fold {fold}\n" + "\n".join(report([one for one in cases if one.fold == fold], net)), flush=True)
    np.savez_compressed(given.output, **{name: part.astype(np.float16) for name, part in fit(cases, SEED).items()})


if __name__ == "__main__":
    main()
