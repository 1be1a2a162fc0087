"""A visit asks a source for its document, and only if it has changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from chaffinch import __version__
from chaffinch.model import Listing, Moving, Page, SourceState, Validators
from chaffinch.ports import Fetcher
from chaffinch.sources.gunzip import gunzip, is_gzip
from chaffinch.urls import absolute

_SIGHTINGS = 3
_LONG_ENOUGH = timedelta(hours=24)
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_HUB = re.compile(r"<([^>]*)>[^,]*?;\s*rel\s*=\s*(?:\"[^\"]*\bhub\b[^\"]*\"|hub\b)", re.IGNORECASE)
_LINK = 8_192
"""Characters of a `Link` header that are read: its pattern takes time by their square."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came, and the state with what the transport said: validators, ttl, hub, where it moved."""

    page: Page
    state: SourceState

    @property
    def unchanged(self) -> Listing | None:
        """The listing of a source that answered "not modified"; None where something came."""
        return Listing((), self.state, unchanged=True) if self.page.status == 304 else None


def visit(location: str, state: SourceState, fetcher: Fetcher) -> Visit:
    """Ask for `location`, with the validators that it gave itself. Raises FetchError, ReadError for broken gzip."""
    page = fetcher.get(location, state.validators.get(location))
    if is_gzip(page.body):
        page = replace(page, body=gunzip(page.body, page.url))
    return Visit(page, _told(page, state))


def _told(page: Page, state: SourceState) -> SourceState:
    validators = {page.url: page.validators} if page.validators != Validators() else {}
    state = _followed(page, state)
    if page.status == 304:
        return replace(state, validators={**state.validators, **validators})
    age = _MAX_AGE.search(page.headers.get("cache-control", ""))
    hub = _HUB.search(page.headers.get("link", "")[:_LINK])
    return replace(
        state,
        validators=validators,
        ttl=timedelta(seconds=int(age[1])) if age else None,
        hub=(absolute(page.url, hub[1]) or None) if hub else None,
        whole_at=page.fetched,
        read_by=__version__,
    )


def _followed(page: Page, state: SourceState) -> SourceState:
    """A permanent redirect is believed at its third sighting, a day after the first: servers err for an afternoon."""
    if not page.moved or page.fetched is None:
        return replace(state, moving=None)
    before = state.moving
    if before is None or before.url != page.moved:
        return replace(state, moving=Moving(page.moved, page.fetched))
    if before.times + 1 >= _SIGHTINGS and page.fetched - before.since >= _LONG_ENOUGH:
        return replace(state, location=page.moved, moving=None)
    return replace(state, moving=replace(before, times=before.times + 1))
