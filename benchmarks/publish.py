"""What publishing and serving cost: feeds, archives, near-duplicates, conditional and full GETs.

    python benchmarks/publish.py [feed] [thousand] [archive] [alike] [serve] [--articles 100000] [--seconds 5]

Without a name all are measured. Everything is invented from a seed, written below a temporary folder and removed.
"""

from __future__ import annotations

import argparse
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from chaffinch.config import Config, Web, load
from chaffinch.identity import sketch
from chaffinch.model import Article, Certainty, Feed
from chaffinch.newsroom import Newsroom
from chaffinch.publish import files
from chaffinch.publish.membership import holds
from chaffinch.publish.press import documents
from chaffinch.store import sketches
from chaffinch.store.archives import mark_months
from chaffinch.store.articles import insert_article, mark_dirty

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprstv" for b in ("a", "ei", "o", "u") for c in ("l", "n", "rd", "st", "m")]

CONFIG = """
[press]
base_url = "http://127.0.0.1:8750"
[[source]]
slug = "papers"
location = "papers"
[[feed]]
slug = "news"
"""


def prose(random: Random, words: int) -> str:
    return " ".join(random.choices(WORDS, k=words))


def article(number: int, random: Random, words: int = 180) -> Article:
    """One of about 1.2 kB of words for each 200 of them."""
    text = prose(random, words)
    published = NOW - timedelta(minutes=number)
    return Article(
        id=f"tag:bench.example,2026:a{number}",
        key=f"a{number}",
        url=f"https://bench.example/{number}",
        sources=("papers",),
        title=f"{text[:40]} {number}",
        published=published,
        updated=published,
        first_seen=published,
        aliases=(f"url://bench.example/{number}",),
        byline="A. Writer",
        publisher="The Bench",
        certainty=Certainty.SURE,
        lead=text[:200],
        html="".join(f"<p>{text[start : start + 300]}</p>" for start in range(0, len(text), 300)),
        text=text,
        language="en",
    )


def tell(what: str, figure: str) -> None:
    print(f"{what:<66} {figure}", flush=True)


def pressed(home: Path) -> Config:
    (home / "papers").mkdir(exist_ok=True)
    (home / "config.toml").write_text(CONFIG, "utf-8")
    return load(home / "config.toml")


def feed(home: Path, options: argparse.Namespace) -> None:
    """A feed of 50 entries of 6 kB is built and written; then again, unchanged."""
    config, random = pressed(home), Random(1)
    articles = [article(number, random, 900) for number in range(50)]
    times = []
    for _ in range(7):
        began = time.perf_counter()
        built = documents(config.feeds[0], articles, config.press)
        times.append(time.perf_counter() - began)
    tell("50 entries in three formats", f"{min(times) * 1000:.0f} ms, {sum(len(one.body) for one in built):,} bytes")
    began = time.perf_counter()
    files.write(config.press.feeds_dir, built, NOW)
    tell("... written, with .gz and .br, synchronised", f"{(time.perf_counter() - began) * 1000:.0f} ms")
    before = {path: path.stat().st_mtime_ns for path in config.press.feeds_dir.iterdir()}
    again = files.write(config.press.feeds_dir, documents(config.feeds[0], articles, config.press), NOW)
    untouched = before == {path: path.stat().st_mtime_ns for path in config.press.feeds_dir.iterdir()}
    tell("... built again, unchanged", f"{len(again)} files written, times untouched: {untouched}")


def thousand(home: Path, options: argparse.Namespace) -> None:
    """Of 1,000 feeds that share 50,000 articles one article changes."""
    config, random = pressed(home), Random(2)
    feeds = [Feed(f"f{number}", f"Feed {number}", tags=(f"t{number}",)) for number in range(1_000)]
    groups = [[replace(article(f * 50 + n, random, 60), tags=(f"t{f}",)) for n in range(50)] for f in range(1_000)]
    changed = replace(groups[7][3], title="Another title", tags=("t7", "t600"))
    began = time.perf_counter()
    for one, group in zip(feeds, groups, strict=True):
        files.write(config.press.feeds_dir, documents(one, group, config.press), NOW)
    tell("1,000 feeds of 50 entries built and written", f"{time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    dirty = [one for one in feeds if holds(one, changed)]
    groups[7][3] = changed
    groups[600][49] = changed
    written = [
        name
        for one in dirty
        for name in files.write(config.press.feeds_dir, documents(one, groups[int(one.slug[1:])], config.press), NOW)
    ]
    took = (time.perf_counter() - began) * 1000
    tell("... one article of two of them changed", f"{len(written)} files, {took:.0f} ms")


def stored(home: Path, options: argparse.Namespace) -> Newsroom:
    """A press that holds so many articles, sketches included, over some years."""
    room = Newsroom(pressed(home), lambda: NOW, children=1)
    room.take_over()
    random = Random(3)
    for start in range(0, options.articles, 1_000):
        with room.parts.database.write() as connection:
            for number in range(start, min(start + 1_000, options.articles)):
                one = replace(article(number, random), published=NOW - timedelta(minutes=20 * number))
                row = insert_article(connection, one)
                sketches.remember(connection, row, sketch(one.text))
    return room


def archive(home: Path, options: argparse.Namespace) -> None:
    """Archives of all articles of a press, in a process of its own, for its memory."""
    stored(home, options).close()
    own = subprocess.run(
        [sys.executable, __file__, "archived", "--home", str(home)], check=True, capture_output=True, text=True
    )
    for line in own.stdout.splitlines():
        tell(f"{options.articles:,} articles archived", line)


def archived(home: Path, options: argparse.Namespace) -> None:
    """The part of `archive` whose memory is measured."""
    room = Newsroom(load(home / "config.toml"), lambda: NOW, children=1)
    months = [f"{year}-{month:02}" for year in range(2020, 2027) for month in range(1, 13)]
    with room.parts.database.write() as connection:
        mark_months(connection, (("news", month) for month in months))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    names = [name for name in room.publish("news") if "/20" in name]
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    pages = sum(name.endswith(".html") for name in names)
    made = f"{len(names) - pages} documents and {pages} pages"
    print(f"{made}, {time.perf_counter() - began:.0f} s, {more / 1024:.0f} MiB more than at rest")
    began = time.perf_counter()
    with room.parts.database.write() as connection:
        mark_months(connection, [("news", f"{NOW:%Y-%m}")])
        mark_dirty(connection, ["news"])
    room.publish("news")
    print(f"... published again after a change: {time.perf_counter() - began:.2f} s")
    room.close()


def alike(home: Path, options: argparse.Namespace) -> None:
    """One text is looked up among all articles of a press."""
    room = stored(home, options) if not (home / "data").exists() else Newsroom(pressed(home), lambda: NOW, children=1)
    random, found, times, spent = Random(4), 0, [], 0.0
    keys = [f"a{random.randrange(options.articles)}" for _ in range(200)]
    for key in keys:
        held = room.parts.articles.get(key)
        assert held is not None
        words = held.text.split()
        edited = " ".join(random.choice(WORDS) if random.random() < 0.05 else word for word in words)
        began, spending = time.perf_counter(), time.process_time()
        hashes = sketch(edited)
        with room.parts.database.read() as connection:
            near = sketches.sharing(connection, hashes)
        times.append(time.perf_counter() - began)
        spent += time.process_time() - spending
        found += any(one.key == key for one in near)
    times.sort()
    told = f"{times[100] * 1000:.1f} ms (95 %: {times[190] * 1000:.1f} ms, CPU {spent * 5:.1f} ms), {found} of 200"
    tell(f"One text, a twentieth of its words changed, among {options.articles:,}", told)
    room.close()


def serve(home: Path, options: argparse.Namespace) -> None:
    """Conditional and full GETs of one 60 kB feed over 16 connections, from a process of its own."""
    from chaffinch.web.app import build
    from chaffinch.web.server import Server

    room, random = Newsroom(pressed(home), lambda: NOW, children=1), Random(5)
    built = documents(room.parts.config.feeds[0], [article(n, random, 128) for n in range(50)], room.parts.config.press)
    files.write(room.parts.config.press.feeds_dir, built, NOW)
    server = Server(build(room.front), Web(bind="127.0.0.1:0"))
    server.start()
    for what, extra in (("Conditional GETs", built[0].etag), (f"Full GETs of {len(built[0].body):,} bytes", "")):
        own = [sys.executable, __file__, "asked", "--port", str(server.port), "--etag", extra]
        said = subprocess.run([*own, "--seconds", str(options.seconds)], check=True, capture_output=True, text=True)
        tell(what, said.stdout.strip())
    server.stop(2)
    room.close()


def asked(home: Path, options: argparse.Namespace) -> None:
    """The asking part of `serve`: each connection asks again as soon as it has its answer."""
    lines = ["GET /feeds/news.atom HTTP/1.1", f"Host: 127.0.0.1:{options.port}", "User-Agent: bench/1", "Accept: */*"]
    lines += [f"If-None-Match: {options.etag}"] if options.etag else []
    request = "\r\n".join([*lines, "", ""]).encode()
    connections = [socket.create_connection(("127.0.0.1", options.port)) for _ in range(16)]
    answers, ended = 0, time.perf_counter() + options.seconds
    length = _length(connections[0], request)
    began = time.perf_counter()
    while time.perf_counter() < ended:
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            left = length
            while left:
                left -= len(connection.recv(left))
            answers += 1
    print(f"{answers / (time.perf_counter() - began):,.0f} a second")


def _length(connection: socket.socket, request: bytes) -> int:
    """How long the answer is, the second time, when the document lies in memory."""
    for _ in range(2):
        connection.sendall(request)
        said = b""
        while b"\r\n\r\n" not in said:
            said += connection.recv(65536)
        head, _, body = said.partition(b"\r\n\r\n")
        size = next((int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")), 0)
        while len(body) < size:
            body += connection.recv(65536)
    return len(head) + 4 + size


MEASURES: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "feed": feed,
    "thousand": thousand,
    "archive": archive,
    "alike": alike,
    "serve": serve,
}
INNER = {"archived": archived, "asked": asked}


def main() -> Iterator[None]:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("which", nargs="*", choices=[*MEASURES, *INNER, []])
    reader.add_argument("--articles", type=int, default=100_000)
    reader.add_argument("--seconds", type=float, default=5)
    reader.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    reader.add_argument("--port", type=int, help=argparse.SUPPRESS)
    reader.add_argument("--etag", default="", help=argparse.SUPPRESS)
    options = reader.parse_args()
    if options.which and options.which[0] in INNER:
        INNER[options.which[0]](options.home, options)
        return
    with tempfile.TemporaryDirectory() as home:
        for which in options.which or MEASURES:
            MEASURES[which](Path(home), options)
            yield


if __name__ == "__main__":
    for _ in main():
        pass
