"""Plain GET requests for feeds are answered as their bytes arrive, before any machinery is set in motion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import h11

from chaffinch.web.patience import Patient

Quick = Callable[[str, Mapping[str, str]], tuple[bytes, bytes] | None]
"""The head, without its last empty line, and the body for a path and headers (lower-case names); None: not this way."""

_LONGEST = 8_192
_OTHERWISE = ("connection", "content-length", "expect", "transfer-encoding", "upgrade")
"""Headers that change how a connection goes on."""


def express(quick: Quick) -> type[Patient]:
    """uvicorn's protocol with a way past it; whatever is not plain goes through it, in the same connection."""

    class Express(Patient):
        def data_received(self, data: bytes) -> None:
            answer = self._quick_answer(data)
            if answer is None:
                super().data_received(data)
                return
            self._unset_keepalive_if_required()
            self._asked()
            head, body = answer
            self.transport.write(b"".join((head, _lines(self.server_state.default_headers), b"\r\n", body)))
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

        def _quick_answer(self, data: bytes) -> tuple[bytes, bytes] | None:
            if not data.startswith(b"GET /") or len(data) > _LONGEST or data.find(b"\r\n\r\n") != len(data) - 4:
                return None
            if self._is_busy():
                return None
            asked = _request(data)
            return quick(*asked) if asked else None

        def _is_busy(self) -> bool:
            """Whether an earlier request is not answered yet, or its answer not taken away."""
            idle = self.conn.our_state is h11.IDLE and self.conn.their_state is h11.IDLE
            return not idle or bool(self.conn.trailing_data[0]) or self.flow.write_paused

    return Express


def _request(data: bytes) -> tuple[str, Mapping[str, str]] | None:
    """Path and headers of a request without a body; None where it is anything but plain."""
    try:
        first, *lines = data[:-4].decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        return None
    method, _, rest = first.partition(" ")
    path, _, version = rest.partition(" ")
    if method != "GET" or version != "HTTP/1.1" or "?" in path or "%" in path:
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or name in headers or not name.replace("-", "").isalnum():
            return None
        headers[name] = value.strip()
    if "host" not in headers or any(name in headers and headers[name].lower() != "keep-alive" for name in _OTHERWISE):
        return None
    return path, headers


def _lines(headers: Any) -> bytes:
    return b"".join(b"%s: %s\r\n" % (name, value) for name, value in headers)
