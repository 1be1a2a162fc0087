"""Digests become issues, issues become letters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from itertools import islice

from chaffinch.errors import ConfigError, InputError, StoreError
from chaffinch.mailing import letter, message
from chaffinch.mailing.cadence import next_slot, parse
from chaffinch.mailing.delivery import OLDEST, Delivered, deliver, due_at
from chaffinch.mailing.digest import compose, due, release_at, state_at_closing, topical
from chaffinch.mailing.letter import Rendered
from chaffinch.mailing.lint import Finding, lint
from chaffinch.mailing.pace import quiet_until
from chaffinch.mailing.scribe import Scribe
from chaffinch.mailing.subscriptions import normalised
from chaffinch.model import Article, DeliveryState, Digest, Issue, IssueState, Letter, Status, Subscription
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.transports import connections_of, letterhead_of, stays_here, transport_of, where_of
from chaffinch.publish.membership import holds
from chaffinch.store.deliveries import Doubt

log = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
OVERLAP = timedelta(days=1)
"""An article that was being written while an issue closed is looked for again; what issues held is left out anyway."""
LOOKED_AT = 500
"""Articles looked at for one issue, at most."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter that would go out now."""

    issue: Issue
    rendered: Rendered
    message: bytes


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter that would leave."""

    closes: datetime
    cadence: str
    leaves: datetime
    reader: Subscription


class Post:
    """The verbs of issues and their letters. Each may be called twice, or after a crash."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def digest(self, slug: str) -> Digest:
        """The digest of this name. Raises ConfigError when there is none."""
        found = next((digest for digest in self._parts.config.digests if digest.slug == slug), None)
        if found is None:
            raise ConfigError(f'no digest has the slug "{slug}"; `chaffinch status` lists them')
        return found

    def due(self, now: datetime) -> Iterator[str]:
        """The digests that have an issue to close."""
        for digest in self._parts.config.digests:
            if any(self._due_slot(digest, cadence, now) for cadence in digest.cadences):
                yield digest.slug

    def next_closings(self) -> Mapping[str, datetime]:
        """When each digest closes its next issue."""
        now = self._parts.clock()
        return {
            digest.slug: min(next_slot(parse(cadence), digest.timezone, now) for cadence in digest.cadences)
            for digest in self._parts.config.digests
        }

    def with_due_letters(self, now: datetime) -> Sequence[int]:
        """The open issues, of digests that the config still has, with letters to send now."""
        due_now = self._parts.issues.with_due_deliveries(now)
        known = {digest.slug for digest in self._parts.config.digests}
        return [issue for issue in due_now if self._read(issue).digest in known]

    def close(self, slug: str) -> Sequence[Issue]:
        """Close what is due of a digest; a slot that was closed before is not closed again."""
        digest, now = self.digest(slug), self._parts.clock()
        closed = []
        for cadence in digest.cadences:
            slot = self._due_slot(digest, cadence, now)
            if slot is not None:
                issue = self._close(digest, cadence, slot, now)
                closed += [issue] if issue else []
        return closed

    def close_now(self, slug: str) -> Sequence[Issue]:
        """Close what waits, whatever the hour, and release it: the owner asked for it."""
        digest, now = self.digest(slug), self._parts.clock()
        closed = []
        for cadence in digest.cadences:
            issue = self._close(digest, cadence, now, now, IssueState.OPEN)
            closed += [issue] if issue else []
        return closed

    def release(self, slug: str) -> Issue:
        """Release the oldest issue that is held. Raises InputError when none is."""
        return self.release_issue(self.held(slug).id)

    def release_issue(self, issue_id: int) -> Issue:
        """Release an issue that is held; released before, it stays so. Raises StoreError when it is not there."""
        issue = self._read(issue_id)
        if issue.state is not IssueState.HELD:
            return issue
        self._parts.issues.release(issue.id, self._parts.clock())
        self._parts.problems.over(f"digest {issue.digest}")
        return self._enqueue(self._read(issue.id))

    def pin(self, slug: str, article: Article) -> Issue:
        """Put an article first in the oldest issue that is held. Raises InputError when it is not in it."""
        return self._place(slug, article, self._parts.issues.pin)

    def drop(self, slug: str, article: Article) -> Issue:
        """Take an article out of the oldest issue that is held, and of every later one. Raises InputError likewise."""
        return self._place(slug, article, self._parts.issues.drop)

    def _place(self, slug: str, article: Article, place: Callable[[int, str], bool]) -> Issue:
        issue = self.held(slug)
        if not place(issue.id, article.id):
            raise InputError(f"digest {slug}: No. {issue.number} does not hold {article.title!r}")
        return self._read(issue.id)

    def simulate(self, slug: str, begin: datetime, end: datetime) -> Iterator[Leaving]:
        """Who would get a letter between two moments, if there were something new each time; by when it leaves."""
        digest = self.digest(slug)
        readers = list(self._parts.subscriptions.list(slug, status=Status.CONFIRMED))
        for cadence in digest.cadences:
            wanted, slot = parse(cadence), begin - timedelta(microseconds=1)
            while (slot := next_slot(wanted, digest.timezone, slot)) <= end:
                for reader in readers:
                    if reader.cadence == cadence and not (reader.paused_until and reader.paused_until > slot):
                        yield Leaving(slot, cadence, due_at(reader, digest, slot), reader)

    def skip(self, slug: str) -> Issue:
        """Never send the oldest issue that is held. Raises InputError when none is."""
        issue = self.held(slug)
        self._parts.issues.skip(issue.id)
        self._parts.problems.over(f"digest {slug}")
        return self._read(issue.id)

    def annotate(self, slug: str, note: str) -> Issue:
        """Put the owner's words at the head of the oldest issue that is held. Raises InputError when none is."""
        issue = self.held(slug)
        self._parts.issues.annotate(issue.id, note)
        return self._read(issue.id)

    def doubtful(self) -> Sequence[Doubt]:
        """The letters of which nobody knows whether they arrived, oldest first."""
        return self._parts.deliveries.doubtful()

    def resolve(self, number: int, *, arrived: bool) -> None:
        """Settle one of them as the owner found out. Raises InputError when its number is none of theirs."""
        if not self._parts.deliveries.resolve(number, arrived, self._parts.clock()):
            raise InputError(f"{number}: no letter of this number is in doubt; `chaffinch digest resolve` lists them")

    def held(self, slug: str) -> Issue:
        """The oldest issue that waits for the owner. Raises InputError when none does."""
        held = self._parts.issues.list(self.digest(slug).slug, state=IssueState.HELD)
        if not held:
            raise InputError(f"digest {slug}: no issue is held; `chaffinch digest list {slug}` shows them all")
        return held[-1]

    def deliver(self, issue_id: int) -> Delivered:
        """Send the letters of an issue that are due. What goes wrong is noted under the digest."""
        parts = self._parts
        issue = self._enqueue(self._read(issue_id))
        digest, subject = self.digest(issue.digest), f"digest {issue.digest}"
        mail, now = parts.config.mail, parts.clock()
        if issue.state is IssueState.OPEN and now - (issue.released_at or issue.closed_at) > OLDEST:
            parts.issues.hold(issue.id)
            old = f"No. {issue.number} was released long ago: `digest approve` sends its rest, `digest skip` drops it"
            parts.problems.note(subject, old, now)
            return Delivered(problem=old)
        if quiet_until(mail.quiet, digest.timezone, now):
            return Delivered()
        left = None if mail.per_hour is None else mail.per_hour - parts.deliveries.left_since(now - _HOUR)
        if left is not None and left <= 0:
            return Delivered()
        head = letterhead_of(parts)
        transports = [transport_of(parts) for _ in range(connections_of(parts.config.mail))]
        try:
            local = stays_here(parts.config.mail)
            scribe = Scribe(head, digest, parts.config.press, parts.templates, self.titles(), parts.clock, local)
            stop = parts.stopping.is_set
            done = deliver(
                issue, parts.deliveries, transports, scribe, parts.clock, stop, domains=parts.domains, at_most=left
            )
        finally:
            for transport in transports:
                transport.close()
        states = parts.issues.letters(digest.slug, issue.number)
        unknown = states.get(DeliveryState.UNKNOWN, 0)
        wrong = bool(done.problem or done.troubles)
        if wrong:
            parts.problems.note(subject, f"No. {issue.number}: {told(done)}", parts.clock())
        elif unknown:
            said = f"No. {issue.number}: nobody knows whether {unknown} of its letters arrived"
            parts.problems.note(subject, said, parts.clock())
        else:
            parts.problems.over(subject)
        if wrong or done.counts:
            log.log(logging.WARNING if wrong else logging.INFO, "%s No. %d: %s", subject, issue.number, told(done))
        return done

    def waiting(self, slug: str) -> Sequence[int]:
        """The open issues of a digest with letters to send now."""
        digest = self.digest(slug)
        found = self._parts.issues.with_due_deliveries(self._parts.clock())
        return [issue for issue in found if self._read(issue).digest == digest.slug]

    def preview(self, slug: str, to: str | None = None) -> Preview:
        """The letter that would go out now, or the last one when nothing new waits; nothing is closed.

        Raises InputError when there is no article at all, TemplateError.
        """
        parts, digest, now = self._parts, self.digest(slug), self._parts.clock()
        cadence = digest.cadences[0]
        held = parts.issues.list(slug, state=IssueState.HELD)
        fresh = () if held else self._contents(digest, cadence, opening=True)
        shown = held[-1] if held else None if fresh else parts.issues.latest(slug)
        contents = shown.articles if shown else fresh
        if not contents:
            raise InputError(f"digest {slug}: there is no article for its letter yet")
        number = shown.number if shown else parts.issues.count(slug) + 1
        note = shown.note if shown else ""
        issue = Issue(0, slug, cadence, now, number, IssueState.HELD, now, tuple(contents), note)
        rendered = letter.render(
            Letter(issue, issue.articles), digest, parts.config.press, parts.templates, parts.secret, self.titles()
        )
        reader = normalised(to) if to else next(iter(digest.recipients), "you@example.org")
        plate = message.set_plate(letterhead_of(parts), digest, f"preview-{int(now.timestamp())}", rendered)
        addressed = message.address(plate, Subscription("preview", reader, slug, cadence), now)
        return Preview(issue, _without_gaps(rendered), addressed.content)

    def lint(self, slug: str) -> Sequence[Finding]:
        """What is wrong with the letter that would go out now. Raises InputError when there is no article for it."""
        parts = self._parts
        return lint(self.preview(slug).message, parts.clock(), local=stays_here(parts.config.mail))

    def test(self, slug: str, to: str) -> str:
        """Send that letter to one address; where it went. Raises InputError, MailError, TemplateError."""
        shown = self.preview(slug, to)
        transport = transport_of(self._parts)
        try:
            transport.send(shown.message, letterhead_of(self._parts).sender.addr_spec, normalised(to), lambda: None)
        finally:
            transport.close()
        return where_of(self._parts)

    def few_words(self, to: str) -> str:
        """Send a short message to one address, signed like any letter; where it went. Raises InputError, MailError."""
        parts, now, reader = self._parts, self._parts.clock(), normalised(to)
        title = parts.config.press.title
        said = f"This is a test of {title}. If you can read it, letters leave; look at its headers for what was signed."
        head_of_page = f"<title>{escape(title)}</title>"
        page = f'<!DOCTYPE html><html lang="en"><head>{head_of_page}</head><body>{escape(said)}</body></html>'
        drawn = Rendered(f"A test of {title}", page, said, {})
        head = letterhead_of(parts)
        plate = message.set_plate(head, Digest("test", title, (), ()), f"test-{int(now.timestamp())}", drawn)
        written = message.address(plate, Subscription("test", reader, "test", ""), now)
        transport = transport_of(parts)
        try:
            transport.send(written.content, head.sender.addr_spec, reader, lambda: None)
        finally:
            transport.close()
        return where_of(parts)

    def _read(self, issue_id: int) -> Issue:
        issue = self._parts.issues.by_id(issue_id)
        if issue is None:
            raise StoreError(f"issue {issue_id} is not there any more")
        return issue

    def _due_slot(self, digest: Digest, cadence: str, now: datetime) -> datetime | None:
        slot = due(digest, cadence, self._parts.issues.closed(digest.slug, cadence), now)
        if slot is not None and self._opening(digest) and not self._everything_visited():
            return None
        return slot

    def _opening(self, digest: Digest) -> bool:
        """Whether this would be the very first issue of a press that sends nothing: it opens with what is there."""
        return self._parts.config.mail.transport == "folder" and not self._parts.issues.count(digest.slug)

    def _everything_visited(self) -> bool:
        paused = {source.slug for source in self._parts.config.sources if source.paused}
        return all(health.visited_at or health.slug in paused for health in self._parts.sources.health())

    def _close(
        self, digest: Digest, cadence: str, slot: datetime, now: datetime, state: IssueState | None = None
    ) -> Issue | None:
        issues, opening = self._parts.issues, self._opening(digest)
        contents = self._contents(digest, cadence, opening=opening)
        if opening and not contents:
            return None  # the slot stays open: the first issue comes as soon as there is something to read
        first = not issues.count(digest.slug)
        transport = self._parts.config.mail.transport
        state = state or state_at_closing(digest, first=first, transport=transport)
        at = release_at(digest, now, first=first, transport=transport)
        issue = issues.close(digest.slug, cadence, slot, contents, state, now, at)
        if issue is None:
            return None
        log.info("digest %s: closed No. %d with %d articles", digest.slug, issue.number, len(issue.articles))
        if issue.state is IssueState.HELD:
            waits = f"No. {issue.number} waits: `chaffinch digest preview {digest.slug}`, then `digest approve`"
            self._parts.problems.note(f"digest {digest.slug}", waits, now)
            return issue
        return self._enqueue(issue)

    def _contents(self, digest: Digest, cadence: str, *, opening: bool) -> tuple[Article, ...]:
        """What the next issue holds: new since the last issue of this cadence, and in none of them."""
        parts = self._parts
        before = next((i for i in parts.issues.list(digest.slug) if i.cadence == cadence), None)
        feeds = [feed for feed in parts.config.feeds if not digest.feeds or feed.slug in digest.feeds]
        held: Iterable[Article] = parts.articles.newest()
        if before is not None:
            held = parts.articles.since(before.closed_at - OVERLAP, backfilled=False)
        candidates = (article for article in held if any(parts.is_entry(feed, article) for feed in feeds))
        already = parts.issues.already(digest.slug, cadence)
        return compose(digest, islice(candidates, LOOKED_AT), already, opening=opening and before is None)

    def _enqueue(self, issue: Issue) -> Issue:
        digest = self.digest(issue.digest)

        def leaves(reader: Subscription, opened: Issue) -> datetime:
            return due_at(reader, digest, opened.released_at or opened.closed_at)

        self._parts.issues.enqueue(issue, leaves, self._choose, self._parts.clock())
        return issue

    def _choose(self, articles: Sequence[Article], reader: Subscription, had: Collection[str]) -> Sequence[Article]:
        if not reader.topics:
            return topical(articles, had, None)
        feeds = [feed for feed in self._parts.config.feeds if feed.slug in reader.topics]
        return topical(articles, had, {a.id for a in articles if any(holds(feed, a) for feed in feeds)})

    def titles(self) -> Mapping[str, str]:
        """What the sources are called, by slug."""
        return {health.slug: health.title or health.slug for health in self._parts.sources.health()}


def _without_gaps(rendered: Rendered) -> Rendered:
    """For eyes only: where each reader's own token would stand, a word that leads nowhere."""
    html, text = rendered.html, rendered.text
    for gap in rendered.gaps.values():
        html, text = html.replace(gap, "preview"), text.replace(gap, "preview")
    return replace(rendered, html=html, text=text)


def told(done: Delivered) -> str:
    """How the letters went, in one line."""
    wrong = done.problem or "".join(done.troubles[:1])
    more = len(done.troubles) - (0 if done.problem else 1)
    nothing = "none sent" if wrong else "no letter was due"
    said = ", ".join(f"{number} {state}" for state, number in done.counts.items()) or nothing
    return f"{said}; {wrong}" + (f" (and {more} more)" if more > 0 else "") if wrong else said
