"""The reader of each kind of source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chaffinch.model import Listing, Source, SourceKind, SourceState
from chaffinch.ports import Fetcher, Reader
from chaffinch.sources import discover, feed, folder, index, page, sitemap

READERS: Mapping[SourceKind, Reader] = {
    SourceKind.FEED: feed.read,
    SourceKind.FOLDER: folder.read,
    SourceKind.INDEX: index.read,
    SourceKind.PAGE: page.read,
    SourceKind.SITEMAP: sitemap.read,
}


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """A source's listing, by the kind that the config says, or that was found out; else it is found out now.

    Raises FetchError and ReadError.
    """
    if source.kind is not None and state.kind not in (None, source.kind):
        # The owner has since said another kind than was found out: where that was found counts no more.
        state = replace(state, kind=None, location="", validators={})
    kind = source.kind or state.kind
    return READERS[kind](source, state, fetcher) if kind else discover.read(source, state, fetcher)
