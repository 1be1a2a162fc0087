"""An open issue's letters are planned, then sent when they are due."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from chaffinch.killpoints import passing
from chaffinch.mailing.delivery import OLDEST, Delivered, deliver
from chaffinch.mailing.digest import topical
from chaffinch.mailing.hours import leaves_at
from chaffinch.mailing.pace import quiet_until
from chaffinch.mailing.scribe import Scribe
from chaffinch.model import Article, DeliveryState, Issue, IssueState, Subscription
from chaffinch.newsroom.named import digest_of, doubts_of, issue_of, letters_of, titles_of, waits
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.transports import connections_of, gate_of, letterhead_of, pace_of, stays_here, transport_of
from chaffinch.publish.membership import holds
from chaffinch.store.providers import ALL

log = logging.getLogger(__name__)


def with_due_letters(parts: Parts, now: datetime) -> Sequence[int]:
    """The open issues, of digests that the config still has, with letters to send now."""
    known = {digest.slug for digest in parts.config.digests}
    return [issue for issue in parts.issues.with_due_deliveries(now) if issue_of(parts, issue).digest in known]


def waiting(parts: Parts, slug: str) -> Sequence[int]:
    """The open issues of a digest with letters to send now."""
    digest = digest_of(parts, slug)
    found = parts.issues.with_due_deliveries(parts.clock())
    return [issue for issue in found if issue_of(parts, issue).digest == digest.slug]


def enqueue(parts: Parts, issue: Issue) -> Issue:
    """Plan an open issue's letters; planned before, nothing happens."""
    digest = digest_of(parts, issue.digest)

    def leaves(reader: Subscription, opened: Issue) -> datetime:
        return leaves_at(reader, digest, opened)

    def choose(articles: Sequence[Article], reader: Subscription, had: Collection[str]) -> Sequence[Article]:
        return _choose(parts, articles, reader, had)

    if parts.issues.enqueue(issue, leaves, choose, parts.clock()):
        passing("planned")
    return issue


def send_due(parts: Parts, issue_id: int, *, at_once: bool = False) -> Delivered:
    """Send the letters of an issue that are due. What goes wrong is noted under the digest.

    A server that was away a moment ago is tried again after a while, `at_once` when the owner asks.
    """
    issue = enqueue(parts, issue_of(parts, issue_id))
    digest = digest_of(parts, issue.digest)
    mail, now = parts.config.mail, parts.clock()
    if issue.state is IssueState.OPEN and now - (issue.released_at or issue.closed_at) > OLDEST:
        parts.issues.hold(issue.id)
        old = "it was released long ago: `digest approve` sends its rest, `digest skip` drops it"
        parts.problems.note(waits(issue), old, now)
        return Delivered(problem=old)
    if quiet_until(mail.quiet, digest.timezone, now):
        return Delivered()
    gate = gate_of(parts)
    if gate.away_until(now):
        if not at_once:
            return Delivered()
        gate.well(ALL)
    head = letterhead_of(parts)
    pace = pace_of(parts)
    transports = [transport_of(parts, pace) for _ in range(connections_of(mail))]
    try:
        local = stays_here(mail)
        scribe = Scribe(head, digest, parts.config.press, parts.templates, titles_of(parts), parts.clock, local)
        done = deliver(issue, parts.deliveries, transports, scribe, parts.clock, parts.stopping.is_set, gate)
    finally:
        for transport in transports:
            transport.close()
    _note(parts, issue, done)
    return done


def told(done: Delivered) -> str:
    """How the letters went, in one line."""
    wrong = done.problem or "".join(done.troubles[:1])
    more = len(done.troubles) - (0 if done.problem else 1)
    nothing = "none sent" if wrong else "no letter was due"
    said = ", ".join(f"{number} {state}" for state, number in done.counts.items()) or nothing
    return f"{said}; {wrong}" + (f" (and {more} more)" if more > 0 else "") if wrong else said


def _note(parts: Parts, issue: Issue, done: Delivered) -> None:
    unknown = parts.issues.letters(issue.digest, issue.number).get(DeliveryState.UNKNOWN, 0)
    wrong = bool(done.problem or done.troubles)
    if wrong:
        parts.problems.note(letters_of(issue), told(done), parts.clock())
    else:
        parts.problems.over(letters_of(issue))
    if unknown:
        said = f"nobody knows whether {unknown} of them arrived: `chaffinch digest resolve` lists them"
        parts.problems.note(doubts_of(issue), said, parts.clock())
    else:
        parts.problems.over(doubts_of(issue))
    if wrong or done.counts:
        level = logging.WARNING if wrong else logging.INFO
        log.log(level, "digest %s No. %d: %s", issue.digest, issue.number, told(done))


def _choose(parts: Parts, articles: Sequence[Article], reader: Subscription, had: Collection[str]) -> Sequence[Article]:
    if not reader.topics:
        return topical(articles, had, None)
    feeds = [feed for feed in parts.config.feeds if feed.slug in reader.topics]
    return topical(articles, had, {a.id for a in articles if any(holds(feed, a) for feed in feeds)})
