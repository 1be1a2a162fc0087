"""The owner approves or skips an issue; only a POST does either."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chaffinch.model import Digest
from chaffinch.web.answers import desk_of, digest_named, page
from chaffinch.web.subscriptions import NOT_OURS


async def desk(request: Request) -> Response:
    """GET shows the issue with two buttons, POST does what the button says."""
    front, token = desk_of(request), request.path_params["token"]
    if request.method == "POST":
        said = (await request.form(max_files=0, max_fields=5)).get("do")
        if said not in ("approve", "skip"):
            raise HTTPException(400, "one of the two buttons is wanted")
        issue = await run_in_threadpool(lambda: front.decide(token, approve=said == "approve"))
    else:
        issue = await run_in_threadpool(front.held_issue, token)
    if issue is None:
        raise HTTPException(404, NOT_OURS)
    digest = digest_named(front, issue.digest) or Digest(issue.digest, issue.digest, (), ())
    return page(front, "desk.html", {"digest": digest, "issue": issue, "token": token})
