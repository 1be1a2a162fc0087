"""A connection that dawdles is closed: one that asks too slowly, one that takes its answer too slowly."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from typing import ClassVar

from h11 import IDLE, SEND_BODY, SEND_RESPONSE
from uvicorn.protocols.http.h11_impl import H11Protocol

from chaffinch.web.callers import Network, household, is_this_machine, within

LONGEST_HEAD = 16_384
"""Bytes of a request's first line and headers; browsers send one or two thousand."""
_BAD = (
    b"HTTP/1.1 400 Bad Request\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\nConnection: close\r\n"
    b"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n"
    b"This is no request.\n"
)


class Patient(H11Protocol):
    """uvicorn's protocol with an end to its patience; uvicorn itself waits for ever for a request to be whole.

    One caller (see `callers.household`) has so many connections at most; this machine and proxies have all.
    """

    to_ask: ClassVar[float] = 20.0
    """Seconds from the first byte of a request, or from the connection, to the request's last."""
    to_take: ClassVar[float] = 60.0
    """Seconds in which a reader must take what waits for it: some tens of kilobytes, however long the answer."""

    from_one: ClassVar[int] = 100
    """Connections; a browser opens six."""
    callers: ClassVar[Counter[str]] = Counter()
    """Who has how many; each server has one of its own."""
    spared: ClassVar[tuple[Network, ...]] = ()
    """Proxies, through which many call."""

    _counted: str = ""
    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if address and not is_this_machine(address) and not within(address, self.spared):
            self._counted = household(address)
            self.callers[self._counted] += 1
            if self.callers[self._counted] > self.from_one:
                transport.abort()
                return
        self._asking = self.loop.call_later(self.to_ask, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state not in (IDLE, SEND_BODY):
            self._asked()
        elif self._asking is None:
            self._asking = self.loop.call_later(self.to_ask, self.transport.abort)

    def pause_writing(self) -> None:
        """Called by asyncio: what was not taken yet is more than it wants to hold."""
        super().pause_writing()
        if self._taking is None:
            self._taking = self.loop.call_later(self.to_take, self._give_up)

    def resume_writing(self) -> None:
        """Called by asyncio: most of it was taken."""
        super().resume_writing()
        self._taken()

    def timeout_keep_alive_handler(self) -> None:
        """Closing waits until all was taken: for a while."""
        super().timeout_keep_alive_handler()
        self._taking = self._taking or self.loop.call_later(self.to_take, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._counted:
            self.callers[self._counted] -= 1
            if not self.callers[self._counted]:
                del self.callers[self._counted]
        self._asked()
        self._taken()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """uvicorn's own would lack the protecting headers."""
        answering = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if self.conn.our_state in (IDLE, SEND_RESPONSE) and not answering:
            self.transport.write(_BAD)
        self.transport.close()

    def _give_up(self) -> None:
        """Close without the system trying for minutes to deliver what nobody takes."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _asked(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
