"""How the press is: for its owner, for whatever watches it."""

from __future__ import annotations

import hmac

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from chaffinch.ports import FrontDesk
from chaffinch.publish.channel import MEDIA_TYPES
from chaffinch.publish.etags import etag_of
from chaffinch.publish.statusfeed import status_feed
from chaffinch.web.answers import NEVER_STORED, desk_of, page
from chaffinch.web.conditional import has_it_already

_UNSTORED = {"Cache-Control": NEVER_STORED}


def status(request: Request) -> Response:
    """What is wrong, how everything is; only for who has the owner's token."""
    desk = desk_of(request)
    _admit(desk, request)
    return page(desk, "status.html", {"problems": desk.problems(), "standings": desk.standings()})


def status_atom(request: Request) -> Response:
    """What is wrong as an Atom feed, for the owner's feed reader; with the same token."""
    desk = desk_of(request)
    _admit(desk, request)
    body = status_feed(desk.problems(), desk.config.press)
    headers = {"ETag": etag_of(body), "Cache-Control": "private, max-age=60"}
    if has_it_already(request.headers, headers["ETag"], desk.now()):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPES[".atom"])


def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n", headers=_UNSTORED)


def readyz(request: Request) -> Response:
    """The press can serve; else 503 and why not."""
    problems = desk_of(request).ready()
    text = "\n".join(problems or ("ready", *desk_of(request).cautions()))
    return PlainTextResponse(text + "\n", 503 if problems else 200, headers=_UNSTORED)


def _admit(desk: FrontDesk, request: Request) -> None:
    wanted = _token(desk)
    if not wanted:
        raise HTTPException(404)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.query_params.get("token", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted):
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="status"'})


def _token(desk: FrontDesk) -> bytes:
    path = desk.config.web.status_token_file
    try:
        return path.read_bytes().strip() if path else b""
    except OSError:
        return b""
