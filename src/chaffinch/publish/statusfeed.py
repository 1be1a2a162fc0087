"""What is wrong with a press, as an Atom feed: its owner subscribes to it like to any other."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from datetime import UTC, datetime

from chaffinch.config import Press
from chaffinch.model import Feed, Format, Problem
from chaffinch.publish.atom_rss import atom
from chaffinch.publish.channel import channel_of
from chaffinch.publish.entry import Entry
from chaffinch.text import shorten


def status_feed(problems: Sequence[Problem], press: Press) -> bytes:
    """One entry a trouble, newest first. The same trouble keeps its id; when it comes again later it has another."""
    newest = sorted(problems, key=lambda problem: (problem.since, problem.subject), reverse=True)
    entries = [_entry(problem, press) for problem in newest]
    channel = channel_of(Feed("status", f"{press.title}: what is wrong"), entries, press)
    channel.addresses[Format.ATOM] = f"{press.base_url}/status.atom"
    return atom(channel, entries)


def _entry(problem: Problem, press: Press) -> Entry:
    said = f"{problem.subject} {problem.since.isoformat()}"
    key = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    page, since = f"{press.base_url}/status", _whole(problem.since)
    text = shorten(problem.text, 2_000)
    return Entry(
        id=f"{page}#{key}",
        url=page,
        key=key,
        page=page,
        title=shorten(f"{problem.subject}: {problem.text}", 200),
        byline="",
        publisher=shorten(press.title, 200) or "Chaffinch",
        home="",
        published=since,
        updated=since,
        dated=True,
        summary=shorten(text, 300),
        body=f"<p>{html.escape(text)}</p>",
        content=f"<p>{html.escape(text)}</p>",
        language=None,
        image="",
        tags=(),
        enclosures=(),
        also=(),
    )


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
