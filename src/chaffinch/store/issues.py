"""The issues of digests: closed once, numbered, kept as they stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from chaffinch.model import Article, DeliveryState, Issue, IssueState
from chaffinch.store.database import Database
from chaffinch.store.frozen import frozen, issue_of
from chaffinch.store.planning import Choose, Due, Planner, readers
from chaffinch.store.schema import articles, closings, deliveries, issue_articles, issues
from chaffinch.store.values import as_json


class Issues:
    """Keeps issues, and plans their letters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(
        self,
        digest: str,
        cadence: str,
        slot: datetime,
        contents: Sequence[Article],
        state: IssueState,
        now: datetime,
        release_at: datetime | None = None,
    ) -> Issue | None:
        """Close a slot, with an issue when there are articles; None when there is none, or the slot was closed before.

        The number is the digest's next. Articles that are no longer held are left out.
        """
        with self._database.write() as connection:
            if not _close_slot(connection, digest, cadence, slot):
                return None
            rows: dict[str, int] = {
                row.uri: row.id
                for row in connection.execute(
                    select(articles.c.id, articles.c.uri).where(articles.c.uri.in_([a.id for a in contents]))
                )
            }
            held = [article for article in contents if article.id in rows]
            if not held:
                return None
            last = connection.execute(select(func.max(issues.c.number)).where(issues.c.digest == digest)).scalar()
            issue = connection.execute(
                insert(issues)
                .values(
                    digest=digest,
                    cadence=cadence,
                    slot=slot,
                    number=(last or 0) + 1,
                    state=state.value,
                    closed_at=now,
                    release_at=release_at if state is IssueState.HELD else None,
                    released_at=now if state is IssueState.OPEN else None,
                )
                .returning(issues.c.id)
            ).scalar_one()
            connection.execute(
                insert(issue_articles),
                [
                    {"issue": issue, "position": place, "article": rows[article.id], "frozen": as_json(article)}
                    for place, article in enumerate(held)
                ],
            )
            return _read(connection, issues.c.id == issue)[0]

    def get(self, digest: str, number: int) -> Issue | None:
        """The issue of this number, with its articles."""
        with self._database.read() as connection:
            return next(iter(_read(connection, issues.c.digest == digest, issues.c.number == number)), None)

    def by_id(self, issue: int) -> Issue | None:
        """The issue of this id, with its articles."""
        with self._database.read() as connection:
            return next(iter(_read(connection, issues.c.id == issue)), None)

    def latest(self, digest: str) -> Issue | None:
        """The digest's newest issue, in whatever state, with its articles."""
        return next(iter(self.list(digest, limit=1)), None)

    def list(
        self, digest: str, *, limit: int = 50, before: int | None = None, state: IssueState | None = None
    ) -> Sequence[Issue]:
        """The digest's issues with their articles, newest first; `before` a number, to page on."""
        wanted: list[Any] = [issues.c.digest == digest]
        if before is not None:
            wanted.append(issues.c.number < before)
        if state is not None:
            wanted.append(issues.c.state == state.value)
        with self._database.read() as connection:
            return _read(connection, *wanted, limit=limit)

    def count(self, digest: str) -> int:
        """How many issues the digest has had."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.count()).select_from(issues).where(issues.c.digest == digest)
            ).scalar_one()

    def closed(self, digest: str, cadence: str) -> datetime | None:
        """The latest slot that was closed, with an issue or without."""
        with self._database.read() as connection:
            return connection.execute(
                select(closings.c.slot).where(closings.c.digest == digest, closings.c.cadence == cadence)
            ).scalar()

    def last_closing(self, digest: str, cadence: str) -> datetime | None:
        """When the newest issue of a digest and cadence closed, in whatever state it is."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(issues.c.closed_at)).where(issues.c.digest == digest, issues.c.cadence == cadence)
            ).scalar()

    def already(self, digest: str, cadence: str) -> frozenset[str]:
        """The ids of all articles that issues of this digest and cadence have held; skipped issues count too."""
        with self._database.read() as connection:
            found = connection.execute(
                select(articles.c.uri)
                .join(issue_articles, issue_articles.c.article == articles.c.id)
                .join(issues, issues.c.id == issue_articles.c.issue)
                .where(issues.c.digest == digest, issues.c.cadence == cadence)
            ).scalars()
            return frozenset(found)

    def release(self, issue: int, now: datetime) -> bool:
        """Open an issue for sending, again if need be; False when there is none."""
        return self._set(issue, state=IssueState.OPEN.value, released_at=now)

    def hold(self, issue: int) -> bool:
        """Make an issue wait for the owner; False when there is none."""
        return self._set(issue, state=IssueState.HELD.value)

    def skip(self, issue: int) -> bool:
        """Never send what is left of an issue; False when there is none."""
        return self._set(issue, state=IssueState.SKIPPED.value)

    def overdue(self, now: datetime) -> Sequence[int]:
        """The ids of held issues whose owner has had time enough."""
        with self._database.read() as connection:
            held = (issues.c.state == IssueState.HELD.value) & (issues.c.release_at <= now)
            return connection.execute(select(issues.c.id).where(held).order_by(issues.c.id)).scalars().all()

    def unshown(self) -> Sequence[int]:
        """The ids of held issues whose preview was not mailed yet."""
        with self._database.read() as connection:
            held = (issues.c.state == IssueState.HELD.value) & issues.c.shown_at.is_(None)
            return connection.execute(select(issues.c.id).where(held).order_by(issues.c.id)).scalars().all()

    def showing(self, issue: int, now: datetime) -> bool:
        """The preview is about to be mailed; False when somebody else did so."""
        here = (issues.c.id == issue) & issues.c.shown_at.is_(None)
        with self._database.write() as connection:
            return connection.execute(update(issues).where(here).values(shown_at=now)).rowcount > 0

    def not_shown(self, issue: int) -> None:
        """The preview was not taken: it is still to be mailed."""
        self._set(issue, shown_at=None)

    def pin(self, issue: int, article: str) -> bool:
        """Put an article (by its id) first in an issue; False when it is not in it."""
        with self._database.write() as connection:
            first = connection.execute(
                select(func.min(issue_articles.c.position)).where(issue_articles.c.issue == issue)
            ).scalar()
            return self._place(connection, issue, article, position=(first or 0) - 1)

    def drop(self, issue: int, article: str) -> bool:
        """Take an article (by its id) out of an issue; it comes in no later one either. False when it is not in it."""
        with self._database.write() as connection:
            return self._place(connection, issue, article, dropped=True)

    def _place(self, connection: Connection, issue: int, article: str, **values: object) -> bool:
        row = select(articles.c.id).where(articles.c.uri == article).scalar_subquery()
        here = (issue_articles.c.issue == issue) & (issue_articles.c.article == row) & ~issue_articles.c.dropped
        return connection.execute(update(issue_articles).where(here).values(**values)).rowcount > 0

    def annotate(self, issue: int, note: str) -> bool:
        """The owner's words at the head of an issue; False when there is none."""
        return self._set(issue, note=note)

    def enqueue(self, issue: Issue, due: Due, choose: Choose, now: datetime) -> int:
        """A delivery for everyone whose subscription stood when the open issue was released; how many new ones.

        Everyone who reads the same shares one letter. Who has had all of it gets none. Stopped in the middle, it goes
        on the next time; done, it does nothing any more.
        """
        added, after = 0, ""
        planner: Planner | None = None
        while True:
            with self._database.write() as connection:
                row = connection.execute(select(issues).where(issues.c.id == issue.id)).one_or_none()
                if row is None or row.enqueued or row.state != IssueState.OPEN.value:
                    return added
                chunk = readers(connection, row, after)
                if not chunk:
                    connection.execute(update(issues).where(issues.c.id == issue.id).values(enqueued=True))
                    return added
                planner = planner or Planner(connection, row)
                added += planner.plan(connection, chunk, due, choose, now)
                after = chunk[-1].id

    def with_due_deliveries(self, now: datetime) -> Sequence[int]:
        """The ids of open issues that have letters to send now, or deliveries still to be planned; oldest first."""

        def has(state: DeliveryState, *when: ColumnElement[bool]) -> ColumnElement[bool]:
            here = (deliveries.c.issue == issues.c.id, deliveries.c.state == state.value, *when)
            return select(deliveries.c.id).where(*here).exists()

        # one look into the index for each state: an issue may have a million letters
        waiting = [has(state, deliveries.c.due <= now) for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED)]
        left = [
            has(state, deliveries.c.leased_until <= now) for state in (DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT)
        ]
        with self._database.read() as connection:
            return (
                connection.execute(
                    select(issues.c.id)
                    .where(issues.c.state == IssueState.OPEN.value, or_(~issues.c.enqueued, *waiting, *left))
                    .order_by(issues.c.id)
                )
                .scalars()
                .all()
            )

    def letters(self, digest: str, number: int | None = None) -> Mapping[DeliveryState, int]:
        """How the letters of a digest stand, or of one issue of it: how many in each state."""
        wanted = [issues.c.digest == digest]
        if number is not None:
            wanted.append(issues.c.number == number)
        with self._database.read() as connection:
            rows = connection.execute(
                select(deliveries.c.state, func.count())
                .join(issues, issues.c.id == deliveries.c.issue)
                .where(*wanted)
                .group_by(deliveries.c.state)
            ).all()
        return {DeliveryState(state): number for state, number in rows}

    def _set(self, issue: int, **values: object) -> bool:
        with self._database.write() as connection:
            return connection.execute(update(issues).where(issues.c.id == issue).values(**values)).rowcount > 0


def _close_slot(connection: Connection, digest: str, cadence: str, slot: datetime) -> bool:
    here = (closings.c.digest == digest) & (closings.c.cadence == cadence)
    last = connection.execute(select(closings.c.slot).where(here)).scalar()
    if last is None:
        connection.execute(insert(closings).values(digest=digest, cadence=cadence, slot=slot))
    elif last >= slot:
        return False
    else:
        connection.execute(update(closings).where(here).values(slot=slot))
    return True


def _read(connection: Connection, *wanted: Any, limit: int | None = None) -> list[Issue]:
    rows = connection.execute(select(issues).where(*wanted).order_by(issues.c.number.desc()).limit(limit)).all()
    return [issue_of(row, tuple(frozen(connection, row.id).values())) for row in rows]
