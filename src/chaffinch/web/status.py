"""How the press is: for its owner, for whatever watches it."""

from __future__ import annotations

import hmac

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from chaffinch.ports import FrontDesk
from chaffinch.web.answers import NEVER_STORED, desk_of, page

_UNSTORED = {"Cache-Control": NEVER_STORED}


def status(request: Request) -> Response:
    """What is wrong, how everything is; only for who has the owner's token."""
    desk = desk_of(request)
    wanted = _token(desk)
    if not wanted:
        raise HTTPException(404)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.query_params.get("token", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted):
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="status"'})
    return page(desk, "status.html", {"problems": desk.problems(), "standings": desk.standings()})


def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n", headers=_UNSTORED)


def readyz(request: Request) -> Response:
    """The press can serve; else 503 and why not."""
    problems = desk_of(request).ready()
    text = "\n".join(problems) or "ready"
    return PlainTextResponse(text + "\n", 503 if problems else 200, headers=_UNSTORED)


def _token(desk: FrontDesk) -> bytes:
    path = desk.config.web.status_token_file
    try:
        return path.read_bytes().strip() if path else b""
    except OSError:
        return b""
