"""Nobody may ask for costly things without a pause: each caller has an allowance, which fills up again by itself."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaffinch.ports import FrontDesk
from chaffinch.web.callers import caller, household, is_this_machine, networks
from chaffinch.web.trouble import told

_MINUTE = timedelta(minutes=1)
_KNOWN = 20_000
"""Callers that an allowance remembers; who was not seen longest is forgotten."""


@dataclass(slots=True)
class Allowance:
    """So many at once, and so many again in each `per`, for each caller (an IPv6 caller is its /64). Thread-safe."""

    number: int
    per: timedelta = _MINUTE
    _empty_until: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    """When each will have its whole allowance again: all that need be known of it (the generic cell rate algorithm)."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str, now: datetime) -> timedelta:
        """Use one up; how long to wait where there is none left, else nothing."""
        wait = self.wait(address, now)
        if not wait:
            with self._lock:
                who = household(address)
                self._empty_until[who] = max(self._empty_until.get(who, now), now) + self.per / self.number
                self._empty_until.move_to_end(who)
                while len(self._empty_until) > _KNOWN:
                    self._empty_until.popitem(last=False)
        return wait

    def wait(self, address: str, now: datetime) -> timedelta:
        """How long until there is one, without using it."""
        with self._lock:
            who = household(address)
            full_at = self._empty_until.get(who, now)
            if full_at - now > self.per:  # the clock was set back
                self._empty_until[who] = full_at = now
            return max(full_at + self.per / self.number - now - self.per, timedelta(0))


@dataclass(frozen=True, slots=True)
class Rule:
    """What an allowance is for: a method, or any where it is empty, and how the path begins."""

    method: str
    path: str
    allowance: Allowance

    def fits(self, method: str, path: str) -> bool:
        return self.method in ("", method) and path.startswith(self.path)


TOKEN_ROUTES = ("/address/", "/confirm/", "/desk/", "/preferences/", "/private/", "/status", "/unsubscribe/")
MISSES = 20
"""Tokens that open nothing, in ten minutes: nobody mistypes more of them."""


def rules() -> Sequence[Rule]:
    """The first that fits counts."""
    return (
        # Mail providers unsubscribe for their people (RFC 8058), a relay tells of bounces: many, from few addresses.
        Rule("POST", "/unsubscribe/", Allowance(600)),
        Rule("POST", "/bounces", Allowance(600)),
        Rule("POST", "/", Allowance(60)),
        Rule("", "/search", Allowance(30)),
        *(Rule("", path, Allowance(120)) for path in TOKEN_ROUTES),
    )


class Pacing:
    """The layer that refuses, with 429 and Retry-After. This machine itself is never refused: see `callers`."""

    def __init__(self, app: ASGIApp, desk: FrontDesk) -> None:
        self._app, self._desk = app, desk
        self._rules = rules()
        self._misses = Allowance(MISSES, timedelta(minutes=10))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope.get("method", ""), scope.get("path", "")
        rule = next((rule for rule in self._rules if rule.fits(method, path)), None)
        if rule is None:
            await self._app(scope, receive, send)
            return
        request, now = Request(scope, receive), self._desk.now()
        address = caller(request, networks(self._desk.config.web.trusted_proxies))
        if is_this_machine(address):
            await self._app(scope, receive, send)
            return
        guarded = path.startswith(TOKEN_ROUTES) and (method, rule.path) != ("POST", "/unsubscribe/")
        wait = rule.allowance.take(address, now) or (self._misses.wait(address, now) if guarded else None)
        if wait:
            seconds = str(math.ceil(wait.total_seconds()))
            await told(self._desk, 429, headers={"Retry-After": seconds})(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if guarded and message["type"] == "http.response.start" and message["status"] in (401, 404):
                self._misses.take(address, now)
            await send(message)

        await self._app(scope, receive, noting)
