"""A hub is told that a feed has changed (WebSub, https://www.w3.org/TR/websub/)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from chaffinch.config import Press
from chaffinch.model import Feed, Format
from chaffinch.publish.channel import Link

TRIES = 10
"""After so many failures a hub is told nothing more, until the feed changes again."""


def links(feed: Feed) -> tuple[Link, ...]:
    """The feed's link to its hub, where it has one (§4)."""
    return (Link("hub", feed.hub),) if feed.hub and not feed.private else ()


def ping(feed: Feed, press: Press) -> bytes:
    """What is posted to the hub: a form that names the feed's addresses, one a format."""
    topics = [("hub.url", f"{press.base_url}/feeds/{feed.slug}.{form}") for form in Format]
    return urlencode([("hub.mode", "publish"), *topics]).encode()


def patience(tries: int) -> timedelta:
    """How long to wait after so many failures: a minute, then twice as long each time, at most six hours."""
    return min(timedelta(minutes=2 ** max(0, min(tries, 12) - 1)), timedelta(hours=6))
