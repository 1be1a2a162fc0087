"""A page whose location is itself the article lists just that."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from chaffinch.model import Listing, Reference, Source, SourceState
from chaffinch.ports import Fetcher
from chaffinch.sources.visit import Visit, visit


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """One reference that holds the page; its revision is the body's hash. Raises FetchError."""
    seen = visit(state.location or source.location, state, fetcher)
    return seen.unchanged or parse(source, seen)


def parse(source: Source, seen: Visit) -> Listing:
    """The same of a page that came."""
    revision = hashlib.blake2b(seen.page.body, digest_size=12).hexdigest()
    # A source's article keeps its address however redirects lead to it today.
    page = replace(seen.page, moved=None)
    return Listing((Reference(source.location, revision=revision, page=page),), seen.state)
