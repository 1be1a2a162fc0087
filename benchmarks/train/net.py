"""A network learns to read a text in its order: `chaffinch.extract.sequence.Reader` in a form that can learn.

Needs torch beside what Chaffinch needs; the product does not.
"""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found] # only for training
from torch import nn

from chaffinch.extract import wordlist

SEED = 20260101
HOSTS = 60
"""A word that fewer sites use tells a site and not a kind of line."""
VECTOR = 12
WIDTH = 64
DILATIONS = (1, 2, 4, 8, 16, 1)
WHOLE_AFTER = 2
LOST_WORDS = 0.5
"""The share of a text's words that are hidden in training, so that shapes and neighbours must do."""
FOREIGN = 0.15
"""The share of texts that are learned from without any words, as if written in a language that nobody knows."""
HEADLINES = 0.05
"""How much it counts to tell which line is the headline, beside telling what is the article's."""
LOST_SIGNALS = 0.2
DECAY = 0.05
RATE = 3e-3
WINDOW = 512
LINES = 4096
TEXTS = 48


@dataclass
class Text:
    """What stands in its order, as the network sees it."""

    host: str
    fold: int
    rows: Any
    keys: list[Any]
    """Of each line what `wordlist.key` makes of its words."""
    label: Any
    """1, 0, or less where nobody knows."""
    weight: Any
    """How much each line counts."""
    head: Any = field(default=None, kw_only=True)
    """Of each line whether it is the headline; -1 in texts of which nobody knows, None where it is not asked."""
    ids: Any = field(default=None, kw_only=True)
    counts: Any = field(default=None, kw_only=True)
    score: Any = field(default=None, kw_only=True)


def keys(text: str) -> Any:
    return np.array([wordlist.key(term) for term in wordlist.terms(text)], dtype=np.uint32)


def vocabulary(texts: Iterable[Text], held_out: int | None) -> Any:
    """The keys of words that enough hosts use, sorted."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for text in texts:
        if text.fold != held_out:
            for key in set(np.concatenate(text.keys).tolist()):
                hosts[key].add(text.host)
    return np.array(sorted(key for key, using in hosts.items() if len(using) >= HOSTS), dtype=np.uint32)


def spell(texts: Iterable[Text], known: Any) -> None:
    """Give each text the numbers of the words that are known."""
    for text in texts:
        flat = np.concatenate(text.keys)
        line = np.repeat(np.arange(len(text.keys)), [len(keys) for keys in text.keys])
        at = np.minimum(np.searchsorted(known, flat), len(known) - 1)
        found = known[at] == flat
        text.ids, text.counts = at[found], np.bincount(line[found], minlength=len(text.keys))


class Net(nn.Module):  # type: ignore[misc] # torch is no part of the checked environment
    """The same as `chaffinch.extract.sequence.Reader`, in a form that can learn."""

    def __init__(self, words: int, columns: int, told: int = 1) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(max(words, 1), VECTOR, mode="sum")
        nn.init.normal_(self.vectors.weight, std=0.1)
        self.inlet = nn.Linear(VECTOR + columns, WIDTH)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.layers = nn.ModuleList(nn.Linear(3 * WIDTH, WIDTH) for _ in DILATIONS)
        self.whole = nn.Linear(2 * WIDTH, WIDTH)
        self.outlet = nn.Linear(WIDTH, told)
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
        return self.outlet(x)


Piece = tuple[Text, int, int]


def batches(texts: Sequence[Text], chance: random.Random | None) -> list[list[Piece]]:
    """Texts of like length together; in training a random window of the longest ones."""
    pieces: list[Piece] = []
    for text in texts:
        count = len(text.label)
        if chance and count > WINDOW:
            start = chance.randrange(count - WINDOW + 1)
            pieces.append((text, start, start + WINDOW))
        else:
            pieces.append((text, 0, count))
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
    for at, (text, start, end) in enumerate(batch):
        n = end - start
        rows[at, :n], mask[at, :n] = text.rows[start:end], 1
        label[at, :n] = np.maximum(text.label[start:end], 0)
        weight[at, :n] = (text.label[start:end] >= 0) * text.weight[start:end]
        first = int(text.counts[:start].sum())
        count = text.counts[start:end]
        mine = text.ids[first : first + int(count.sum())]
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


def missed(said: Any, batch: list[Piece]) -> Any:
    """How unlikely the headlines are held, of the texts in which they stand."""
    right = torch.zeros(said.shape, dtype=torch.bool)
    there = torch.zeros(said.shape, dtype=torch.bool)
    for at, (text, start, end) in enumerate(batch):
        right[at, : end - start] = torch.from_numpy(text.head[start:end] == 1)
        there[at, : end - start] = True
    every = said.masked_fill(~there, -1e4)
    each = torch.logsumexp(every, 1) - torch.logsumexp(every.masked_fill(~right, -1e4), 1)
    has_one = right.any(1)
    return (each * has_one).sum() / has_one.sum().clamp(min=1)


def fit(texts: Sequence[Text], words: int, seed: int, epochs: int) -> Net:
    torch.manual_seed(seed)
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    finds_headlines = texts[0].head is not None
    net = Net(words, texts[0].rows.shape[1], 1 + finds_headlines)
    others = [weights for name, weights in net.named_parameters() if not name.startswith("vectors")]
    learner = torch.optim.AdamW(
        [{"params": [net.vectors.weight], "weight_decay": 0.0}, {"params": others, "weight_decay": DECAY}], lr=RATE
    )
    steps, step = epochs * len(batches(texts, random.Random(seed))), 0
    for epoch in range(epochs):
        net.train()
        started, total = time.time(), 0.0
        for batch in batches(texts, chance):
            for group in learner.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * min(1, step / steps)))
            given, label, weight = tensors(batch, noise)
            said = net(*given)
            each = nn.functional.binary_cross_entropy_with_logits(said[..., 0], label, reduction="none")
            loss = (each * weight).sum() / (weight > 0).sum().clamp(min=1)
            if finds_headlines:
                loss = loss + HEADLINES * missed(said[..., 1], batch)
            learner.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            learner.step()
            step, total = step + 1, total + loss.item()
        print(
            f"  seed {seed} epoch {epoch}: loss {total * epochs / steps:.4f}, {time.time() - started:.0f} s", flush=True
        )
    net.eval()
    return net


def judge(nets: list[Net], texts: Sequence[Text]) -> None:
    """Give each text the nets' mean log-odds."""
    with torch.no_grad():
        for batch in batches(texts, None):
            given, _, _ = tensors(batch, None)
            said = torch.stack([net(*given)[..., 0] for net in nets]).mean(0).numpy()
            for at, (text, _, end) in enumerate(batch):
                text.score = said[at, :end]


def packed(nets: Sequence[Net], known: Any) -> dict[str, Any]:
    """The networks as `chaffinch.extract.sequence` reads them, and the words that they know."""
    found: dict[str, Any] = {
        "words": known, "readers": np.array(len(nets)),
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
