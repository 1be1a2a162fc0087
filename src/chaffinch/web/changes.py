"""A letter about an address leads here: GET shows a button, only POST changes anything."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chaffinch.errors import InputError
from chaffinch.model import Digest
from chaffinch.ports import Change
from chaffinch.web.answers import desk_of, digest_named, page
from chaffinch.web.subscriptions import NOT_OURS, evidence_of


def address(request: Request) -> Response:
    """To confirm a new address, or to take the change back; which of them, the token says."""
    desk, token = desk_of(request), request.path_params["token"]
    if request.method == "POST":
        try:
            asked = _known(desk.settle(token, evidence_of("confirmed", request, desk)))
        except InputError as error:
            raise HTTPException(410, str(error)) from error
    else:
        asked = _known(desk.change(token))
        if asked.problem:
            raise HTTPException(410, asked.problem)
    digest = digest_named(desk, asked.digest) or Digest(asked.digest, asked.digest, (), ())
    name = "changed.html" if asked.done else "address.html"
    return page(desk, name, {"digest": digest, "asked": asked.kind, "token": token})


def _known(change: Change | None) -> Change:
    if change is None:
        raise HTTPException(404, NOT_OURS)
    return change
