"""When something goes wrong, people get a calm page."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from chaffinch.errors import ChaffinchError, StoreError, TemplateError
from chaffinch.pages import marked
from chaffinch.ports import FrontDesk
from chaffinch.text import discreet
from chaffinch.web.answers import desk_of, page

log = logging.getLogger(__name__)

TELLING = {
    400: (
        marked("That could not be read"),
        marked("What your browser sent does not make sense to us. Please go back and try again."),
    ),
    401: (marked("Only for the owner"), marked("This page wants the owner's token.")),
    404: (marked("Nothing stands here"), marked("The address may be mistyped, or what stood here has moved.")),
    405: (marked("Not like this"), marked("This address cannot be used in that way.")),
    410: (marked("It is gone"), marked("What stood here was withdrawn, and it will not come back.")),
    413: (marked("Too much"), marked("What your browser sent is larger than anything we ask for.")),
    429: (marked("Too often"), marked("Too many requests came from your network. Please try again in a while.")),
    500: (
        marked("Something broke"),
        marked("That is our fault, not yours. It was written down, and will be looked at."),
    ),
    503: (marked("Not just now"), marked("The press cannot answer at the moment. Please try again in a minute.")),
}
"""By status: a heading, a sentence."""


def refused(request: Request, error: Exception) -> Response:
    """An HTTPException as a page; its own sentence, where it has one, stands in place of ours."""
    assert isinstance(error, HTTPException)
    usual = HTTPException(error.status_code).detail
    said = error.detail if error.detail != usual else ""
    return told(desk_of(request), error.status_code, said, dict(error.headers or {}))


def failed(request: Request, error: Exception) -> Response:
    """One of our own errors: logged here, once."""
    log.error("%s %s: %s", request.method, discreet(request.scope["path"]), error)
    return told(desk_of(request), 503 if isinstance(error, StoreError) else 500)


def broke(request: Request, error: Exception) -> Response:
    """Anything else; the server logs it with its trace."""
    return told(desk_of(request), 500)


def told(desk: FrontDesk, status: int, said: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """A page about a status; `said` stands in place of our usual sentence."""
    headers = dict(headers or {})
    heading, text = TELLING.get(status, TELLING[400 if status < 500 else 500])
    if status == 503:
        headers.setdefault("Retry-After", "60")
    try:
        if said:
            said = desk.templates.tongue(desk.config.press.language).say(said)
            text = said[:1].upper() + said[1:] + "."
        values = {"status": status, "heading": heading, "text": text}
        return page(desk, "error.html", values, status=status, headers=headers)
    except TemplateError as error:
        log.error("the error page itself: %s", error)  # noqa: TRY400 - it names file and line, a trace says no more
        return PlainTextResponse(f"{heading}. {text}\n", status, headers)


HANDLERS = {HTTPException: refused, ChaffinchError: failed, Exception: broke}
