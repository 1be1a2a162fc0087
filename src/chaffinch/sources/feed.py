"""A feed lists its entries: Atom, RSS, RDF or JSON Feed."""

from __future__ import annotations

from dataclasses import replace

from chaffinch.model import Listing, Source, SourceState
from chaffinch.ports import Fetcher
from chaffinch.sources import jsonfeed, xmlfeed
from chaffinch.sources.dates import rhythm
from chaffinch.sources.entries import references
from chaffinch.sources.visit import Visit, visit


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """A reference for each entry. Raises FetchError, and ReadError for what is no feed."""
    seen = visit(state.location or source.location, state, fetcher)
    return seen.unchanged or parse(seen)


def parse(seen: Visit) -> Listing:
    """What a feed that came lists. Of one that breaks off, what could be read, with a problem. Raises ReadError."""
    page, state = seen.page, seen.state
    feed = jsonfeed.parse(page) if jsonfeed.is_json(page.body) else xmlfeed.parse(page)
    found = references(feed.entries, page)
    lengths = [length for length in (state.ttl, feed.ttl) if length is not None]
    state = replace(
        state,
        title=feed.title or state.title,
        hub=feed.hub or state.hub,
        ttl=max(lengths, default=None),
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        published_at=rhythm(reference.published for reference in found),
    )
    return Listing(found, state, problems=feed.problems)
