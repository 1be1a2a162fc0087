"""One task is done, and what goes wrong with it stops no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chaffinch.errors import ChaffinchError, LeaseLost, StoreAway, StoreError
from chaffinch.killpoints import passing
from chaffinch.model import IssueState
from chaffinch.newsroom import agenda, notices
from chaffinch.newsroom.holding import Holding
from chaffinch.newsroom.hubs import tell_hub
from chaffinch.newsroom.noting import noted
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.post import Post
from chaffinch.newsroom.printing import publish
from chaffinch.newsroom.returns import Returns
from chaffinch.newsroom.signups import SignUps
from chaffinch.newsroom.visiting import visit
from chaffinch.ports import Task
from chaffinch.publish.membership import NOTICE
from chaffinch.text import one_line

log = logging.getLogger(__name__)

PAGES_KEPT = timedelta(days=90)
MOVES_KEPT = timedelta(days=31)
"""A day longer than a change of address can be taken back."""
AFTER_A_FAILURE = timedelta(minutes=1)
"""A task that failed is not tried again before."""
WHILE_AWAY = timedelta(seconds=5)
"""The same, when nothing is wrong with it but that the database's server was restarted, or full."""
A_MOMENT = timedelta(seconds=5)
"""A feed that we began to build so short a time ago is left to the next sweep: a burst of visits builds it once."""


class Duties:
    """Does tasks by their verbs. It asks for the parts anew each time, for a reload may have changed them."""

    def __init__(self, parts: Callable[[], Parts]) -> None:
        self._parts = parts
        self._failed: dict[Task, tuple[datetime, str]] = {}
        """What failed lately: until when it rests, and why."""
        self._failing = threading.Lock()
        self._begun: dict[str, datetime] = {}
        """When we last began to build each feed that was built."""

    def sweep(self) -> Iterable[Task]:
        """Everything that is due now, but for what has just failed."""
        parts = self._parts()
        now = parts.clock()
        with self._failing:
            self._failed = {task: failure for task, failure in self._failed.items() if failure[0] > now}
            resting = set(self._failed)
        with parts.database.one_view():
            return [task for task in agenda.due(parts, now) if task not in resting]

    def perform(self, task: Task) -> Iterable[Task]:
        """Do one task; what it leads to. What goes wrong is logged in a line, noted for `status`, tried again later.

        A failure that is the same as a moment ago is not logged again. What should never happen is noted and raised.
        """
        parts, named = self._parts(), f"{task.verb} {task.subject}".rstrip()
        try:
            follow = tuple(self._verbs[task.verb](parts, task.subject))
            parts.problems.over(named)
        except LeaseLost as error:
            log.info("%s", error)
        except ChaffinchError as error:
            rest = WHILE_AWAY if isinstance(error, StoreAway) else AFTER_A_FAILURE
            if self._rest(task, str(error), rest):
                about = {"event": "failed", "task": task.verb, "subject": task.subject, "error": type(error).__name__}
                log.warning("%s: %s", named, error, extra=about)
        except Exception as error:
            self._rest(task, str(error))
            mistake = one_line(f"a mistake of Chaffinch's own, please report it: {type(error).__name__}: {error}")
            with suppress(StoreError):
                parts.problems.note(named, mistake, parts.clock())
            raise
        else:
            return follow
        return ()

    def rests(self, task: Task) -> bool:
        """Whether it has failed here a moment ago: on many machines, another one's sweep does not know of it."""
        with self._failing:
            return task in self._failed and self._failed[task][0] > self._parts().clock()

    def _rest(self, task: Task, why: str, rest: timedelta = AFTER_A_FAILURE) -> bool:
        """Let a sweep pass the task over for a while; False when it rests already, and for the same reason."""
        now = self._parts().clock()
        with self._failing:
            until, said = self._failed.get(task, (now, ""))
            if until > now and said == why:
                return False
            self._failed[task] = now + rest, why
        return True

    @property
    def _verbs(self) -> Mapping[str, Callable[[Parts, str], Iterable[Task]]]:
        return {
            "ask": _ask,
            "bounces": _bounces,
            "close": _close,
            "deliver": self._deliver,
            "end notices": _end_notices,
            "keep house": _keep_house,
            "note": _note,
            "ping": _ping,
            "publish": self._publish,
            "refresh": self._refresh,
            "release": _release,
            "show": _show,
            "sweep": lambda _, __: self.sweep(),
        }

    def _publish(self, parts: Parts, slug: str) -> Iterable[Task]:
        if slug in parts.articles.dirty():
            began = parts.clock()
            publish(parts, slug)
            self._begun[slug] = began  # of a build that failed nothing is known: sweeps pass over it for a while
        return ()

    def _refresh(self, parts: Parts, slug: str) -> Iterable[Task]:
        visit(parts, slug)
        now = parts.clock()
        return [Task("publish", feed) for feed in parts.articles.dirty() if not self._just_begun(feed, now)]

    def _just_begun(self, feed: str, now: datetime) -> bool:
        begun = self._begun.get(feed)
        return begun is not None and timedelta() <= now - begun < A_MOMENT

    def _deliver(self, parts: Parts, issue: str) -> Iterable[Task]:
        with noted(parts, "mail"):
            done = Post(parts).deliver(int(issue))
        if done.problem:
            self._rest(Task("deliver", issue), done.problem)
        return ()


def _ask(parts: Parts, subscription: str) -> Iterable[Task]:
    with noted(parts, "mail"):
        SignUps(parts).ask(subscription)
    return ()


def _bounces(parts: Parts, _: str) -> Iterable[Task]:
    with noted(parts, "bounces"):
        Returns(parts).read()
    return ()


def _close(parts: Parts, digest: str) -> Iterable[Task]:
    with noted(parts, f"closing {digest}"):
        closed = Post(parts).close(digest)
        passing("issued")
    return [Task("deliver" if issue.state is IssueState.OPEN else "show", str(issue.id)) for issue in closed]


def _end_notices(parts: Parts, _: str) -> Iterable[Task]:
    for article in parts.articles.notices_over(parts.clock() - NOTICE):
        parts.articles.end_notice(article.key, parts.feeds_of(replace(article, hidden=False)))
    return [Task("publish", feed) for feed in parts.articles.dirty()]


def _keep_house(parts: Parts, _: str) -> Iterable[Task]:
    parts.sources.forget_pages(parts.clock() - PAGES_KEPT)
    parts.moves.forget(parts.clock() - MOVES_KEPT)
    parts.notes.forget(parts.clock() - notices.OLDEST)
    return ()


def _ping(parts: Parts, slug: str) -> Iterable[Task]:
    tell_hub(parts, slug)
    return ()


def _release(parts: Parts, issue: str) -> Iterable[Task]:
    released = Post(parts).release_issue(int(issue))
    return [Task("deliver", issue)] if released.state is IssueState.OPEN else []


def _show(parts: Parts, issue: str) -> Iterable[Task]:
    with noted(parts, "mail"):
        Holding(parts).show(int(issue))
    return ()


def _note(parts: Parts, number: str) -> Iterable[Task]:
    with noted(parts, "mail"):
        notices.send(parts, int(number))
    return ()
