"""The verbs of a press: refresh, publish, close, deliver; each finds out by itself what is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chaffinch.clock import Clock, system_clock
from chaffinch.config import Config
from chaffinch.errors import BusyError, ChaffinchError, ConfigError, InputError, LeaseLost, PublishError, StoreError
from chaffinch.model import Article, Feed, IssueState, Refresh, SourceKind
from chaffinch.newsroom.archiving import bring_up_to_date, rules_of
from chaffinch.newsroom.feedkeys import FeedKeys
from chaffinch.newsroom.front import Front
from chaffinch.newsroom.holding import Holding
from chaffinch.newsroom.hubs import tell_hub
from chaffinch.newsroom.parts import Parts, assemble, canonical, client_of
from chaffinch.newsroom.post import Post
from chaffinch.newsroom.returns import Returns
from chaffinch.newsroom.signups import SignUps
from chaffinch.newsroom.state import PressState, state_of
from chaffinch.newsroom.telling import find, why
from chaffinch.pages import Templates
from chaffinch.pipeline import refresh
from chaffinch.ports import Task
from chaffinch.publish import files, websub
from chaffinch.publish.archive import names, previous
from chaffinch.publish.channel import Link
from chaffinch.publish.press import directory, documents, fitting, landing_page
from chaffinch.sources.readers import read
from chaffinch.store.holding import turn
from chaffinch.text import one_line

log = logging.getLogger(__name__)

PAGES_KEPT = timedelta(days=90)
AFTER_A_FAILURE = timedelta(minutes=1)
"""A task that failed is not tried again before."""


class Newsroom:
    """A press at work. Its verbs may be called from many threads, in any order, twice or after a crash."""

    def __init__(self, config: Config, clock: Clock = system_clock, children: int | None = None) -> None:
        self.parts = assemble(config, clock, children)
        self.hint: Callable[[Task], object] = self.perform
        """Where tasks go that should be done soon; an engine takes them from us."""
        self._failed: dict[Task, tuple[datetime, str]] = {}
        """What failed lately: until when it rests, and why."""
        self._failing = threading.Lock()

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
        if (old.press.data_dir, old.web.bind) != (new.press.data_dir, new.web.bind):
            raise ConfigError("press.data_dir and web.bind: a change takes effect after a restart only")
        before = self.parts
        press = config.press
        self.parts = replace(before, config=canonical(config), templates=Templates(press.templates_dir))
        asks = (old.fetch, old.press.base_url, old.press.contact)
        if asks != (new.fetch, press.base_url, press.contact):  # else the hosts' patience would be forgotten
            self.parts = replace(self.parts, client=client_of(config, before.clock, before.stopping))
        try:
            self.take_over()
            self.renew()
        except ChaffinchError:
            self.parts = before
            raise
        if self.parts.client is not before.client:
            before.client.close()

    def refresh(self, slug: str, *, again: bool = False) -> Refresh:
        """Visit one source now; `again` extracts its stored pages once more, under the same ids.

        Raises ConfigError when there is no such source, BusyError while somebody else visits it, StoreError.
        """
        parts = self.parts
        source = parts.source(slug)
        if source is None:
            raise ConfigError(f'no source has the slug "{slug}"; `chaffinch status` lists them')
        office = parts.office()
        desk = office.open(source)
        if desk is None:
            raise BusyError(f"source {slug}: it is being visited just now")
        try:
            if again:
                desk.spread()
            done = refresh(
                desk,
                read=read,
                fetcher=parts.fetcher(source),
                extractor=parts.extractor,
                now=parts.clock(),
                stop=parts.stopping.is_set,
            )
        except BaseException:
            with suppress(StoreError):  # what broke the visit may break this too; the lease then runs out by itself
                desk.leave()
            raise
        log.info("source %s: %s", slug, told(done))
        return done

    def publish(self, slug: str) -> Sequence[str]:
        """Build one feed; the names of the files that changed. Trouble is noted and raised."""
        parts = self.parts
        feed = next((feed for feed in parts.config.feeds if feed.slug == slug), None)
        if feed is None:
            raise ConfigError(f'no feed has the slug "{slug}"; `chaffinch status` lists them')
        # What was read before a change must not be written after what somebody else built of it.
        with self._noted(f"feed {slug}"), turn(parts.config.press.data_dir, "publishing"):
            mark = parts.articles.dirty().get(slug, "")
            changed = self._build(feed)
            parts.articles.built(slug, mark)
        if changed:
            log.info("feed %s: wrote %s", slug, ", ".join(changed))
        return changed

    def sweep(self) -> Iterable[Task]:
        """Everything that is due now, but for what has just failed."""
        now = self.parts.clock()
        with self._failing:
            self._failed = {task: failure for task, failure in self._failed.items() if failure[0] > now}
            resting = set(self._failed)
        return [task for task in self._due(now) if task not in resting]

    def _due(self, now: datetime) -> Iterable[Task]:
        parts = self.parts
        for slug in parts.sources.due(now):
            source = parts.source(slug)
            if source is not None and not source.paused:
                yield Task("refresh", slug)
        known = {feed.slug for feed in parts.config.feeds}
        yield from (Task("publish", slug) for slug in parts.articles.dirty() if slug in known)
        yield from (Task("close", slug) for slug in self.post.due(now))
        yield from (Task("deliver", str(issue)) for issue in self.post.with_due_letters(now))
        yield from Holding(parts).due()
        if Returns(parts).waiting():
            yield Task("bounces")
        yield from (Task("ping", slug) for slug in parts.pings.due(now))
        yield from (Task("ask", subscription) for subscription in self.sign_ups.unasked())

    def due_at_once(self) -> Iterable[Task]:
        """What `run --once` visits: every source that is due, and every folder."""
        due = set(self.parts.sources.due(self.parts.clock()))
        for source in self.parts.config.sources:
            if not source.paused and (source.slug in due or source.kind is SourceKind.FOLDER):
                yield Task("refresh", source.slug)

    def perform(self, task: Task) -> Iterable[Task]:
        """Do one task; what it leads to. What goes wrong is logged in a line, noted for `status`, tried again later.

        A failure that is the same as a moment ago is not logged again. What should never happen is noted and raised.
        """
        named = f"{task.verb} {task.subject}".rstrip()
        try:
            follow = tuple(self._verbs[task.verb](task.subject))
            self.parts.problems.over(named)
        except LeaseLost as error:
            log.info("%s", error)
        except ChaffinchError as error:
            if self._rest(task, str(error)):
                log.warning("%s: %s", named, error)
        except Exception as error:
            self._rest(task, str(error))
            mistake = one_line(f"a mistake of Chaffinch's own, please report it: {type(error).__name__}: {error}")
            with suppress(StoreError):
                self.parts.problems.note(named, mistake, self.parts.clock())
            raise
        else:
            return follow
        return ()

    def _rest(self, task: Task, why: str) -> bool:
        """Let a sweep pass the task over for a while; False when it rests already, and for the same reason."""
        now = self.parts.clock()
        with self._failing:
            until, said = self._failed.get(task, (now, ""))
            if until > now and said == why:
                return False
            self._failed[task] = now + AFTER_A_FAILURE, why
        return True

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
        self.parts.archives.take_over({feed.slug: rules_of(feed, config.press) for feed in config.feeds})
        self.sign_ups.take_over()

    def renew(self) -> None:
        """Have every feed built anew: the config, a template or the program may be another. Same bytes stay."""
        self.parts.articles.soil([feed.slug for feed in self.parts.config.feeds])

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

    @property
    def _verbs(self) -> Mapping[str, Callable[[str], Iterable[Task]]]:
        return {
            "ask": self._do_ask,
            "bounces": self._do_bounces,
            "close": self._do_close,
            "deliver": self._do_deliver,
            "keep house": self._do_keep_house,
            "ping": self._do_ping,
            "publish": self._do_publish,
            "refresh": self._do_refresh,
            "release": self._do_release,
            "show": self._do_show,
            "sweep": lambda _: self.sweep(),
            "welcome": self._do_welcome,
        }

    def _do_ask(self, subscription: str) -> Iterable[Task]:
        with self._noted("mail"):
            self.sign_ups.ask(subscription)
        return ()

    def _do_release(self, issue: str) -> Iterable[Task]:
        released = self.post.release_issue(int(issue))
        return [Task("deliver", issue)] if released.state is IssueState.OPEN else []

    def _do_show(self, issue: str) -> Iterable[Task]:
        with self._noted("mail"):
            Holding(self.parts).show(int(issue))
        return ()

    def _do_bounces(self, _: str) -> Iterable[Task]:
        with self._noted("bounces"):
            Returns(self.parts).read()
        return ()

    def _do_welcome(self, subscription: str) -> Iterable[Task]:
        with self._noted("mail"):
            self.sign_ups.welcome(subscription)
        return ()

    def _do_refresh(self, slug: str) -> Iterable[Task]:
        self.refresh(slug)
        return [Task("publish", feed) for feed in self.parts.articles.dirty()]

    def _do_publish(self, slug: str) -> Iterable[Task]:
        if slug in self.parts.articles.dirty():
            self.publish(slug)
        return ()

    def _do_ping(self, slug: str) -> Iterable[Task]:
        tell_hub(self.parts, slug)
        return ()

    def _do_close(self, digest: str) -> Iterable[Task]:
        with self._noted(f"closing {digest}"):
            closed = self.post.close(digest)
        return [Task("deliver" if issue.state is IssueState.OPEN else "show", str(issue.id)) for issue in closed]

    def _do_deliver(self, issue: str) -> Iterable[Task]:
        with self._noted("mail"):
            done = self.post.deliver(int(issue))
        if done.problem:
            self._rest(Task("deliver", issue), done.problem)
        return ()

    def _do_keep_house(self, _: str) -> Iterable[Task]:
        self.parts.sources.forget_pages(self.parts.clock() - PAGES_KEPT)
        return ()

    def _build(self, feed: Feed) -> Sequence[str]:
        """Documents first: they do not wait for a landing page whose template is broken, nor does the list of feeds."""
        parts, config = self.parts, self.parts.config
        folder, now = config.press.feeds_dir, parts.clock()
        feeds = directory(config.feeds, config.press)
        if feed.private:
            files.remove(folder, feed.slug)
            private = documents(feed, parts.entries_of(feed, feed.limit, notices=True), config.press)
            return (*files.write(parts.folder_of(feed), private, now), *files.write(folder, [feeds], now))
        if feed.retired:
            return files.write(folder, [feeds], now)
        newest = tuple(parts.entries_of(feed, feed.limit + 1, notices=True))
        articles = fitting(feed, newest, config.press)
        archived, link = self._archives(feed, articles[-1]) if articles and len(articles) < len(newest) else ((), ())
        made = documents(feed, articles, config.press, (*websub.links(feed), *link))
        changed = files.write(folder, [*made, feeds], now)
        if feed.hub and {one.name for one in made} & set(changed):
            parts.pings.want(feed.slug, now)
        page = landing_page(feed, articles, config.press, parts.templates, config.web.index)
        return (*archived, *changed, *files.write(folder, [page], now))

    def _archives(self, feed: Feed, oldest: Article) -> tuple[Sequence[str], Sequence[Link]]:
        """What does not fit into the feed, before the feed that links it. Their trouble does not stop the feed."""
        parts = self.parts
        try:
            with self._noted(f"archives of {feed.slug}"):
                changed, newest = bring_up_to_date(parts, feed, oldest)
        except PublishError as error:
            log.warning("archives of feed %s: %s", feed.slug, error)
            changed, newest = (), next(reversed(names(feed, parts.archives.held(feed.slug))), "")
        return changed, [previous(newest, parts.config.press)] if newest else ()

    def _noted(self, subject: str) -> _Noted:
        return _Noted(self.parts, subject)


class _Noted:
    """Notes what goes wrong in its block under a subject, and that it is over when nothing does."""

    def __init__(self, parts: Parts, subject: str) -> None:
        self._parts, self._subject = parts, subject

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ChaffinchError):
            self._parts.problems.note(self._subject, str(error), self._parts.clock())
        elif error is None:
            self._parts.problems.over(self._subject)


def told(done: Refresh) -> str:
    """A visit in one line: `12 listed, 3 new, 1 updated; PROBLEM`."""
    counts = {
        "listed": done.listed,
        "fetched": done.fetched,
        "new": done.new,
        "updated": done.updated,
        "no article": done.passed_over,
        "failed": done.failed,
        "still to do": done.left,
    }
    said = ", ".join(f"{number} {what}" for what, number in counts.items() if number) or "nothing new"
    return f"{said}; {done.problems[0]}" if done.problems else said
