"""The press in figures: what its rows hold now, what this process has done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from chaffinch import __version__
from chaffinch.errors import StoreError
from chaffinch.model import DeliveryState, Figure, Status
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.state import written_at
from chaffinch.store.counts import Counts

Values = Mapping[tuple[str, ...], float]


def figures_of(parts: Parts) -> Iterator[Figure]:
    """Every figure; those of the rows are missing while the database is away, and `database_up` is 0."""
    yield Figure("info", "Which version this is", False, {(__version__,): 1}, ("version",))
    yield from _of_the_process(parts)
    yield from _of_the_disk(parts)
    try:
        rows = tuple(_of_the_rows(parts))
    except StoreError:
        rows = ()
    yield Figure("database_up", "Whether the database answers", False, _one(bool(rows)))
    yield from rows


def _of_the_process(parts: Parts) -> Iterator[Figure]:
    tally = parts.tally
    pages = tally.of("pages")
    read = pages.get("article", 0) + pages.get("no_article", 0) + pages.get("failed", 0)
    for name, what, label, kinds in (
        ("polls", "Visits to sources, by what came of them", "outcome", ("changed", "unchanged", "failed")),
        ("fetches", "Pages of articles that were fetched", "kind", ("page",)),
        ("pages", "Extracted pages, by what they are", "kind", ("article", "no_article", "failed")),
        ("articles", "Articles that came in or changed", "change", ("new", "updated")),
    ):
        counted = tally.of(name)
        yield Figure(name, what, True, {(kind,): counted.get(kind, 0) for kind in kinds}, (label,))
    if read:
        share = _one(pages.get("article", 0) / read)
        yield Figure("extraction_yield_ratio", "Share of extracted pages that gave an article", False, share)
    killed: Values = {(why,): float(parts.child_kills().get(why, 0)) for why in ("time", "memory", "other")}
    yield Figure("extraction_child_kills", "Pages that cost their extraction process its life", True, killed, ("why",))
    sweeps = _one(tally.of("sweeps").get("", 0))
    yield Figure("sweeps", "Looks at what is due; when they stop, the engine is stuck", True, sweeps)


def _of_the_disk(parts: Parts) -> Iterator[Figure]:
    free: dict[tuple[str, ...], float] = {}
    for place, folder in (("data", parts.config.press.data_dir), ("feeds", parts.config.press.feeds_dir)):
        space = parts.measure(folder)
        if space is not None:
            free[(place,)] = space.free
    yield Figure("disk_free_bytes", "Room that is left where data and feeds are", False, free, ("place",))


def _of_the_rows(parts: Parts) -> Iterator[Figure]:
    counts, now = Counts(parts.database), parts.clock()
    number, late = counts.due(now, [source.slug for source in parts.config.sources if source.paused])
    every, failing = counts.failing()
    for name, what, value in (
        ("sources", "Sources that are watched", every),
        ("sources_failing", "Sources whose last visit failed", failing),
        ("sources_due", "Sources that wait for their visit", number),
        ("lateness_seconds", "For how long the source has waited that is due longest", late.total_seconds()),
        ("articles_held", "Articles that are held", counts.articles()),
        ("feeds_unbuilt", "Feeds that changed and wait to be built", counts.unbuilt()),
        ("problems", "What is wrong now, failing sources aside", counts.problems()),
    ):
        yield Figure(name, what, False, _one(value))
    letters, people = counts.deliveries(), counts.subscriptions()
    digests = [digest.slug for digest in parts.config.digests]
    by_state: Values = {(state.value,): float(letters.get(state.value, 0)) for state in DeliveryState}
    yield Figure("deliveries", "Letters by where they stand", False, by_state, ("state",))
    by_status: Values = {(d, s.value): float(people.get((d, s.value), 0)) for d in digests for s in Status}
    yield Figure("subscriptions", "Subscriptions by their status", False, by_status, ("digest", "status"))
    issues: Values = {key: float(number) for key, number in counts.issues().items() if key[0] in digests}
    yield Figure("issues", "Issues by where they stand", False, issues, ("digest", "state"))
    since: dict[tuple[str, ...], float] = {}
    for feed in parts.config.feeds:
        written = None if feed.retired else written_at(parts.folder_of(feed) / f"{feed.slug}.atom")
        if written is not None:
            since[(feed.slug,)] = max(now - written, timedelta(0)).total_seconds()
    yield Figure("feed_since_publish_seconds", "Time since a feed last changed on the disk", False, since, ("feed",))


def _one(value: float) -> Values:
    return {(): float(value)}
