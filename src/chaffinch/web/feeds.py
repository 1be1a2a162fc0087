"""Published files go out as they stand, with everything that feed readers ask of HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from chaffinch.model import Feed
from chaffinch.ports import FrontDesk
from chaffinch.publish.channel import MEDIA_TYPES
from chaffinch.web.answers import policy, root_of
from chaffinch.web.conditional import has_it_already, wanted_coding
from chaffinch.web.shelf import Coded, Published, Shelf

MAX_AGE = 60
"""Seconds that a cache may answer for us."""

_NAME = re.compile(
    r"(?P<slug>[a-z0-9-]+)(?P<form>\.atom|\.rss|\.json|/|/index\.html|/archive\.html|"
    r"/\d{4}-\d{2}(?:-\d+)?\.(?:atom|html|json|rss)|)"
)
_ARCHIVE = re.compile(r"/(?:archive|\d{4}-[\d-]+)\.\w+$")
_DOCUMENTS = (".atom", ".json", ".rss")
_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class PublishedFiles:
    """An ASGI endpoint, without a framework's layers: most requests are for feeds, most are answered with 304."""

    def __init__(self, desk: FrontDesk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf
        self._feeds: Sequence[Feed] = ()
        self._named: Mapping[str, Feed] = {}
        self._heads: dict[tuple[str, str | None, bool], tuple[Published, Mapping[str, str], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        method = scope["method"]
        if method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        if method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD, OPTIONS"})
        if "name" not in scope["path_params"]:
            return await self._file(scope, "feeds.opml", "")
        name = scope["path_params"]["name"]
        if not name:
            return RedirectResponse(f"{root_of(self._desk)}/#feeds", 303)
        found = _NAME.fullmatch(name)
        if found is None:
            raise HTTPException(404)
        slug, form = found["slug"], found["form"]
        feed = self._feed(slug)
        if feed is None or feed.private:
            raise HTTPException(404)
        if feed.retired:
            raise HTTPException(410)
        if feed.slug != slug or not form:
            return RedirectResponse(f"{root_of(self._desk)}/feeds/{feed.slug}{form or '/'}", 301)
        if form in ("/", "/index.html"):
            return await self._file(scope, f"{slug}/index.html", "")
        return await self._file(scope, slug + form, "" if form.endswith(".html") else self._links(feed, slug + form))

    def quick(self, path: str, asked: Mapping[str, str], always: Mapping[str, str]) -> tuple[bytes, bytes] | None:
        """The head and body of the answer to a plain GET for a feed that lies in memory; None for any other.

        The head is that of the long way, `always` added, but for its last empty line.
        """
        found = _NAME.fullmatch(path.removeprefix("/feeds/"))
        feed = self._feed(found["slug"]) if found and found["form"] in _DOCUMENTS else None
        if found is None or feed is None or feed.retired or feed.private or feed.slug != found["slug"]:
            return None
        file = self._desk.config.press.feeds_dir / found[0]
        published = self._shelf.held(file)
        if published is None:
            return None
        coding, coded, has_it = _chosen(asked, published)
        key = (found[0], coding, has_it)
        held = self._heads.get(key)
        if held is None or held[0] is not published or held[1] != always:
            headers = {**_headers(file, published, coded, self._links(feed, found[0])), **always}
            if not has_it:
                coded_as = {"content-encoding": coding} if coding else {}
                headers |= {
                    "content-length": str(len(coded.body)),
                    "content-type": MEDIA_TYPES[file.suffix],
                    **coded_as,
                }
            self._heads[key] = held = (published, always, _head(304 if has_it else 200, headers))
        return held[2], b"" if has_it else coded.body

    def _feed(self, slug: str) -> Feed | None:
        feeds = self._desk.config.feeds
        if feeds is not self._feeds:
            named = {name: feed for feed in feeds for name in feed.formerly}
            self._feeds, self._named = feeds, {**named, **{feed.slug: feed for feed in feeds}}
        return self._named.get(slug)

    def _links(self, feed: Feed, name: str) -> str:
        address = f"{self._desk.config.press.base_url}/feeds/{name}"
        hub = f', <{feed.hub}>; rel="hub"' if feed.hub else ""
        return f'<{address}>; rel="self"{hub}'

    async def _file(self, scope: Scope, name: str, link: str) -> Response:
        path = self._desk.config.press.feeds_dir / name
        published = self._shelf.held(path) or await run_in_threadpool(self._shelf.fetch, path)
        if published is None and _ARCHIVE.search(name):
            raise HTTPException(404)
        if published is None:  # configured, and not built yet
            raise HTTPException(503, headers={"Retry-After": "60"})
        return _answered(Headers(scope=scope), path, published, link)


def _chosen(asked: Mapping[str, str], published: Published) -> tuple[str | None, Coded, bool]:
    """The coding, the document in it, and whether the reader has that already."""
    coding = wanted_coding(asked.get("accept-encoding", ""))
    coding = coding if coding in published.codings else None
    coded = published.codings[coding]
    return coding, coded, has_it_already(asked, coded.etag, published.modified)


def _answered(asked: Mapping[str, str], path: Path, published: Published, link: str) -> Response:
    coding, coded, has_it = _chosen(asked, published)
    headers = _headers(path, published, coded, link)
    if has_it:
        return Response(status_code=304, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    return Response(coded.body, headers=headers, media_type=MEDIA_TYPES[path.suffix])


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def _headers(path: Path, published: Published, coded: Coded, link: str) -> dict[str, str]:
    headers = {
        "ETag": coded.etag,
        "Last-Modified": format_datetime(published.modified, usegmt=True),
        "Cache-Control": f"public, max-age={MAX_AGE}",
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
    }
    if link:
        headers["Link"] = link
    if path.suffix == ".html":
        headers["Content-Security-Policy"] = policy(published.codings[None].body.decode("utf-8", "replace"))
    return headers
