"""The application under uvicorn, in a thread of its own."""

from __future__ import annotations

import logging
import socket
import threading
from collections import Counter
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from chaffinch.config import Web
from chaffinch.errors import ConfigError
from chaffinch.web.callers import networks
from chaffinch.web.doorway import Doorway
from chaffinch.web.express import express
from chaffinch.web.patience import LONGEST_HEAD, Patient

log = logging.getLogger(__name__)

_CONNECTIONS = 1_000
"""More at once get 503: slow readers must not take every descriptor."""


class Server:
    """Serves from `start` to `stop`; signals stay with the main thread."""

    def __init__(self, app: ASGIApp, web: Web, key: Literal["bind", "metrics_bind"] = "bind") -> None:
        bind: str = getattr(web, key)
        self._key = f"web.{key}"
        self._host, _, port = bind.rpartition(":")
        self._host = self._host.strip("[]")
        self._port = int(port)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        speaks = express(app.quick) if isinstance(app, Doorway) else Patient
        own = {"callers": Counter[str](), "spared": networks(web.trusted_proxies)}
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=type("Own", (speaks,), own),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # `callers` reads them, from trusted proxies only
                limit_concurrency=_CONNECTIONS,
                timeout_keep_alive=10,
                h11_max_incomplete_event_size=LONGEST_HEAD,
            )
        )

    @property
    def port(self) -> int:
        """The port in use; with `bind = "HOST:0"` the system chose it."""
        return self._port

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self.port}"

    def start(self) -> None:
        """Listen; from now on every request is answered. Raises ConfigError when the address cannot be had."""
        self._socket = self._listen()
        self._port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Take no new request, let those under way end; False when one was cut off after `seconds`."""
        if self._thread is None:
            return True
        self._server.config.timeout_graceful_shutdown = max(1, round(seconds))
        self._server.should_exit = True
        self._thread.join(seconds)
        ended = not self._thread.is_alive()
        if not ended:
            self._server.force_exit = True
            self._thread.join(1.0)
            log.warning("a request was still under way when the web server ended")
        if self._socket is not None:
            self._socket.close()
        return ended

    def _listen(self) -> socket.socket:
        try:
            family, _, _, _, address = socket.getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            # With the protocol left open, asyncio does not set TCP_NODELAY: each page then took 40 ms more.
            listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            try:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listening.bind(address)
                listening.listen(2048)
            except OSError:
                listening.close()
                raise
        except OSError as error:
            why = error.strerror or str(error)
            raise ConfigError(f"{self._key}: cannot listen on {self._host}:{self._port}: {why}") from error
        return listening
