"""A private feed, and the pages of its articles, are sent to whoever has a token of it."""

from __future__ import annotations

from email.utils import format_datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chaffinch.publish.channel import MEDIA_TYPES, READER_PLACE
from chaffinch.publish.entry import entry_of, page_body
from chaffinch.publish.etags import etag_of
from chaffinch.web.answers import ANYWHERE, desk_of, page
from chaffinch.web.conditional import has_it_already
from chaffinch.web.shelf import Shelf

_SUFFIXES = (".atom", ".json", ".rss")
_KEPT = {"Cache-Control": "private, max-age=60", "X-Robots-Tag": "noindex"}


def private_feed(request: Request) -> Response:
    """The document with the reader's own token in its addresses; 404 for every token that opens nothing."""
    desk = desk_of(request)
    token, name = request.path_params["token"], request.path_params["name"]
    slug, dot, suffix = name.rpartition(".")
    feed = desk.private_feed(token)
    if feed is None or feed.slug != slug or f"{dot}{suffix}" not in _SUFFIXES:
        raise HTTPException(404)
    if feed.retired:
        raise HTTPException(410)
    shelf: Shelf = request.app.state.private_shelf
    path = desk.private_folder() / name
    published = shelf.held(path) or shelf.fetch(path)
    if published is None:
        raise HTTPException(503, headers={"Retry-After": "60"})
    body = published.codings[None].body.replace(READER_PLACE.encode(), token.encode())
    headers = {
        "ETag": etag_of(body),
        "Last-Modified": format_datetime(published.modified, usegmt=True),
        **_KEPT,
    }
    if has_it_already(request.headers, headers["ETag"], published.modified):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPES[f"{dot}{suffix}"])


def private_article(request: Request) -> Response:
    """The page of an article that the token's feed holds; 404 for every other, 410 once it was withdrawn."""
    desk = desk_of(request)
    token, key = request.path_params["token"], request.path_params["key"]
    found = desk.private_article(token, key)
    if found is None:
        raise HTTPException(404)
    if found.hidden:
        raise HTTPException(410)
    values = {
        "entry": entry_of(found, f"{desk.config.press.base_url}/private/{token}"),
        "body": page_body(found),
        "republished": found.publish.value,
    }
    return page(desk, "article.html", values, cache=_KEPT["Cache-Control"], pictures=ANYWHERE, headers=_KEPT)
