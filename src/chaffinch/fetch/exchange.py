"""One request gets one answer, within its limits."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from chaffinch.errors import FetchError, Stopped
from chaffinch.fetch.answers import Answer
from chaffinch.fetch.coding import TooBig, Undecodable, unpacked
from chaffinch.fetch.connection import Connections, Target
from chaffinch.fetch.limits import MEBIBYTE, Deadline, Limits

_CHUNK = 1 << 16
_ENOUGH_OF_AN_ERROR = 1 << 16


class Exchange:
    """Asks over new or kept connections; knows nothing of redirects, robots or turns. Thread-safe."""

    def __init__(self, connections: Connections, limits: Limits) -> None:
        self._connections = connections
        self._limits = limits

    def ask(
        self,
        url: str,
        target: Target,
        headers: Mapping[str, str],
        deadline: Deadline,
        *,
        size: int,
        cut: bool,
        form: bytes | None = None,
    ) -> Answer:
        """What the server says to a GET, or to a POST of `form`: its body unpacked, and at most `size` bytes.

        `cut` takes the beginning of a bigger one. Of errors and redirects only the beginning is read. Raises FetchError
        in one line whatever happened, Stopped.
        """
        try:
            with _in_one_line(url, target, self._limits):
                return self._exchange(url, target, headers, deadline, size, cut, form)
        except FetchError as error:
            if self._connections.broken_off:
                raise Stopped(f"{url}: left for the next run: we were asked to stop") from error
            raise

    def close(self) -> None:
        """Close idle connections."""
        self._connections.close()

    def break_off(self) -> None:
        """End what is under way: it raises Stopped, as everything asked from now on."""
        self._connections.break_off()

    def _exchange(
        self,
        url: str,
        target: Target,
        headers: Mapping[str, str],
        deadline: Deadline,
        size: int,
        cut: bool,
        form: bytes | None,
    ) -> Answer:
        connection = self._connections.idle(target, deadline)
        if connection is not None:
            try:
                response = _request(connection, target, headers, form)
            except (ConnectionError, HTTPException):
                # The server closed it while it was idle: that says nothing about the server.
                connection.close()
                connection = None
        if connection is None:
            connection = self._connections.open(target, deadline)
            try:
                response = _request(connection, target, headers, form)
            except BaseException:
                connection.close()
                raise
        whole = False
        try:
            body, whole = _read(url, response, size, cut)
            names = dict.fromkeys(name.lower() for name in response.headers)
            return Answer(url, response.status, {name: response.headers[name] for name in names}, body)
        finally:
            if whole and response.headers.get("connection", "").lower() != "close" and connection.is_connected:
                self._connections.keep(target, connection)
            else:
                response.close()
                connection.close()


def _request(
    connection: HTTPConnection, target: Target, headers: Mapping[str, str], form: bytes | None
) -> BaseHTTPResponse:
    method = "GET" if form is None else "POST"
    connection.request(method, target.path, form, headers, preload_content=False, decode_content=False)
    return connection.getresponse()


def _read(url: str, response: BaseHTTPResponse, size: int, cut: bool) -> tuple[bytes, bool]:
    """The body, unpacked, and whether the connection can be used again; of errors and redirects only the beginning.

    `cut` takes the beginning of what is too big. Raises FetchError when the body is more than `size`.
    """
    if not 200 <= response.status < 300:
        size, cut = _ENOUGH_OF_AN_ERROR, True
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > size and not cut:
        raise _too_big(url, size, f"{int(declared) / MEBIBYTE:,.0f} MiB")
    body, whole = bytearray(), True
    for chunk in response.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > size:
            whole = False
            break
    if not whole and not cut:
        raise _too_big(url, size, "a body without an end")
    coding = response.headers.get("content-encoding", "")
    if cut:
        # What was cut off cannot be unpacked, nor need it be: an error's body is only looked at.
        return (bytes(body[:size]) if not coding else _beginning(bytes(body), coding, size)), whole
    try:
        return unpacked(bytes(body), coding, size), whole
    except TooBig as error:
        raise _too_big(url, size, "unpacked it is more") from error
    except Undecodable as error:
        raise FetchError(f"{url}: {error}: it cannot be unpacked") from error


def _beginning(body: bytes, coding: str, size: int) -> bytes:
    try:
        return unpacked(body, coding, size)
    except (TooBig, Undecodable):
        return b""


def _too_big(url: str, size: int, what: str) -> FetchError:
    return FetchError(f"{url}: too big: {what}, and we take {size / MEBIBYTE:g} MiB at most")


@contextmanager
def _in_one_line(url: str, target: Target, limits: Limits) -> Iterator[None]:
    """Whatever a connection can raise, told as a FetchError."""
    try:
        yield
    except FetchError:
        raise
    except TimeoutError as error:
        raise _too_slow(url, limits) from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"{target.name}: its certificate is not valid: {error.verify_message}") from error
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, (TimeoutError, ssl.SSLError)):
            cause = cause.__cause__ or cause.__context__
        if isinstance(cause, TimeoutError):
            raise _too_slow(url, limits) from error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise FetchError(f"{target.name}: its certificate is not valid: {cause.verify_message}") from error
        if isinstance(cause, ssl.SSLError):
            raise FetchError(f"{target.name}: no TLS connection: {cause.reason or 'it broke off'}") from error
        raise FetchError(f"{url}: the connection broke off, or what came is no HTTP ({_kind(error)})") from error


def _too_slow(url: str, limits: Limits) -> FetchError:
    return FetchError(f"{url}: too slow: {limits.read:g} seconds of silence, or {limits.total:g} in all, are too many")


def _kind(error: BaseException) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
