"""The corpora to learn from and to measure on, as pages with what people said of them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from align import WORD  # type: ignore[import-not-found] # beside this script

FOLDS = 5


def fold_of(host: str) -> int:
    """Which fifth of all hosts this one is in."""
    return int.from_bytes(hashlib.blake2b(host.encode(), digest_size=4).digest(), "big") % FOLDS


@dataclass(frozen=True)
class Sample:
    name: str
    url: str
    kind: str
    body: bytes
    truth: str
    title: str
    author: str
    date: str
    kept: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or self.name).removeprefix("www.")


def wcxb(folder: Path) -> Iterator[Sample]:
    """The pages of the WCXB benchmark: `html/ID.html.gz` and `truth/ID.json`."""
    for path in sorted((folder / "wcxb" / "truth").glob("*.json")):
        said = json.loads(path.read_text("utf-8"))
        body = gzip.decompress((folder / "wcxb" / "html" / f"{path.stem}.html.gz").read_bytes())
        yield Sample(
            path.stem, said["url"], said["type"], body, said["main_content"] or "", said.get("title") or "",
            said.get("author") or "", said.get("publish_date") or "", tuple(said["with"] or ()),
            tuple(said["without"] or ()),
        )  # fmt: skip


def segments(folder: Path) -> Iterator[Sample]:
    """The pages of the segment corpus: `segments.json` and `html/`."""
    for url, said in sorted(json.loads((folder / "segments" / "segments.json").read_text("utf-8")).items()):
        path = folder / "segments" / "html" / said["file"]
        zipped = path.with_name(path.name + ".gz")
        if not path.exists() and not zipped.exists():
            continue
        body = path.read_bytes() if path.exists() else gzip.decompress(zipped.read_bytes())
        yield Sample(said["file"], url, "article", body, "", "", "", "", tuple(said["with"]), tuple(said["without"]))


def word_f1(text: str, truth: str) -> tuple[float, float, float]:
    """F1, precision and recall over words in lower case, as bags."""
    ours, theirs = Counter(WORD.findall(text.lower())), Counter(WORD.findall(truth.lower()))
    common = sum((ours & theirs).values())
    if not common:
        return (1.0, 1.0, 1.0) if not ours and not theirs else (0.0, 0.0, 0.0)
    precision, recall = common / sum(ours.values()), common / sum(theirs.values())
    return 2 * precision * recall / (precision + recall), precision, recall
