"""Every answer passes the doorway: the path below which the press lives comes off, protecting headers go on."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaffinch.ports import FrontDesk
from chaffinch.web.answers import root_of
from chaffinch.web.feeds import PublishedFiles
from chaffinch.web.metrics import Requests

_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_FEEDS = "/feeds/{name:path}"
"""The route that `quick` stands in for."""
_UNINDEXED = {**_ALWAYS, "X-Robots-Tag": "noindex"}


class Doorway:
    """The outermost layer. A proxy may take the base URL's path off or leave it on: both arrive."""

    def __init__(self, app: ASGIApp, desk: FrontDesk, files: PublishedFiles) -> None:
        self.requests = Requests()
        """How often what was asked."""
        self._app = app
        self._desk = desk
        self._files = files

    def quick(self, path: str, headers: Mapping[str, str]) -> tuple[bytes, bytes] | None:
        """The answer where it is one that `express` may give, else None."""
        root = root_of(self._desk)
        if root and path.startswith(root + "/"):
            path = path[len(root) :]
        answer = self._files.quick(path, headers, _UNINDEXED if not self._desk.config.web.index else _ALWAYS)
        if answer is not None:
            self.requests.count(_FEEDS, "GET", 200 if answer[1] else 304)
        return answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root, path = root_of(self._desk), scope["path"]
        if root and (path == root or path.startswith(root + "/")):
            path = path[len(root) :] or "/"
        scope = {**scope, "path": path, "root_path": ""}  # a copy: the application leaves in it which route it took
        robots = "" if self._desk.config.web.index else "noindex"

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "")
                self.requests.count(route, scope["method"], message["status"])
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if robots:
                    headers.setdefault("X-Robots-Tag", robots)
            await send(message)

        await self._app(scope, receive, dressed)
