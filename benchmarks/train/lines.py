"""Train the line model: `python benchmarks/train/lines.py CORPUS [--measure] [--output FILE]`.

Pages are dumped to text in several ways (`dumps.py`), and a network learns to read the lines in their order. Needs
torch beside what Chaffinch needs; the product does not. Every figure it prints is of pages whose host was held out,
from the words that the model knows to its weights.
"""

from __future__ import annotations

import argparse
import math
import pickle
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found] # only for training
from torch import nn

sys.path.insert(0, str(Path(__file__).parent))
import corpus  # type: ignore[import-not-found] # beside this script
import dumps  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import by_lines, by_repeats, sequence, shapes, wordlist
from chaffinch.model import Block, Verdict

SEED = 20260101
EPOCHS = 6
HOSTS = 60
"""A word that fewer sites use tells a site and not a kind of line."""
VECTOR = 12
WIDTH = 64
DILATIONS = (1, 2, 4, 8, 16, 1)
WHOLE_AFTER = 2
LOST_WORDS = 0.5
"""The share of a dump's words that are hidden in training, so that shapes and neighbours must do."""
FOREIGN = 0.15
"""The share of dumps that are learned from without any words, as if written in a language that nobody knows."""
LOST_SIGNALS = 0.2
DECAY = 0.05
RATE = 3e-3
WINDOW = 512
LINES = 4096
TEXTS = 48
OTHER_KINDS = 0.6
GUESSED = 0.7
"""How much a line counts on pages that are no articles, and where the block model said what it is."""


@dataclass
class Looked:
    """A dump as the network sees it, and what is measured of it."""

    way: str
    name: str
    host: str
    fold: int
    is_article: bool
    has_truth: bool
    rows: Any
    columns: list[str]
    keys: list[Any]
    label: Any
    words: Any
    ruled: Any
    """What the rules alone would drop."""
    guarded: Any
    """Whole sentences, which are never dropped."""
    ids: Any = field(default=None)
    counts: Any = field(default=None)
    score: Any = field(default=None)


def looked_at(asked: tuple[corpus.Sample, Sequence[str]]) -> list[Looked]:
    sample, titles = asked
    page = dumps.saved(sample)
    chance = random.Random(sample.name)
    made = [dumps.judged_as_used(page, main=main) for main in (False, True)]
    made += dumps.varied(page, chance, titles)
    return [_looked(dump, sample) for dump in made if dump.blocks]


def _looked(dump: dumps.Dump, sample: corpus.Sample) -> Looked:
    read = by_lines.read(dump.blocks)
    rows, columns = shapes.rows(dump.blocks, read)
    return Looked(
        dump.way, sample.name, sample.host, corpus.fold_of(sample.host), sample.kind == "article", bool(sample.truth),
        rows.astype(np.float16), columns, [_keys(block) for block in dump.blocks], dump.label,
        np.array([block.words for block in dump.blocks], dtype=np.float32),
        np.array([verdict is Verdict.BOILERPLATE for verdict, _ in read.verdicts]),
        np.array([by_repeats.is_sentence(block) for block in dump.blocks]),
    )  # fmt: skip


def _keys(block: Block) -> Any:
    return np.array([wordlist.key(term) for term in wordlist.terms(block.text)], dtype=np.uint32)


def vocabulary(looked: list[Looked], held_out: int | None) -> Any:
    """The keys of words that enough hosts use, sorted."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for dump in looked:
        if dump.way in ("whole", "small") and dump.fold != held_out:
            for key in set(np.concatenate(dump.keys).tolist()):
                hosts[key].add(dump.host)
    return np.array(sorted(key for key, using in hosts.items() if len(using) >= HOSTS), dtype=np.uint32)


def spell(looked: list[Looked], known: Any) -> None:
    """Give each dump the numbers of the words that are known."""
    for dump in looked:
        flat = np.concatenate(dump.keys)
        line = np.repeat(np.arange(len(dump.keys)), [len(keys) for keys in dump.keys])
        at = np.minimum(np.searchsorted(known, flat), len(known) - 1)
        found = known[at] == flat
        dump.ids, dump.counts = at[found], np.bincount(line[found], minlength=len(dump.keys))


class Net(nn.Module):  # type: ignore[misc] # torch is no part of the checked environment
    """The same as `chaffinch.extract.sequence.Reader`, in a form that can learn."""

    def __init__(self, words: int, columns: int) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(max(words, 1), VECTOR, mode="sum")
        nn.init.normal_(self.vectors.weight, std=0.1)
        self.inlet = nn.Linear(VECTOR + columns, WIDTH)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.layers = nn.ModuleList(nn.Linear(3 * WIDTH, WIDTH) for _ in DILATIONS)
        self.whole = nn.Linear(2 * WIDTH, WIDTH)
        self.outlet = nn.Linear(WIDTH, 1)
        self.lost = nn.Dropout(LOST_SIGNALS)

    def forward(self, ids: Any, starts: Any, weights: Any, rows: Any, mask: Any) -> Any:
        meaning = self.vectors(ids, starts, per_sample_weights=weights).view(*rows.shape[:2], -1)
        x = self.lost(torch.relu(self.inlet(torch.cat([self.lost(meaning), rows], -1)))) * mask
        for at, dilation in enumerate(DILATIONS):
            y = self.norms[at](x) * mask
            wide = nn.functional.pad(y, (0, 0, dilation, dilation))
            beside = torch.cat([wide[:, : -2 * dilation], y, wide[:, 2 * dilation :]], -1)
            x = (x + self.lost(torch.relu(self.layers[at](beside)))) * mask
            if at == WHOLE_AFTER:
                seen = torch.cat([x.sum(1) / mask.sum(1), (x - 1e4 * (1 - mask)).amax(1)], -1)
                x = (x + torch.relu(self.whole(seen))[:, None]) * mask
        return self.outlet(x)[..., 0]


Piece = tuple[Looked, int, int]


def batches(looked: list[Looked], chance: random.Random | None) -> list[list[Piece]]:
    """Dumps of like length together; in training a random window of the longest ones."""
    pieces: list[Piece] = []
    for dump in looked:
        count = len(dump.label)
        if chance and count > WINDOW:
            start = chance.randrange(count - WINDOW + 1)
            pieces.append((dump, start, start + WINDOW))
        else:
            pieces.append((dump, 0, count))
    if chance:
        chance.shuffle(pieces)
    near = TEXTS * 16 if chance else len(pieces)
    grouped = [pieces[at : at + near] for at in range(0, len(pieces), near)]
    found: list[list[Piece]] = []
    for group in grouped:
        batch: list[Piece] = []
        for piece in sorted(group, key=lambda piece: piece[2] - piece[1]):
            if batch and (len(batch) >= TEXTS or (piece[2] - piece[1]) * (len(batch) + 1) > LINES):
                found.append(batch)
                batch = []
            batch.append(piece)
        found.append(batch)
    if chance:
        chance.shuffle(found)
    return found


def tensors(batch: list[Piece], noise: np.random.Generator | None) -> tuple[list[Any], Any, Any]:
    """What the network takes, the labels, and how much each line counts."""
    longest = max(end - start for _, start, end in batch)
    shape = (len(batch), longest)
    rows = np.zeros((*shape, batch[0][0].rows.shape[1]), np.float32)
    mask, label, weight = np.zeros((*shape, 1), np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    counts = np.zeros(shape, np.int64)
    ids, shares = [], []
    for at, (dump, start, end) in enumerate(batch):
        n = end - start
        rows[at, :n], mask[at, :n] = dump.rows[start:end], 1
        known = dump.label[start:end] >= 0
        label[at, :n] = np.maximum(dump.label[start:end], 0)
        body = (np.minimum(dump.words[start:end], 60) + 3) / 12
        weight[at, :n] = known * np.where(dump.label[start:end] == 1, body, 1.0)
        weight[at] *= (1.0 if dump.has_truth else GUESSED) * (1.0 if dump.is_article else OTHER_KINDS)
        first = int(dump.counts[:start].sum())
        count = dump.counts[start:end]
        mine = dump.ids[first : first + int(count.sum())]
        if noise is not None:
            kept = noise.random(len(mine)) > (1.0 if noise.random() < FOREIGN else LOST_WORDS)
            count = np.bincount(np.repeat(np.arange(n), count)[kept], minlength=n)
            mine = mine[kept]
        counts[at, :n] = count
        ids.append(mine)
        shares.append(np.repeat(1 / np.sqrt(np.maximum(count, 1)), count))
    starts = np.concatenate([[0], np.cumsum(counts.ravel())[:-1]])
    given = (np.concatenate(ids).astype(np.int64), starts, np.concatenate(shares).astype(np.float32), rows, mask)
    return [torch.from_numpy(part) for part in given], torch.from_numpy(label), torch.from_numpy(weight)


def fit(looked: list[Looked], words: int, seed: int) -> Net:
    torch.manual_seed(seed)
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    net = Net(words, looked[0].rows.shape[1])
    others = [weights for name, weights in net.named_parameters() if not name.startswith("vectors")]
    learner = torch.optim.AdamW(
        [{"params": [net.vectors.weight], "weight_decay": 0.0}, {"params": others, "weight_decay": DECAY}], lr=RATE
    )
    steps, step = EPOCHS * len(batches(looked, random.Random(seed))), 0
    for epoch in range(EPOCHS):
        net.train()
        started, total = time.time(), 0.0
        for batch in batches(looked, chance):
            for group in learner.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * min(1, step / steps)))
            given, label, weight = tensors(batch, noise)
            each = nn.functional.binary_cross_entropy_with_logits(net(*given), label, reduction="none")
            loss = (each * weight).sum() / (weight > 0).sum().clamp(min=1)
            learner.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            learner.step()
            step, total = step + 1, total + loss.item()
        print(
            f"  seed {seed} epoch {epoch}: loss {total * EPOCHS / steps:.4f}, {time.time() - started:.0f} s", flush=True
        )
    net.eval()
    return net


def judge(nets: list[Net], looked: list[Looked]) -> None:
    """Give each dump the nets' mean log-odds."""
    with torch.no_grad():
        for batch in batches(looked, None):
            given, _, _ = tensors(batch, None)
            said = torch.stack([net(*given) for net in nets]).mean(0).numpy()
            for at, (dump, _, end) in enumerate(batch):
                dump.score = said[at, :end]


def report(looked: list[Looked]) -> Iterator[str]:
    """Junk lines removed at each share of body words lost, by kind of dump; beside it rules and an oracle."""
    for way in ("whole", "main", "small"):
        chosen = [d for d in looked if d.way == way and d.has_truth and d.is_article and d.score is not None]
        label, words, ruled, guarded, score = (
            np.concatenate([getattr(dump, name) for dump in chosen])
            for name in ("label", "words", "ruled", "guarded", "score")
        )
        body, clear = label == 1, label == 0
        left_out = clear | (label == dumps.IN_DOUBT)
        yield f"{way}: {len(chosen)} dumps, {words[body].sum():.0f} words of body"
        yield f"  rules: {words[body & ruled].sum() / words[body].sum():.4f} lost"
        for kind, junk in (("furniture", clear), ("all that the truth leaves out", left_out)):
            if kind != "furniture" and junk.sum() == clear.sum():
                continue
            yield f"  {kind}: {junk.sum()} lines; rules: {ruled[junk].mean():.4f} gone"
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


def packed(nets: list[Net], known: Any, columns: list[str]) -> dict[str, Any]:
    """The networks as `chaffinch.extract.sequence` reads them."""
    found: dict[str, Any] = {
        "words": known, "columns": np.array(columns), "readers": np.array(len(nets)),
        "dilations": np.array(DILATIONS), "whole_after": np.array(WHOLE_AFTER),
    }  # fmt: skip
    for number, net in enumerate(nets):
        said = {name: weights.detach().numpy() for name, weights in net.named_parameters()}
        vectors = said["vectors.weight"]
        scale = np.abs(vectors).max(axis=0) / 127
        parts = {"vectors": np.round(vectors / scale).astype(np.int8), "vectors.scale": scale}
        for name in ("inlet", "whole", "outlet"):
            parts |= {f"{name}.weights": said[f"{name}.weight"].T, f"{name}.bias": said[f"{name}.bias"]}
        for at in range(len(DILATIONS)):
            parts |= {
                f"layer{at}.scale": said[f"norms.{at}.weight"], f"layer{at}.shift": said[f"norms.{at}.bias"],
                f"layer{at}.weights": said[f"layers.{at}.weight"].T, f"layer{at}.bias": said[f"layers.{at}.bias"],
            }  # fmt: skip
        found |= {
            f"{number}.{name}": part if part.dtype == np.int8 else part.astype(np.float16)
            for name, part in parts.items()
        }
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--output", type=Path, default=Path(sequence.__file__).with_name("lines.npz"))
    asked.add_argument("--measure", action="store_true", help="print cross-validated figures first")
    asked.add_argument("--no-model", action="store_true")
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
        with ProcessPoolExecutor(2) as pool:
            found = pool.map(looked_at, [(sample, titles) for sample in samples], chunksize=8)
            looked = [dump for dumps_of_page in found for dump in dumps_of_page]
        if given.cache:
            given.cache.write_bytes(pickle.dumps(looked, protocol=5))
    print(f"{len(samples)} pages, {len(looked)} dumps, {sum(len(d.label) for d in looked)} lines", flush=True)
    seeds = [SEED + number for number in range(given.nets)]
    if given.measure:
        for fold in given.fold or range(corpus.FOLDS):
            known = vocabulary(looked, fold)
            spell(looked, known)
            learned = [dump for dump in looked if dump.fold != fold]
            nets = [fit(learned, len(known), seed) for seed in seeds]
            if given.folds:
                given.folds.mkdir(parents=True, exist_ok=True)
                np.savez_compressed(given.folds / f"fold{fold}.npz", **packed(nets, known, looked[0].columns))
            judge(nets, [d for d in looked if d.fold == fold and d.way in ("whole", "main", "small")])
            print(f"fold {fold}: {len(known)} words\n" + "\n".join(report(looked)), flush=True)
    if not given.no_model:
        known = vocabulary(looked, None)
        spell(looked, known)
        nets = [fit(looked, len(known), seed) for seed in seeds]
        np.savez_compressed(given.output, **packed(nets, known, looked[0].columns))
        print(f"{given.output}: {given.output.stat().st_size:,} bytes, {len(known)} words")


if __name__ == "__main__":
    main()
