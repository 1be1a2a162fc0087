"""A private feed is sent to whoever has a token of it."""

from __future__ import annotations

from email.utils import format_datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chaffinch.publish.channel import MEDIA_TYPES, READER_PLACE
from chaffinch.publish.etags import etag_of
from chaffinch.web.answers import desk_of
from chaffinch.web.conditional import has_it_already
from chaffinch.web.shelf import Shelf

_SUFFIXES = (".atom", ".json", ".rss")


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
        "Cache-Control": "private, max-age=60",
        "X-Robots-Tag": "noindex",
    }
    if has_it_already(request.headers, headers["ETag"], published.modified):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPES[f"{dot}{suffix}"])
