"""A Config becomes the parts of one press."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from chaffinch.clock import Clock, system_clock
from chaffinch.config import Config
from chaffinch.errors import ConfigError
from chaffinch.extract.children import Children
from chaffinch.extract.repeats import learned
from chaffinch.fetch.client import Client
from chaffinch.fetch.condition import condition_of
from chaffinch.fetch.polling import next_visit
from chaffinch.mailing.cadence import parse
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.model import Article, Feed, Source, SourceKind, SourceState
from chaffinch.newsroom.mirror import Mirror
from chaffinch.newsroom.remembering import opened
from chaffinch.newsroom.space import Measure, Watermark, shortages, space_at
from chaffinch.newsroom.tally import Tally
from chaffinch.pages import Templates
from chaffinch.ports import Extractor, Fetcher
from chaffinch.publish.matching import parse_match
from chaffinch.publish.membership import holds, says_withdrawn, stands_for_its_story
from chaffinch.sources.files import Files
from chaffinch.store.archives import Archives
from chaffinch.store.articles import Articles
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.doubts import Doubts
from chaffinch.store.feedtokens import FeedTokens
from chaffinch.store.holding import secret_of, shared_secret
from chaffinch.store.hosts import Hosts
from chaffinch.store.issues import Issues
from chaffinch.store.leases import Leases
from chaffinch.store.moments import SharedClock
from chaffinch.store.moves import Moves
from chaffinch.store.notes import Notes
from chaffinch.store.office import LEASE, Office
from chaffinch.store.pings import Pings
from chaffinch.store.problems import Problems
from chaffinch.store.renditions import Renditions
from chaffinch.store.search import Search
from chaffinch.store.sources import Sources
from chaffinch.store.subscriptions import Subscriptions
from chaffinch.store.traces import Traces
from chaffinch.store.visit import Outcome
from chaffinch.store.workers import Workers
from chaffinch.urls import host_of


@dataclass(frozen=True, slots=True)
class Parts:
    """What a press is made of; those that follow from the config are made anew when it changes."""

    config: Config
    clock: Clock
    stopping: threading.Event
    secret: bytes
    database: Database
    articles: Articles
    archives: Archives
    pings: Pings
    feed_tokens: FeedTokens
    search: Search
    sources: Sources
    problems: Problems
    traces: Traces
    issues: Issues
    deliveries: Deliveries
    doubts: Doubts
    subscriptions: Subscriptions
    moves: Moves
    notes: Notes
    templates: Templates
    client: Client
    extractor: Extractor
    close_extractor: Callable[[], None]
    child_kills: Callable[[], Mapping[str, int]] = dict
    """How many extraction processes died of a page so far, by why."""
    tally: Tally = field(default_factory=Tally)
    watermark: Watermark = field(default_factory=Watermark)
    measure: Measure = space_at
    lease: timedelta = LEASE
    """How long a visit may be silent before somebody else takes the source over."""
    set_clock: Callable[[], object] = lambda: None
    """Puts the clock right by the one that all machines go by. Raises StoreError."""
    mirror: Mirror = field(default_factory=Mirror)
    worker: str = ""
    """Our name, where a lease says that we live."""
    paused: int = field(init=False)
    """How many sources the owner has paused."""
    _by_slug: Mapping[str, Source] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paused", sum(source.paused for source in self.config.sources))
        object.__setattr__(self, "_by_slug", {source.slug: source for source in self.config.sources})

    @property
    def authority(self) -> str:
        """Who mints ids (RFC 4151): the press's host."""
        return host_of(self.config.press.base_url)

    def named(self, worker: str) -> Parts:
        """The same press, worked by a worker of this name; what it takes is its own, with the client that it asks."""
        client = client_of(self.config, self.clock, self.stopping, self.database, worker)
        deliveries = _deliveries(self.database, self.secret, worker)
        return replace(self, worker=worker, client=client, deliveries=deliveries)

    def office(self) -> Office:
        """Opens desks."""
        return Office(
            self.database,
            self.clock,
            self.authority,
            self.feeds_of,
            _next_visit,
            learned,
            condition_of,
            self.lease,
            self.worker,
        )

    @property
    def leases(self) -> Leases:
        """Who of many processes does what only one may do."""
        return Leases(self.database, self.clock)

    @property
    def workers(self) -> Workers:
        """Who works on the press, and lives."""
        return Workers(self.database, self.clock)

    def feeds_of(self, article: Article) -> list[str]:
        """The feeds that hold an article."""
        return [feed.slug for feed in self.config.feeds if not feed.retired and holds(feed, article)]

    def folder_of(self, feed: Feed) -> Path:
        """Where a feed's documents are written: a private one's where no web server looks."""
        return self.private_folder if feed.private else self.config.press.feeds_dir

    @property
    def private_folder(self) -> Path:
        """Where private feeds' documents are written."""
        return self.config.press.data_dir / "private"

    @property
    def renditions(self) -> Renditions:
        """What all machines of the press show."""
        return Renditions(self.database)

    def is_entry(self, feed: Feed, article: Article) -> bool:
        """Whether the article is an entry of the feed, and not only told of in another one of the same story."""
        return holds(feed, article) and stands_for_its_story(feed, article, self.articles.telling)

    def entries_of(self, feed: Feed, limit: int, *, notices: bool = False) -> Iterator[Article]:
        """The newest articles that are an entry of the feed each; with `notices`, those withdrawn lately too."""
        telling, now = lru_cache(maxsize=1_000)(self.articles.telling), self.clock()
        newest = self.articles.newest(feed.sources, hidden=notices)
        held = (article for article in newest if holds(feed, article) or says_withdrawn(feed, article, now))
        standing = islice((article for article in held if stands_for_its_story(feed, article, telling)), limit)
        return standing if feed.private else map(self.without_private_copies, standing)

    def without_private_copies(self, article: Article) -> Article:
        """The article without word of where the same story stands, where only readers of private feeds may know."""
        feeds = [feed for feed in self.config.feeds if not (feed.private or feed.retired)]
        if len(feeds) == len(self.config.feeds) or not article.also or not all(feed.sources for feed in feeds):
            return article
        known = {source for feed in feeds for source in feed.sources}
        return replace(article, also=tuple(copy for copy in article.also if not known.isdisjoint(copy.sources)))

    def has_room(self) -> bool:
        """Whether the data's disk has room for what would be fetched; tells `status` when that changes."""
        return self.watermark.leaves_room(self._folders, self.measure, self.problems, self.clock())

    def shortages(self) -> Sequence[str]:
        """Why nothing is fetched, a line each."""
        return shortages(self._folders, self.measure)

    @property
    def _folders(self) -> tuple[Path]:
        return (self.config.press.data_dir,)  # a full disk of feeds keeps nothing from being remembered

    def source(self, slug: str) -> Source | None:
        """The source of this name, when the config has it."""
        return self._by_slug.get(slug)

    def fetcher(self, source: Source) -> Fetcher:
        """What gets a source's pages: the web's, or a folder's files."""
        if source.kind is SourceKind.FOLDER:
            return Files(Path(source.location))
        return self.client.for_source(source)

    def close(self) -> None:
        """Give everything back."""
        self.close_extractor()
        self.client.close()
        self.database.close()


def assemble(
    config: Config,
    clock: Clock | None = None,
    children: int | None = None,
    lease: timedelta = LEASE,
    *,
    looking: bool = False,
) -> Parts:
    """The parts of a press; see `Newsroom`. Raises StoreError when the data directory cannot be used."""
    press = config.press
    database = opened(press, looking=looking)
    shared = SharedClock(database) if clock is None and database.shared else None
    clock = clock or shared or system_clock
    secret = secret_of(press.data_dir)
    if database.shared:
        secret = shared_secret(database, secret)
    stopping = threading.Event()
    extractor = Children(children or os.cpu_count() or 1)
    return Parts(
        config=canonical(config),
        clock=clock,
        stopping=stopping,
        secret=secret,
        database=database,
        articles=Articles(database),
        archives=Archives(database),
        pings=Pings(database),
        feed_tokens=FeedTokens(database),
        search=Search(database),
        sources=Sources(database),
        problems=Problems(database),
        traces=Traces(database),
        issues=Issues(database),
        deliveries=_deliveries(database, secret),
        doubts=Doubts(database),
        subscriptions=Subscriptions(database),
        moves=Moves(database),
        notes=Notes(database),
        templates=Templates(press.templates_dir),
        client=client_of(config, clock, stopping, database),
        extractor=extractor,
        close_extractor=extractor.close,
        child_kills=lambda: extractor.killed,
        lease=lease,
        set_clock=shared.set if shared else lambda: None,
    )


def canonical(config: Config) -> Config:
    """The config with every cadence in its one form, for it is part of an issue's key.

    Raises ConfigError with every cadence and every match that cannot be understood.
    """
    name, problems, digests = config.path.name, [], []
    for feed in config.feeds:
        try:
            parse_match(feed.match or "x")
        except ConfigError as error:
            problems.append(f"{name}: feed {feed.slug}: {error}")
    for digest in config.digests:
        try:
            digests.append(replace(digest, cadences=tuple(parse(cadence).text for cadence in digest.cadences)))
        except ConfigError as error:
            problems.append(f"{name}: digest {digest.slug}: when: {error}")
    if problems:
        raise ConfigError(*problems)
    return replace(config, digests=tuple(digests))


def client_of(
    config: Config, clock: Clock, stopping: threading.Event, database: Database | None = None, worker: str = ""
) -> Client:
    """The HTTP client that a config wants; it shares its patience with other machines where there may be some."""
    press = config.press
    return Client(
        config.fetch,
        clock=clock,
        wait=stopping.wait,
        base_url=press.base_url,
        contact=press.contact,
        rows=Hosts(database, clock, worker) if database is not None and database.shared else None,
    )


def _deliveries(database: Database, secret: bytes, worker: str = "") -> Deliveries:
    return Deliveries(database, partial(address_hash, secret), worker=worker)


def _next_visit(source: Source, state: SourceState, outcome: Outcome) -> datetime:
    return next_visit(
        source,
        state,
        changed=outcome.changed,
        failures=outcome.failures,
        retry_after=outcome.retry_after,
        now=outcome.now,
        jitter=random.random,
        condition=outcome.condition,
    )
