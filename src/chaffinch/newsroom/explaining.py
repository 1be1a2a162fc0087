"""One page is explained: its blocks, each with its verdict, under the rules that its source has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from chaffinch.config import Config
from chaffinch.extract.children import Children
from chaffinch.extract.repeats import learned
from chaffinch.model import Document, Reference, Repeats, Rules, Source, SourceKind
from chaffinch.newsroom.fetching import config_or_none, fetcher_for
from chaffinch.newsroom.reading import inputs_of
from chaffinch.newsroom.remembering import opened_if_there
from chaffinch.store.sources import Sources
from chaffinch.urls import host_of


@dataclass(frozen=True, slots=True)
class Explained:
    """A page understood, and what it was understood with."""

    document: Document
    reference: Reference
    source: Source | None
    """The source of the config that it belongs to."""
    pages: int
    """How many pages of the site are known, to tell what it repeats."""


def explained(which: str, config_path: Path, extra: Rules) -> Explained:
    """Raises InputError, FetchError or ExtractError when there is nothing to explain."""
    config = config_or_none(config_path)
    (each, *_) = inputs_of([which], {}, lambda: fetcher_for(config_path))
    source = _source_of(config, each.reference.url) if config else None
    own = source.rules if source else Rules()
    rules = replace(own, keep=own.keep + extra.keep, drop=own.drop + extra.drop)
    repeats = _remembered(config, source) if config and source else Repeats()
    children = Children(1)
    try:
        document = children.understand(each.reference, each.load(), rules, repeats)
    finally:
        children.close()
    return Explained(document, each.reference, source, repeats.pages)


def _source_of(config: Config, url: str) -> Source | None:
    for source in config.sources:
        folder = source.kind is SourceKind.FOLDER
        prefix = Path(source.location).as_uri() + "/" if folder else ""
        if url.startswith(prefix) if folder else host_of(url) == host_of(source.location):
            return source
    return None


def _remembered(config: Config, source: Source) -> Repeats:
    database = opened_if_there(config.press)
    if database is None:
        return Repeats()
    try:
        return learned(Sources(database).outlines(source.slug))
    finally:
        database.close()
