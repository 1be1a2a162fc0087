"""An issue's letters are planned: who gets which, and when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from chaffinch.model import Article, DeliveryState, Issue, Status, Subscription
from chaffinch.store.frozen import frozen, issue_of
from chaffinch.store.missed import NOT_HAD, Missed
from chaffinch.store.schema import articles, deliveries, letter_articles, letters, subscriptions
from chaffinch.store.subscriptions import subscription_of

CHUNK = 500
"""Subscriptions planned in one transaction."""

Due = Callable[[Subscription, Issue], datetime]
"""When a subscriber's letter is to leave."""
Choose = Callable[[Sequence[Article], Subscription, Collection[str]], Sequence[Article]]
"""What of an issue's articles one subscriber reads, given the ids of those they have had."""


def readers(connection: Connection, issue: Any, after: str) -> list[Subscription]:
    """The next subscriptions, by id, that stood when the issue was released and have no delivery of it."""
    has_one = select(deliveries.c.id).where(
        deliveries.c.issue == issue.id, deliveries.c.subscription == subscriptions.c.id
    )
    rows = connection.execute(
        select(subscriptions)
        .where(
            subscriptions.c.id > after,
            subscriptions.c.digest == issue.digest,
            subscriptions.c.cadence == issue.cadence,
            subscriptions.c.status == Status.CONFIRMED.value,
            subscriptions.c.confirmed <= issue.released_at,
            or_(subscriptions.c.paused_until.is_(None), subscriptions.c.paused_until <= issue.released_at),
            ~has_one.exists(),
        )
        .order_by(subscriptions.c.id)
        .limit(CHUNK)
    ).all()
    return [subscription_of(row) for row in rows]


class Planner:
    """Plans the letters of one issue, some readers at a time; what they share is read once."""

    def __init__(self, connection: Connection, issue: Any) -> None:
        """`issue` is the row of an open one; nothing of it changes while its letters are planned."""
        contents = frozen(connection, issue.id)
        self._issue = issue_of(issue, tuple(contents.values()))
        self._rows = {article.id: row for row, article in contents.items()}
        self._missed = Missed(connection, self._issue)
        self._letters: dict[str, int] = {}

    def plan(
        self, connection: Connection, people: Sequence[Subscription], due: Due, choose: Choose, now: datetime
    ) -> int:
        """Write the deliveries of these people, and the letters they share; how many deliveries.

        Who is behind, because of a pause, another cadence or a letter that failed, gets what they missed, too.
        """
        had = had_of(connection, people, self._rows, self._issue.id)
        missed = self._missed.of(connection, people, choose)
        planned = []
        for reader in people:
            chosen = list(choose(self._issue.articles, reader, had.get(reader.id, frozenset())))
            rows = [self._rows[article.id] for article in chosen]
            rows += [row for row in missed.get(reader.id, ()) if row not in set(rows)]
            if rows:
                planned.append(
                    {
                        "issue": self._issue.id,
                        "subscription": reader.id,
                        "letter": self._letter(connection, rows, reader.topics),
                        "state": DeliveryState.QUEUED.value,
                        "due": due(reader, self._issue),
                        "changed": now,
                    }
                )
        if planned:
            connection.execute(insert(deliveries), planned)
        return len(planned)

    def _letter(self, connection: Connection, chosen: Sequence[int], topics: Sequence[str]) -> int:
        """The letter with just these articles for these topics; made when there is none yet."""
        said = json.dumps([sorted(topics), list(chosen)])
        contents = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
        if contents not in self._letters:
            self._letters[contents] = _letter(connection, self._issue.id, contents, chosen, topics)
        return self._letters[contents]


def had_of(
    connection: Connection, people: Sequence[Subscription], rows: Mapping[str, int], issue: int
) -> Mapping[str, set[str]]:
    """Which of the articles (their rows by their ids) these people have had in letters of other issues."""
    held = list(rows.values())
    others = (
        connection.execute(
            select(letters.c.issue)
            .distinct()
            .join(letter_articles, letter_articles.c.letter == letters.c.id)
            .where(letter_articles.c.article.in_(held), letters.c.issue != issue)
        )
        .scalars()
        .all()
    )
    had: dict[str, set[str]] = {}
    if not others:
        return had
    for reader, uri in connection.execute(
        select(deliveries.c.subscription, articles.c.uri)
        .join(letter_articles, letter_articles.c.letter == deliveries.c.letter)
        .join(articles, articles.c.id == letter_articles.c.article)
        .where(
            deliveries.c.issue.in_(others),
            deliveries.c.subscription.in_([reader.id for reader in people]),
            deliveries.c.state.not_in(NOT_HAD),
            letter_articles.c.article.in_(held),
        )
    ):
        had.setdefault(reader, set()).add(uri)
    return had


def _letter(connection: Connection, issue: int, contents: str, chosen: Sequence[int], topics: Sequence[str]) -> int:
    found = connection.execute(
        select(letters.c.id).where(letters.c.issue == issue, letters.c.contents == contents)
    ).scalar()
    if found is not None:
        return int(found)
    values = {"issue": issue, "contents": contents, "topics": sorted(topics)}
    letter = int(connection.execute(insert(letters).values(**values).returning(letters.c.id)).scalar_one())
    connection.execute(
        insert(letter_articles),
        [{"letter": letter, "article": article, "position": place} for place, article in enumerate(chosen)],
    )
    return letter
