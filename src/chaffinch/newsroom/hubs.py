"""A hub is told of a feed that changed, or told later."""

from __future__ import annotations

import logging

from chaffinch.errors import FetchError
from chaffinch.killpoints import passing
from chaffinch.newsroom.parts import Parts
from chaffinch.publish.websub import TRIES, patience, ping

log = logging.getLogger(__name__)


def tell_hub(parts: Parts, slug: str) -> None:
    """One try. What goes wrong is noted for `status`; the feed itself waits for nothing."""
    feed = next((feed for feed in parts.config.feeds if feed.slug == slug and feed.hub), None)
    waiting = parts.pings.of(slug)
    if waiting is None:
        return
    changed, tries = waiting
    subject = f"hub of feed {slug}"
    if feed is None:  # it has none any more
        parts.pings.told(slug, changed)
        parts.problems.over(subject)
        return
    try:
        parts.client.post(feed.hub, ping(feed, parts.config.press))
        passing("pinged")
    except FetchError as error:
        log.warning("%s: %s", subject, error)
        parts.problems.note(subject, str(error), parts.clock())
        if tries + 1 >= TRIES:
            parts.pings.told(slug, changed)
        else:
            parts.pings.failed(slug, parts.clock() + patience(tries + 1))
    else:
        parts.pings.told(slug, changed)
        parts.problems.over(subject)
