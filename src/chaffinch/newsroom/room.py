"""A press at work: its config becomes parts, and these a few verbs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from chaffinch.clock import Clock
from chaffinch.config import Config
from chaffinch.errors import ChaffinchError, ConfigError, InputError
from chaffinch.model import Article, Refresh
from chaffinch.newsroom import agenda, printing, stand
from chaffinch.newsroom.archiving import rules_of
from chaffinch.newsroom.duties import Duties
from chaffinch.newsroom.feedkeys import FeedKeys
from chaffinch.newsroom.front import Front
from chaffinch.newsroom.parts import assemble, canonical
from chaffinch.newsroom.post import Post
from chaffinch.newsroom.signups import SignUps
from chaffinch.newsroom.state import PressState, state_of
from chaffinch.newsroom.telling import find, why
from chaffinch.newsroom.visiting import visit
from chaffinch.pages import Templates
from chaffinch.ports import Task
from chaffinch.store.office import LEASE

log = logging.getLogger(__name__)


class Newsroom:
    """A press at work. Its verbs may be called from many threads, in any order, twice or after a crash."""

    def __init__(
        self,
        config: Config,
        clock: Clock | None = None,
        children: int | None = None,
        lease: timedelta = LEASE,
        *,
        looking: bool = False,
    ) -> None:
        """Without a `clock` it goes by the machine's, and of many machines each by that of the database they share.

        `looking` is for who only reads, one thing after the other: that works on a full disk, too.
        """
        self.parts = assemble(config, clock, children, lease, looking=looking)
        self.hint: Callable[[Task], object] = self.perform
        """Where tasks go that should be done soon; an engine takes them from us."""
        self._duties = Duties(lambda: self.parts)

    @property
    def post(self) -> Post:
        """The verbs of issues and letters."""
        return Post(self.parts)

    @property
    def sign_ups(self) -> SignUps:
        """The verbs of subscriptions."""
        return SignUps(self.parts)

    @property
    def feed_keys(self) -> FeedKeys:
        """The verbs of private feeds' addresses."""
        return FeedKeys(self.parts)

    @property
    def front(self) -> Front:
        """What the web may ask."""
        return Front(lambda: self.parts, lambda task: self.hint(task))

    def reconfigure(self, config: Config) -> None:
        """Go on with another config; with the old one when this raises.

        Raises ConfigError when it wants what only a restart can give, StoreError when it cannot be taken over.
        """
        old, new = self.parts.config, config
        if _fixed(old) != _fixed(new):
            raise ConfigError("press.data_dir, database_url, web.bind and metrics_bind: a change wants a restart")
        before = self.parts
        press = config.press
        self.parts = replace(before, config=canonical(config), templates=Templates(press.templates_dir))
        asks = (old.fetch, old.press.base_url, old.press.contact)
        if asks != (new.fetch, press.base_url, press.contact):  # else the hosts' patience would be forgotten
            self.parts = self.parts.named(before.worker)
        given_up = before
        try:
            self.take_over()
            self.renew()
        except ChaffinchError:
            given_up, self.parts = self.parts, before
            raise
        finally:
            if given_up.client is not self.parts.client:
                given_up.client.close()

    def refresh(self, slug: str, *, again: bool = False) -> Refresh:
        """Visit one source now; `again` extracts its stored pages once more, under the same ids.

        Raises ConfigError when there is no such source, BusyError while somebody else visits it, StoreError.
        """
        return visit(self.parts, slug, again=again)

    def publish(self, slug: str) -> Sequence[str]:
        """Build one feed; the names of the files that changed. Trouble is noted and raised."""
        return printing.publish(self.parts, slug)

    def sweep(self) -> Iterable[Task]:
        """Everything that is due now, but for what has just failed."""
        return self._duties.sweep()

    def due_at_once(self) -> Iterable[Task]:
        """What `run --once` visits: every source that is due, and every folder."""
        return agenda.due_at_once(self.parts)

    def perform(self, task: Task) -> Iterable[Task]:
        """Do one task; what it leads to. See `Duties.perform`."""
        return self._duties.perform(task)

    def rests(self, task: Task) -> bool:
        """Whether a task has failed here a moment ago, and is not to be tried yet."""
        return self._duties.rests(task)

    def article(self, which: str) -> Article:
        """The article of this key or address. Raises InputError when there is none."""
        found = find(self.parts, which)
        if found is None:
            raise InputError(f"{which}: no article has this key or address; `chaffinch articles list` shows them")
        return found

    def hide(self, which: str, *, hidden: bool) -> Article:
        """Withdraw an article everywhere, or bring it back; its feeds are built anew. Raises InputError."""
        article = self.article(which)
        feeds = self.parts.feeds_of(replace(article, hidden=False))
        self.parts.articles.hide(article.key, hidden, feeds, self.parts.clock())
        for feed in feeds:
            self.publish(feed)
        return article

    def status(self) -> PressState:
        """How everything is."""
        return state_of(self.parts)

    def why(self, url: str) -> Iterable[str]:
        """How one article went, in lines."""
        return why(self.parts, url)

    def take_over(self) -> None:
        """Make what is remembered follow the config: its sources, its feeds' archives, its recipients.

        Verbs that only look do without. Raises StoreError.
        """
        config = self.parts.config
        self.parts.sources.sync(config.sources, [feed.slug for feed in config.feeds])
        templates = self.parts.templates
        self.parts.archives.take_over({feed.slug: rules_of(feed, config, templates) for feed in config.feeds})
        self.sign_ups.take_over()

    def renew(self) -> None:
        """Have every feed built anew: the config, a template or the program may be another. Same bytes stay."""
        self.parts.articles.soil([feed.slug for feed in self.parts.config.feeds])

    def live(self, worker: str, seconds: float) -> None:
        """Let other machines know that we live, under this name, for so many seconds; our clock is put right first.

        What is taken from now on bears the name. Raises StoreError.
        """
        self.parts.set_clock()
        if self.parts.worker != worker:
            nameless = self.parts.client
            self.parts = self.parts.named(worker)
            nameless.close()
        self.parts.workers.live(worker, seconds)

    def follow(self) -> None:
        """Show here what other machines have published. Raises StoreError."""
        stand.follow(self.parts)

    def bury(self) -> None:
        """What workers held that live no more is free, or told as unknown where it may have left. Raises StoreError."""
        workers = self.parts.workers
        if not (dead := workers.dead()):
            return
        if visits := workers.free(dead):
            log.info("%d visits of workers that have died are taken up anew", visits)
        if unknown := self.parts.deliveries.recover_from(dead, self.parts.clock()):
            log.warning("%d letters that workers had in hand when they died may have arrived or not", unknown)
        workers.bury(dead)

    @property
    def shared(self) -> bool:
        """Whether other machines may work on the same press."""
        return self.parts.database.shared

    def recover(self) -> None:
        """Tidy up after a daemon that was killed. Only for who holds the data directory alone."""
        self.parts.sources.free()
        self.parts.deliveries.recover_all(self.parts.clock())

    def stop(self) -> None:
        """Ask everything to end at its next safe place; what waits for somebody else's server is there already."""
        self.parts.stopping.set()
        self.parts.client.break_off()

    def close(self) -> None:
        """Give everything back."""
        self.stop()
        self.parts.close()


def _fixed(config: Config) -> tuple[object, ...]:
    """What a press that runs cannot change."""
    return config.press.data_dir, config.press.database_url, config.web.bind, config.web.metrics_bind
