"""One source is visited now."""

from __future__ import annotations

import logging
from contextlib import suppress

from chaffinch.errors import BusyError, ConfigError, StoreError
from chaffinch.killpoints import passing
from chaffinch.model import Refresh
from chaffinch.newsroom.parts import Parts
from chaffinch.pipeline import refresh
from chaffinch.sources.readers import read

log = logging.getLogger(__name__)


def visit(parts: Parts, slug: str, *, again: bool = False) -> Refresh:
    """Visit one source now; `again` extracts its stored pages once more, under the same ids.

    Raises ConfigError when there is no such source, BusyError while somebody else visits it, StoreError.
    """
    source = parts.source(slug)
    if source is None:
        raise ConfigError(f'no source has the slug "{slug}"; `chaffinch status` lists them')
    office = parts.office()
    desk = office.open(source)
    if desk is None:
        raise BusyError(f"source {slug}: it is being visited just now")
    try:
        if again:
            desk.spread()
        done = refresh(
            desk,
            read=read,
            fetcher=parts.fetcher(source),
            extractor=parts.extractor,
            now=parts.clock(),
            stop=parts.stopping.is_set,
        )
        passing("visited")
    except BaseException:
        with suppress(StoreError):  # what broke the visit may break this too; the lease then runs out by itself
            desk.leave()
        raise
    parts.tally.visited(done)
    counts = {name: getattr(done, name) for name in ("listed", "fetched", "new", "updated", "failed")}
    log.info("source %s: %s", slug, told(done), extra={"event": "visited", "source": slug, **counts})
    return done


def told(done: Refresh) -> str:
    """A visit in one line: `12 listed, 3 new, 1 updated; PROBLEM`."""
    counts = {
        "listed": done.listed,
        "fetched": done.fetched,
        "new": done.new,
        "updated": done.updated,
        "no article": done.passed_over,
        "failed": done.failed,
        "still to do": done.left,
    }
    said = ", ".join(f"{number} {what}" for what, number in counts.items() if number) or "nothing new"
    return f"{said}; {done.problems[0]}" if done.problems else said
