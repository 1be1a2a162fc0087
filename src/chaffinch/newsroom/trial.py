"""A source is tried out before it is added: what it is, and three of its articles, cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chaffinch.config import Config
from chaffinch.errors import ChaffinchError, ConfigError, InputError
from chaffinch.extract.children import Children
from chaffinch.extract.repeats import learned
from chaffinch.model import Draft, Kind, Page, Reference, Source, SourceKind, SourceState
from chaffinch.newsroom.fetching import client_for
from chaffinch.pipeline import attempt
from chaffinch.ports import Fetcher
from chaffinch.sources.discover import candidates
from chaffinch.sources.files import Files
from chaffinch.sources.readers import read
from chaffinch.urls import is_web

SHOWN = 3
FETCHED = 5
"""Pages fetched: enough to learn what the site repeats, few enough to be polite."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found at a location."""

    source: Source
    title: str
    why: str
    """Why it was taken for that kind."""
    listed: int
    drafts: Sequence[Draft]
    others: Sequence[str]
    """Other ways to read the same site, a line each."""
    problems: Sequence[str]


def try_out(config: Config, location: str, kind: str | None) -> Trial:
    """Raises InputError when nothing stands there, FetchError or ReadError when it cannot be had."""
    if kind is not None and kind not in list(SourceKind):
        raise ConfigError(f"--kind: one of {', '.join(SourceKind)} is wanted")
    if not is_web(location):
        return _folder(config.path.parent / Path(location).expanduser())
    client = client_for(config)
    try:
        source = Source("trial", SourceKind(kind) if kind else None, location)
        title, why, others = "", "as you said", []
        if source.kind is None:
            found = candidates(location, client.for_source(source))
            if not found:
                raise InputError(f"{location}: no feed, no sitemap, no list of articles and no article was found there")
            best = found[0]
            source = replace(source, kind=best.kind, location=best.location)
            title, why = best.title, best.why
            others = [f"{other.kind} {other.location} ({other.why})" for other in found[1:]]
        trial = _read(source, client.for_source(source), why)
        return replace(trial, title=trial.title or title, others=others)
    finally:
        client.close()


def _folder(folder: Path) -> Trial:
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder, and it is no http(s) URL")
    source = Source("trial", SourceKind.FOLDER, str(folder.resolve()))
    return replace(_read(source, Files(folder.resolve()), "a folder of files"), title="")


def _read(source: Source, fetcher: Fetcher, why: str) -> Trial:
    listing = read(source, SourceState(), fetcher)
    problems = list(listing.problems)
    pages: list[tuple[Reference, Page]] = []
    for reference in listing.references[:FETCHED]:
        page = reference.page if reference.page is not None else attempt(fetcher.get, reference.url)
        if isinstance(page, ChaffinchError):
            problems.append(str(page))
        else:
            pages.append((reference, page))
    children = Children(1)
    try:
        outlines = [attempt(children.outline, page) for _, page in pages]
        repeats = learned(outline for outline in outlines if not isinstance(outline, ChaffinchError))
        drafts = [attempt(children.extract, reference, page, source.rules, repeats) for reference, page in pages]
    finally:
        children.close()
    clean = [draft for draft in drafts if not isinstance(draft, ChaffinchError) and draft.kind is Kind.ARTICLE]
    for (reference, _), draft in zip(pages, drafts, strict=True):
        if isinstance(draft, ChaffinchError):
            problems.append(str(draft))
        elif draft.kind is not Kind.ARTICLE:
            problems.append(f"{reference.url}: {draft.kind}: {draft.why}")
    return Trial(source, listing.state.title, why, len(listing.references), clean[:SHOWN], (), problems)
