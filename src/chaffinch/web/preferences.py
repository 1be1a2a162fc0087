"""How somebody's letters come, by their own wish: how often, when, about what, not for a while, or never again."""

from __future__ import annotations

import time
from datetime import timedelta

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chaffinch.errors import InputError
from chaffinch.mailing.lists import as_object
from chaffinch.mailing.tokens import Purpose, is_nobodys, mint
from chaffinch.model import Digest, Status, Subscription
from chaffinch.pages import marked
from chaffinch.ports import FrontDesk, Preferences
from chaffinch.web.answers import desk_of, digest_named, page, rhythms_of
from chaffinch.web.callers import caller, networks
from chaffinch.web.subscriptions import NO_ADDRESS, NOT_OURS, evidence_of

SAVED = marked("Saved. It holds from the next issue on.")
ASKED = marked(
    "If the address can take letters, a message with a button is on its way to it. "
    "Until that is pressed nothing changes."
)
ENDED = marked("this subscription has ended; please sign up again")


async def preferences(request: Request) -> Response:
    """GET shows the form; POST saves it, or erases whoever bears the token."""
    desk, token = desk_of(request), request.path_params["token"]
    if is_nobodys(desk.secret, Purpose.PREFERENCES, token):
        return page(desk, "specimen.html", {})
    if request.method != "POST":
        return await run_in_threadpool(_shown, desk, token)
    began = time.monotonic()
    form = await request.form(max_files=0, max_fields=200)
    if form.get("do") == "erase":
        if not await run_in_threadpool(desk.erase, token):
            raise HTTPException(404)
        return page(desk, "erased.html", {})
    if form.get("do") == "move":
        response = await run_in_threadpool(_moved, request, desk, token, str(form.get("address", ""))[:320])
        await anyio.sleep(max(0.0, request.app.state.patience - (time.monotonic() - began)))
        return response
    try:
        saved = await run_in_threadpool(desk.prefer, token, _read(form))
    except InputError as error:
        problem = str(error)
        return await run_in_threadpool(lambda: _shown(desk, token, problem=problem, status=422))
    if saved is None:
        raise HTTPException(404)
    return await run_in_threadpool(lambda: _shown(desk, token, said=SAVED))


def _moved(request: Request, desk: FrontDesk, token: str, address: str) -> Response:
    """The same answer, in the same time, whatever is known of the new address."""
    if not request.app.state.caps.allow(caller(request, networks(desk.config.web.trusted_proxies)), desk.now()):
        raise HTTPException(429, headers={"Retry-After": "3600"})
    try:
        known = desk.move(token, address.strip(), evidence_of("asked", request, desk))
    except InputError as error:
        problem = NO_ADDRESS if str(error).startswith("no mail address") else str(error)
        return _shown(desk, token, problem=problem, status=422)
    if not known:
        raise HTTPException(404, NOT_OURS)
    return _shown(desk, token, said=ASKED)


def kept(request: Request) -> Response:
    """Everything that is kept of whoever bears the token, to take along."""
    desk = desk_of(request)
    held = _held(desk, request.path_params["token"])
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="subscription.json"'}
    return JSONResponse({"digest": held.digest, **as_object(held)}, headers=headers)


def _shown(desk: FrontDesk, token: str, *, problem: str = "", said: str = "", status: int = 200) -> Response:
    held = _held(desk, token)
    digest = digest_named(desk, held.digest) or Digest(held.digest, held.digest, (), ())
    feeds = [f for f in desk.config.feeds if not f.retired and (not digest.feeds or f.slug in digest.feeds)]
    hour = "" if held.hour is None else f"{held.hour // 60:02}:{held.hour % 60:02}"
    paused = held.paused_until if held.paused_until and held.paused_until > desk.now() else None
    left = -((desk.now() - paused) // timedelta(days=1)) if paused else 0
    values = {
        "left": left,
        "digest": digest,
        "held": held,
        "token": token,
        "feeds": feeds,
        "hour": hour,
        "paused": paused,
        "rhythms": rhythms_of(desk, digest),
        "leave": mint(desk.secret, Purpose.UNSUBSCRIBE, held.id),
        "problem": problem,
        "said": said,
    }
    return page(desk, "preferences.html", values, status=status)


def _held(desk: FrontDesk, token: str) -> Subscription:
    held = desk.subscription(token, "preferences")
    if held is None:
        raise HTTPException(404, NOT_OURS)
    if held.status is not Status.CONFIRMED:
        raise HTTPException(410, ENDED)
    return held


def _read(form: FormData) -> Preferences:
    def field(name: str) -> str:
        value = form.get(name)
        return value.strip()[:100] if isinstance(value, str) else ""

    pause = field("pause") or "0"
    if not (pause.isascii() and pause.isdecimal()):
        raise InputError(marked("a pause is a number of days"))
    topics = tuple(topic for topic in form.getlist("topic") if isinstance(topic, str))
    return Preferences(field("cadence"), field("hour"), field("timezone"), topics, int(pause[:5]))
