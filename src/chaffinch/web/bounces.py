"""A relay tells of letters that came back or were complained about; only one that knows our secret is heard."""

from __future__ import annotations

import json
import re

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chaffinch.text import one_line, shorten
from chaffinch.web.answers import desk_of

_TOKEN = re.compile(r"(?:.*\+)?([a-z0-9]{30,60})(?:@.*)?")


async def bounced(request: Request) -> Response:
    """`{"return": ADDRESS, "kind": "hard" | "soft" | "complaint", "why": …}`, signed in `X-Chaffinch-Signature`."""
    desk, body = desk_of(request), await request.body()
    try:
        said = json.loads(body)
        token = _TOKEN.fullmatch(str(said["return"]).strip().lower())
        kind = said["kind"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise HTTPException(400, "an object with return, kind and why is wanted") from error
    if token is None or kind not in ("hard", "soft", "complaint"):
        raise HTTPException(400, "a return address of ours is wanted, and hard, soft or complaint as its kind")
    why = shorten(one_line(f"{kind}: {said.get('why', '')}"), 200)
    signature = request.headers.get("x-chaffinch-signature", "")
    done = await run_in_threadpool(desk.bounced, token[1], kind, why, body, signature)
    if done is None:
        raise HTTPException(403)
    return JSONResponse({"suppressed": done})
