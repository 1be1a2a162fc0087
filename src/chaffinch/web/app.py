"""The web application: its routes as one list."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from chaffinch.ports import FrontDesk
from chaffinch.web import archive, articles, bounces, changes, preferences, private, search, status, subscriptions
from chaffinch.web import desk as desks
from chaffinch.web.callers import Caps, networks
from chaffinch.web.doorway import Doorway
from chaffinch.web.feeds import PublishedFiles
from chaffinch.web.pacing import Pacing
from chaffinch.web.shelf import Shelf
from chaffinch.web.trouble import HANDLERS

LONGEST_BODY = 64 * 1024
"""Bytes of a request's body; our forms need a few hundred."""
PATIENCE = 0.4
"""Seconds that every sign-up takes at least, so that the time says nothing of the address."""


def build(desk: FrontDesk, *, patience: float = PATIENCE) -> Doorway:
    """The application. GET changes nothing, no cookie is set. Raises ConfigError for proxies that are no addresses."""
    networks(desk.config.web.trusted_proxies)
    files = PublishedFiles(desk, Shelf())
    app = Starlette(routes=routes(files), exception_handlers=HANDLERS, max_body_size=LONGEST_BODY)
    app.router.redirect_slashes = False  # it would redirect to whatever Host the request names
    app.state.desk = desk
    app.state.private_shelf = Shelf()
    app.state.caps = Caps()
    app.state.foreign_caps = Caps(limit=3)
    app.state.patience = patience
    # Outside of Starlette's own layers: a 500 passes the doorway too.
    return Doorway(Pacing(app, desk), desk, files)


def routes(files: PublishedFiles) -> list[Route]:
    """Everything that can be asked for."""
    return [
        Route("/", articles.home),
        Route("/address/{token}", changes.address, methods=["GET", "POST"]),
        Route("/articles/{key}", articles.article),
        Route("/bounces", bounces.bounced, methods=["POST"]),
        Route("/confirm/{token}", subscriptions.confirm, methods=["GET", "POST"]),
        Route("/desk/{token}", desks.desk, methods=["GET", "POST"]),
        Route("/digests/{digest}", archive.to_digest),
        Route("/digests/{digest}/", archive.digest),
        Route("/digests/{digest}/subscribe", subscriptions.subscribe, methods=["POST"]),
        Route("/digests/{digest}/subscribe", archive.to_digest),
        Route("/digests/{digest}/issues.atom", archive.issues_feed),
        Route("/digests/{digest}/{number:int}", archive.issue),
        Route("/feeds.opml", files),
        Route("/feeds/{name:path}", files),
        Route("/healthz", status.healthz),
        Route("/preferences/{token}", preferences.preferences, methods=["GET", "POST"]),
        Route("/preferences/{token}/data", preferences.kept),
        Route("/private/{token}/articles/{key}", private.private_article),
        Route("/private/{token}/{name}", private.private_feed),
        Route("/readyz", status.readyz),
        Route("/robots.txt", articles.robots),
        Route("/search", search.search),
        Route("/status", status.status),
        Route("/status.atom", status.status_atom),
        Route("/unsubscribe/{token}", subscriptions.unsubscribe, methods=["GET", "POST"]),
    ]
