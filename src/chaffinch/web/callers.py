"""Who calls, how often: addresses are counted, never kept."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

from chaffinch.errors import ConfigError

Network = IPv4Network | IPv6Network


@lru_cache(maxsize=16)
def networks(written: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks in their usual spelling. Raises ConfigError."""
    try:
        return tuple(ip_network(network, strict=False) for network in written)
    except ValueError as error:
        raise ConfigError(f"web.trusted_proxies: {error}") from error


def caller(request: Request, trusted: Iterable[Network]) -> str:
    """The caller's address: the connection's, or what a trusted proxy says.

    X-Forwarded-For is read from its end, for as long as the address that wrote an item is trusted; whatever a
    stranger wrote into it counts for nothing.
    """
    trusted = tuple(trusted)
    address = request.client.host if request.client else ""
    said = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    while said and within(address, trusted):
        nearer = said.pop()
        if not _is_address(nearer):
            break
        address = nearer
    return address


class Caps:
    """At most `limit` times in `window` for one caller; an IPv6 caller is its /64. Forgets by itself."""

    def __init__(self, limit: int = 10, window: timedelta = timedelta(hours=1), callers: int = 20_000) -> None:
        self.limit, self.window, self._callers = limit, window, callers
        self._calls: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, address: str, now: datetime) -> bool:
        """Count one call; whether it is within the limit."""
        with self._lock:
            calls = self._calls.setdefault(household(address), deque())
            self._calls.move_to_end(household(address))
            while len(self._calls) > self._callers:
                self._calls.popitem(last=False)
            while calls and now - calls[0] > self.window:
                calls.popleft()
            if len(calls) >= self.limit:
                return False
            calls.append(now)
            return True


def household(address: str) -> str:
    """Whom to count an address as: an IPv6 address as its /64, one that holds an IPv4 address as that."""
    if not _is_address(address):
        return address
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return address


def is_this_machine(address: str) -> bool:
    """Whether an address is loopback."""
    return _is_address(address) and ip_address(address).is_loopback


def within(address: str, trusted: tuple[Network, ...]) -> bool:
    """Whether an address is in one of the networks."""
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(written: str) -> bool:
    try:
        ip_address(written)
    except ValueError:
        return False
    return True
