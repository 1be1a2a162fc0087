"""Asking for letters, confirming, ending: only a POST changes anything."""

from __future__ import annotations

import time
from dataclasses import dataclass

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chaffinch.errors import InputError
from chaffinch.mailing.tokens import Purpose, is_nobodys, mint
from chaffinch.model import Digest, Status, Subscription
from chaffinch.pages import marked
from chaffinch.ports import FrontDesk
from chaffinch.text import shorten
from chaffinch.web.answers import desk_of, digest_named, page
from chaffinch.web.archive import digest_page
from chaffinch.web.callers import caller, networks
from chaffinch.web.form import VERSION, Fill, judge

_AGAIN = {
    Fill.HASTY: marked("That was quick. Please press the button once more."),
    Fill.STALE: marked("This form was open for too long. Please press the button once more."),
}

NO_ADDRESS = marked("This does not look like a mail address. Please look at it again.")
NOT_OURS = marked("this link is not one of ours, or was cut on its way: look for its end in the letter")
RUN_OUT = marked("this link has run out; please sign up again")


@dataclass(frozen=True, slots=True)
class _Filled:
    address: str
    cadence: str
    stamp: str
    trap: str


async def subscribe(request: Request) -> Response:
    """The same answer, in the same time, whatever is known of the address."""
    began = time.monotonic()
    desk = desk_of(request)
    digest = digest_named(desk, request.path_params["digest"])
    if digest is None or not digest.sign_up:
        raise HTTPException(404)
    filled = _read(await request.form(max_files=0, max_fields=10), digest)
    response = await run_in_threadpool(_subscribe, request, desk, digest, filled)
    await anyio.sleep(max(0.0, request.app.state.patience - (time.monotonic() - began)))
    return response


def _subscribe(request: Request, desk: FrontDesk, digest: Digest, filled: _Filled) -> Response:
    fill = judge(desk.secret, digest.slug, filled.stamp, filled.trap, desk.now())
    if fill in _AGAIN:
        return digest_page(desk, digest, address=filled.address, problem=_AGAIN[fill], status=422)
    caps = request.app.state.foreign_caps if fill is Fill.FOREIGN else request.app.state.caps
    if not caps.allow(_caller(request, desk), desk.now()):
        raise HTTPException(429, headers={"Retry-After": "3600"})
    if fill in (Fill.FAIR, Fill.FOREIGN):
        try:
            desk.subscribe(
                digest.slug, filled.address, filled.cadence, {"form": VERSION, **evidence_of("asked", request, desk)}
            )
        except InputError:
            problem = NO_ADDRESS
            return digest_page(desk, digest, address=filled.address, problem=problem, status=422)
    return page(desk, "subscribed.html", {"digest": digest})


def confirm(request: Request) -> Response:
    """GET shows a button, POST confirms."""
    desk, token = desk_of(request), request.path_params["token"]
    if request.method == "POST":
        try:
            done = _known(desk.confirm(token, evidence_of("confirmed", request, desk)))
        except InputError as error:
            raise HTTPException(410, str(error)) from error
        return page(desk, "confirmed.html", {"digest": _digest_of(desk, done)})
    asked = _known(desk.subscription(token, "confirm"))
    if asked.status is Status.ENDED:
        raise HTTPException(410, RUN_OUT)
    name = "confirmed.html" if asked.status is Status.CONFIRMED else "confirm.html"
    return page(desk, name, {"digest": _digest_of(desk, asked), "token": token})


def unsubscribe(request: Request) -> Response:
    """GET shows a button; POST ends the subscription, whatever its body says (RFC 8058 §3.2), and answers with 200."""
    desk, token = desk_of(request), request.path_params["token"]
    if is_nobodys(desk.secret, Purpose.UNSUBSCRIBE, token):
        return page(desk, "specimen.html", {})
    if request.method == "POST":
        ended = _known(desk.end(token, page="page" in request.query_params))
        return page(desk, "unsubscribed.html", {"digest": _digest_of(desk, ended)})
    held = _known(desk.subscription(token, "unsubscribe"))
    name = "unsubscribed.html" if held.status is Status.ENDED else "unsubscribe.html"
    other = mint(desk.secret, Purpose.PREFERENCES, held.id) if held.status is Status.CONFIRMED else ""
    return page(desk, name, {"digest": _digest_of(desk, held), "token": token, "other": other})


def evidence_of(what: str, request: Request, desk: FrontDesk) -> dict[str, str]:
    """From where and with what: kept apart for asking and confirming, which may happen on two devices."""
    agent = shorten(request.headers.get("user-agent", ""), 200)
    return {f"{what} from": _caller(request, desk), f"{what} with": agent}


def _read(form: FormData, digest: Digest) -> _Filled:
    def field(name: str) -> str:
        value = form.get(name)
        return value if isinstance(value, str) else ""

    cadence = field("cadence")
    return _Filled(
        address=field("address").strip()[:320],
        cadence=cadence if cadence in digest.cadences else next(iter(digest.cadences), ""),
        stamp=field("stamp"),
        trap=field("nothing"),
    )


def _known(subscription: Subscription | None) -> Subscription:
    if subscription is None:
        raise HTTPException(404, NOT_OURS)
    return subscription


def _digest_of(desk: FrontDesk, subscription: Subscription) -> Digest:
    """The digest; of one that the config no longer has, its name: people must be able to leave it still."""
    slug = subscription.digest
    return digest_named(desk, slug) or Digest(slug, slug.replace("-", " ").capitalize(), (), ())


def _caller(request: Request, desk: FrontDesk) -> str:
    return caller(request, networks(desk.config.web.trusted_proxies))
