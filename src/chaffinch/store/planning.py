"""An issue's letters are planned: who gets which, and when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from chaffinch.model import Article, DeliveryState, Issue, IssueState, Status, Subscription
from chaffinch.store.schema import (
    articles,
    deliveries,
    issue_articles,
    letter_articles,
    letters,
    subscriptions,
)
from chaffinch.store.subscriptions import subscription_of
from chaffinch.store.values import revived

CHUNK = 500
"""Subscriptions planned in one transaction."""

_NOT_HAD = (DeliveryState.FAILED.value, DeliveryState.SKIPPED.value)

Due = Callable[[Subscription, Issue], datetime]
"""When a subscriber's letter is to leave."""
Choose = Callable[[Sequence[Article], Subscription, Collection[str]], Sequence[Article]]
"""What of an issue's articles one subscriber reads, given the ids of those they have had."""


def frozen(connection: Connection, issue: int) -> dict[int, Article]:
    """An issue's articles by their rows, in the letter's order, as they stood; withdrawn ones say so."""
    rows = connection.execute(
        select(issue_articles.c.article, issue_articles.c.frozen, articles.c.hidden)
        .join(articles, articles.c.id == issue_articles.c.article)
        .where(issue_articles.c.issue == issue, ~issue_articles.c.dropped)
        .order_by(issue_articles.c.position)
    ).all()
    return {row.article: revived(Article, {**row.frozen, "hidden": row.hidden}) for row in rows}


def issue_of(row: Any, contents: tuple[Article, ...]) -> Issue:
    """The noun that a row holds."""
    return Issue(
        id=row.id,
        digest=row.digest,
        cadence=row.cadence,
        slot=row.slot,
        number=row.number,
        state=IssueState(row.state),
        closed_at=row.closed_at,
        articles=contents,
        note=row.note,
        released_at=row.released_at,
        release_at=row.release_at,
    )


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


def plan(
    connection: Connection,
    issue: Issue,
    people: Sequence[Subscription],
    due: Due,
    choose: Choose,
    now: datetime,
) -> int:
    """Write the deliveries of these people, and the letters they share; how many deliveries."""
    rows = {article.id: row for row, article in frozen(connection, issue.id).items()}
    had: dict[str, set[str]] = {}
    for reader, uri in connection.execute(
        select(deliveries.c.subscription, articles.c.uri)
        .join(letter_articles, letter_articles.c.letter == deliveries.c.letter)
        .join(articles, articles.c.id == letter_articles.c.article)
        .where(
            deliveries.c.subscription.in_([reader.id for reader in people]),
            deliveries.c.state.not_in(_NOT_HAD),
            letter_articles.c.article.in_(list(rows.values())),
        )
    ):
        had.setdefault(reader, set()).add(uri)
    planned = []
    for reader in people:
        chosen = choose(issue.articles, reader, had.get(reader.id, frozenset()))
        if chosen:
            letter = _letter(connection, issue.id, [rows[article.id] for article in chosen], reader.topics)
            planned.append(
                {
                    "issue": issue.id,
                    "subscription": reader.id,
                    "letter": letter,
                    "state": DeliveryState.QUEUED.value,
                    "due": due(reader, issue),
                    "changed": now,
                }
            )
    if planned:
        connection.execute(insert(deliveries), planned)
    return len(planned)


def _letter(connection: Connection, issue: int, chosen: Sequence[int], topics: Sequence[str]) -> int:
    """The letter with just these articles for these topics; made when there is none yet."""
    said = json.dumps([sorted(topics), list(chosen)])
    contents = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
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
