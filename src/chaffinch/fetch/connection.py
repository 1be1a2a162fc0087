"""A connection goes to an address that was checked, and ends when its time is up."""

from __future__ import annotations

import socket
import ssl
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from chaffinch.errors import FetchError, Refused, Stopped
from chaffinch.fetch.guard import Guard
from chaffinch.fetch.limits import Deadline, Limits

Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""Like socket.getaddrinfo."""
_IDLE_KEPT = 32


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, as it is sent: host in ASCII without brackets, path and query percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def name(self) -> str:
        """The host as people write it, with its port where that is not the usual one."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


_PORTS = {"http": 80, "https": 443}


def target_of(url: str) -> Target:
    """The target of a URL. Raises Refused for whatever is no http(s) URL with a host."""
    try:
        parts = parse_url(url)
        port = parts.port if parts.port is not None else _PORTS.get(parts.scheme or "", 0)
    except (HTTPError, ValueError) as error:
        raise Refused(f"{url[:200]}: no URL that we understand") from error
    if parts.scheme not in _PORTS or not parts.host or not 0 < port < 65_536:
        raise Refused(f"{url[:200]}: only http and https URLs with a host are fetched")
    return Target(parts.scheme, parts.host.strip("[]").rstrip("."), port, parts.request_uri)


class Connections:
    """Opens connections, and keeps a few idle ones for the next request to the same origin. Thread-safe."""

    def __init__(self, *, guard: Guard, resolve: Resolve, limits: Limits, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._resolve = resolve
        self._limits = limits
        self._tls = tls
        self._idle: OrderedDict[tuple[str, str, int], HTTPConnection] = OrderedDict()
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._broken_off = False
        self._lock = threading.Lock()

    def idle(self, target: Target, deadline: Deadline) -> HTTPConnection | None:
        """A connection that is still open from an earlier request, or None."""
        with self._lock:
            connection = self._idle.pop(target.origin, None)
        if connection is None:
            return None
        if not connection.is_connected:
            connection.close()
            return None
        _timed(connection, deadline, self._limits.read)
        return connection

    def open(self, target: Target, deadline: Deadline) -> HTTPConnection:
        """A new connection to a checked address, TLS done. Raises FetchError, Refused."""
        seconds = Deadline(deadline.left(self._limits.connect))
        sock = self._connected(target, seconds)
        connection: HTTPConnection
        if target.scheme == "https":
            connection = _Secure(sock, target, seconds.left(self._limits.connect), self._context())
        else:
            connection = _Plain(sock, target)
        try:
            connection.connect()
        except BaseException:
            connection.close()
            sock.close()
            raise
        if connection.sock is not None:  # with TLS it is another one than `sock`
            self._watch(connection.sock)
        _timed(connection, deadline, self._limits.read)
        return connection

    def keep(self, target: Target, connection: HTTPConnection) -> None:
        """Take back a connection whose last response was read to its end."""
        with self._lock:
            before = self._idle.pop(target.origin, None)
            self._idle[target.origin] = connection
            oldest = self._idle.popitem(last=False)[1] if len(self._idle) > _IDLE_KEPT else None
        for leaving in (before, oldest):
            if leaving is not None:
                leaving.close()

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle = list(self._idle.values())
            self._idle.clear()
        for connection in idle:
            connection.close()

    def break_off(self) -> None:
        """End every connection at once, and open no other: whoever waits for an answer gets an error."""
        with self._lock:
            self._broken_off = True
            still_open = list(self._open)
        for sock in still_open:
            with suppress(OSError):  # it has ended by itself
                sock.shutdown(socket.SHUT_RDWR)

    @property
    def broken_off(self) -> bool:
        """Whether `break_off` was called."""
        return self._broken_off

    def _watch(self, sock: socket.socket) -> None:
        with self._lock:
            if self._broken_off:
                raise Stopped("left for the next run: we were asked to stop")
            self._open.add(sock)

    def _connected(self, target: Target, seconds: Deadline) -> socket.socket:
        problem: OSError | None = None
        for family, sockaddr in self._addresses(target, seconds):
            sock = _TimedSocket(family, socket.SOCK_STREAM)
            self._watch(sock)
            try:
                sock.settimeout(seconds.left(self._limits.connect))
                sock.connect(sockaddr)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                sock.close()
                problem = error
            else:
                return sock
        if isinstance(problem, TimeoutError):
            raise FetchError(f"{target.name}: no connection within {self._limits.connect:g} seconds") from problem
        reason = (problem.strerror or str(problem)) if problem else "no address"
        raise FetchError(f"{target.name}: no connection: {reason}") from problem

    def _addresses(self, target: Target, seconds: Deadline) -> list[tuple[int, Any]]:
        """What the name stands for, without what the guard refuses; an address in hand cannot be rebound."""
        found = [(family, sockaddr) for family, _, _, _, sockaddr in self._looked_up(target, seconds)]
        refusals = [self._guard.refusal(str(sockaddr[0])) for _, sockaddr in found]
        fine = [address for address, refusal in zip(found, refusals, strict=True) if refusal is None]
        if found and not fine:
            raise Refused(f"{target.name}: {refusals[0]} ({found[0][1][0]}); [fetch] allow_private can allow it")
        return fine

    def _looked_up(self, target: Target, seconds: Deadline) -> Sequence[tuple[Any, ...]]:
        """The resolver's answer, waited for no longer than we may: getaddrinfo itself knows no time limit."""
        answer: list[Sequence[tuple[Any, ...]]] = []
        problem: list[Exception] = []

        def ask() -> None:
            try:
                answer.append(self._resolve(target.host, target.port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                problem.append(error)

        asking = threading.Thread(target=ask, name=f"look up {target.host}", daemon=True)
        asking.start()
        asking.join(seconds.left(self._limits.connect))
        if answer:
            return answer[0]
        if not problem:
            raise FetchError(f"{target.host}: the name server does not answer; try again later")
        error = problem[0]
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            raise FetchError(f"{target.host}: the name cannot be looked up now; try again later") from error
        raise FetchError(f"{target.host}: no such host") from error

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = ssl.create_default_context()
            self._tls.sslsocket_class = _TimedTLSSocket
            return self._tls


class _Timed:
    """A socket whose every read ends at the deadline, whoever reads and however little comes at a time."""

    deadline: Deadline | None = None
    patience: float = 0.0

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        if self.deadline is not None:
            self.settimeout(self.deadline.left(self.patience))  # type: ignore[attr-defined]  # a mixin for sockets
        return super().recv_into(buffer, nbytes or 0, flags)  # type: ignore[misc,no-any-return]  # as above


class _TimedSocket(_Timed, socket.socket):
    pass


class _TimedTLSSocket(_Timed, ssl.SSLSocket):
    pass


def _timed(connection: HTTPConnection, deadline: Deadline, patience: float) -> None:
    sock: Any = connection.sock
    sock.deadline, sock.patience = deadline, patience


class _Plain(HTTPConnection):
    def __init__(self, sock: socket.socket, target: Target) -> None:
        super().__init__(target.host, target.port)
        self._connected_to_checked = sock

    def _new_conn(self) -> socket.socket:
        return self._connected_to_checked


class _Secure(HTTPSConnection):
    def __init__(self, sock: socket.socket, target: Target, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=timeout, ssl_context=context)
        self._connected_to_checked = sock

    def _new_conn(self) -> socket.socket:
        return self._connected_to_checked
