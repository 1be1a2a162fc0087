"""The line: one source is refreshed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ParamSpec, TypeVar

from chaffinch.errors import ChaffinchError, Stopped, StoreError
from chaffinch.fetch.polling import recalled
from chaffinch.identity import held_back, settle, sketch
from chaffinch.killpoints import passing
from chaffinch.model import Change, Draft, Kind, Reference, Refresh, Settlement, Source
from chaffinch.ports import Desk, Extractor, Fetcher, Reader, Stop
from chaffinch.text import normalised

P = ParamSpec("P")
T = TypeVar("T")


def refresh(desk: Desk, *, read: Reader, fetcher: Fetcher, extractor: Extractor, now: datetime, stop: Stop) -> Refresh:
    """List, fetch, learn, extract, settle: each step durable, so that a stop or a crash costs time and nothing else.

    What fails is kept with its reason and tried again later; it stops nothing else. Raises StoreError only.
    """
    source = desk.source
    listing = attempt(read, source, recalled(desk.state, now), fetcher)
    if not isinstance(listing, ChaffinchError):
        desk.offer(listing, now)
        passing("offered")

    for reference in desk.wanted(now):
        if stop():
            break
        desk.shelve(reference, attempt(fetcher.get, reference.url), now)
        passing("shelved")

    outlines = (attempt(extractor.outline, page) for page in desk.shelved_pages() if not stop())
    repeats = desk.learn(outline for outline in outlines if not isinstance(outline, ChaffinchError))
    passing("learned")

    for reference, page in desk.shelved():
        if stop():
            break
        draft = attempt(extractor.extract, reference, page, source.rules, repeats)
        desk.keep(reference, _settled(desk, reference, draft, now), now)
        passing("kept")

    if stop():  # the source stays due: what was not reached must not wait for its next ordinary visit
        return desk.close(now, Stopped(f"source {source.slug}: left for the next run: we were asked to stop"))
    return desk.close(now, listing if isinstance(listing, ChaffinchError) else None)


def attempt(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | ChaffinchError:
    """What `do` returns, or what went wrong, as a value. A broken store is not survived here: it raises."""
    try:
        return do(*args, **kwargs)
    except StoreError:
        raise
    except ChaffinchError as error:
        return error


def _settled(
    desk: Desk, reference: Reference, draft: Draft | ChaffinchError, now: datetime
) -> Settlement | ChaffinchError:
    if isinstance(draft, ChaffinchError):
        return draft
    if reason := _left_out(desk.source, draft):
        return Settlement(Change.NOT_AN_ARTICLE, None, reason)
    draft, source = _named_within(desk.source, draft), desk.source
    known = desk.known(draft)
    knows_its_story = bool(known and known[0].story)
    drawn = None if knows_its_story or draft.kind is not Kind.ARTICLE else sketch(draft.text)
    alike = desk.alike(drawn) if drawn else ()
    settled = settle(
        draft,
        known,
        now,
        desk.authority,
        alike=alike,
        beside=desk.beside(reference, alike) if alike and not known else (),
        source=source.slug,
        reruled=desk.reruled(reference),
        drawn=drawn,
    )
    if settled.change is Change.NEW and (held := held_back(draft, desk.held(reference), source.settle, now)):
        return Settlement(Change.HELD, None, "held until its text has stood for a while (settle)", held=held)
    return settled


def _named_within(source: Source, draft: Draft) -> Draft:
    """The hash of a file names it in its own source only: another source's copy is an article of its own."""
    names = (f"hash:{source.slug}:{name[5:]}" if name.startswith("hash:") else name for name in draft.aliases)
    return replace(draft, aliases=tuple(names))


def _left_out(source: Source, draft: Draft) -> str:
    """Why the owner's `include` and `exclude` words leave this article out; empty when they do not."""
    said = f" {normalised(' '.join((draft.title, draft.byline, *draft.tags)))} "
    for word in source.exclude:
        if f" {normalised(word)} " in said:
            return f'left out: it says "{word}" (exclude)'
    if source.include and not any(f" {normalised(word)} " in said for word in source.include):
        return "left out: it says none of the words wanted (include)"
    return ""
