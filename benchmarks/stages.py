"""What an article costs on its way through the line, stage by stage.

    python -m benchmarks.stages [--articles 200] [--seed 1]

Pages of one invented site are listed by its feed, fetched over loopback, extracted in this process, kept in SQLite and
published. Told are milliseconds of processor time of the one thread that does it, which do not depend on what else the
machine does, and the bytes that come in, lie on the shelf, are kept and are published, each for one article.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import func, select

from benchmarks.line import write_articles
from chaffinch.config import load
from chaffinch.extract.children import Inline
from chaffinch.model import Draft, Listing, Outline, Page, Reference, Repeats, Rules, Source, SourceState, Validators
from chaffinch.newsroom import Newsroom
from chaffinch.pipeline import refresh
from chaffinch.ports import Fetcher
from chaffinch.sources.readers import read
from chaffinch.store.schema import articles, pages

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Times:
    """Processor seconds of this thread, by stage."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    def of(self, stage: str, do: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do it, and add what it took."""
        began = time.thread_time()
        try:
            return do(*args, **kwargs)
        finally:
            self.spent[stage] += time.thread_time() - began  # type: ignore[assignment] # a Counter of seconds


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site's files."""

    def log_message(self, *_: object) -> None:
        pass


class TimedFetcher:
    """A Fetcher whose requests are timed."""

    def __init__(self, fetcher: Fetcher, times: Times) -> None:
        self._fetcher, self._times = fetcher, times

    def get(self, url: str, validators: Validators | None = None) -> Page:
        return self._times.of("fetch", self._fetcher.get, url, validators)


class TimedExtractor:
    """An Extractor in this process, timed."""

    def __init__(self, times: Times) -> None:
        self._inline, self._times = Inline(), times

    def outline(self, page: Page) -> Outline:
        return self._times.of("outline", self._inline.outline, page)

    def extract(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft:
        return self._times.of("extract", self._inline.extract, reference, page, rules, repeats)


def site(folder: Path, number: int, seed: int) -> ThreadingHTTPServer:
    """A site's pages and its feed, served on loopback."""
    write_articles(folder, 2 * number, seed)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    url = f"http://127.0.0.1:{httpd.server_address[1]}"
    found = sorted(folder.glob("*.html"))
    items = "".join(f"<item><link>{url}/{page.name}</link><guid>{page.stem}</guid></item>" for page in found)
    (folder / "feed.xml").write_text(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', "utf-8")
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    return httpd


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    times, number = Times(), args.articles
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "site").mkdir()
        httpd = site(home / "site", number, args.seed)
        url = f"http://127.0.0.1:{httpd.server_address[1]}/feed.xml"
        (home / "config.toml").write_text(
            f'[fetch]\nallow_private = ["127.0.0.0/8"]\n'
            f'[[source]]\nslug = "s"\nlocation = "{url}"\nkind = "feed"\nbackfill = {number}\nrobots = "ignore"\n',
            "utf-8",
        )
        room = Newsroom(load(home / "config.toml"), children=1)
        room.take_over()
        parts = room.parts
        (source,) = parts.config.sources
        fetcher, extractor = TimedFetcher(parts.fetcher(source), times), TimedExtractor(times)
        extractor.extract(
            Reference(url), Page(url, b"<p>A page that loads what is loaded once.</p>"), Rules(), Repeats()
        )
        times.spent.clear()

        def listed(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
            before = times.spent["fetch"]
            listing = times.of("list", read, source, state, fetcher)
            times.spent["list"] -= times.spent["fetch"] - before
            return listing

        new = 0
        while new < number:
            desk = parts.office().open(source)
            assert desk is not None
            new += times.of(
                "whole",
                refresh,
                desk,
                read=listed,
                fetcher=fetcher,
                extractor=extractor,
                now=parts.clock(),
                stop=lambda: False,
            ).new
        inside = sum(times.spent[stage] for stage in ("list", "fetch", "outline", "extract"))
        times.spent["settle and keep"] = times.spent.pop("whole") - inside
        times.of("publish", room.publish, "all")
        with parts.database.read() as connection:
            shelf = connection.execute(select(func.sum(func.length(pages.c.body)))).scalar() or 0
            kept = connection.execute(
                select(func.sum(func.length(articles.c.html) + func.length(articles.c.text)))
            ).scalar()
        came = sum(page.stat().st_size for page in (home / "site").glob("*.html"))
        atom = home / "feeds" / "all.atom"
        entries = atom.read_bytes().count(b"</entry>")
        room.close()
        httpd.shutdown()
        print(f"{new} articles; milliseconds of processor time an article:")
        for stage in ("list", "fetch", "outline", "extract", "settle and keep", "publish"):
            print(f"  {stage:16}{1000 * times.spent[stage] / number:7.2f}")
        print(f"  {'together':16}{1000 * sum(times.spent.values()) / number:7.2f}")
        print("bytes an article:")
        published = atom.stat().st_size / entries
        for what, size in (
            ("page", came / number),
            ("on the shelf", shelf / number),
            ("html and text", (kept or 0) / number),
            ("Atom entry", published),
        ):
            print(f"  {what:16}{size:7.0f}")


if __name__ == "__main__":
    main()
