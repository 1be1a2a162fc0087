"""Digests become issues, issues become letters: every verb of theirs in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from chaffinch.errors import InputError
from chaffinch.mailing.delivery import Delivered
from chaffinch.mailing.lint import Finding
from chaffinch.mailing.maillog import taken
from chaffinch.model import Article, Digest, Issue
from chaffinch.newsroom import closing, editing, foretelling, named, sending, specimen
from chaffinch.newsroom.foretelling import Leaving
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.specimen import Preview
from chaffinch.store.doubts import Doubt

__all__ = ["Leaving", "Post", "Preview"]


class Post:
    """The verbs of issues and their letters. Each may be called twice, or after a crash."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def digest(self, slug: str) -> Digest:
        """See `named.digest_of`."""
        return named.digest_of(self._parts, slug)

    def titles(self) -> Mapping[str, str]:
        """See `named.titles_of`."""
        return named.titles_of(self._parts)

    def held(self, slug: str) -> Issue:
        """See `named.held_of`."""
        return named.held_of(self._parts, slug)

    def due(self, now: datetime) -> Iterator[str]:
        """See `closing.due_digests`."""
        return closing.due_digests(self._parts, now)

    def next_closings(self) -> Mapping[str, datetime]:
        """See `closing.next_closings`."""
        return closing.next_closings(self._parts)

    def close(self, slug: str) -> Sequence[Issue]:
        """See `closing.close`."""
        return closing.close(self._parts, slug)

    def close_now(self, slug: str) -> Sequence[Issue]:
        """See `closing.close_now`."""
        return closing.close_now(self._parts, slug)

    def release(self, slug: str) -> Issue:
        """See `editing.release`."""
        return editing.release(self._parts, slug)

    def release_issue(self, issue_id: int) -> Issue:
        """See `editing.release_issue`."""
        return editing.release_issue(self._parts, issue_id)

    def skip(self, slug: str) -> Issue:
        """See `editing.skip`."""
        return editing.skip(self._parts, slug)

    def annotate(self, slug: str, note: str) -> Issue:
        """See `editing.annotate`."""
        return editing.annotate(self._parts, slug, note)

    def pin(self, slug: str, article: Article) -> Issue:
        """See `editing.pin`."""
        return editing.pin(self._parts, slug, article)

    def drop(self, slug: str, article: Article) -> Issue:
        """See `editing.drop`."""
        return editing.drop(self._parts, slug, article)

    def with_due_letters(self, now: datetime) -> Sequence[int]:
        """See `sending.with_due_letters`."""
        return sending.with_due_letters(self._parts, now)

    def waiting(self, slug: str) -> Sequence[int]:
        """See `sending.waiting`."""
        return sending.waiting(self._parts, slug)

    def deliver(self, issue_id: int, *, at_once: bool = False) -> Delivered:
        """See `sending.send_due`."""
        return sending.send_due(self._parts, issue_id, at_once=at_once)

    def preview(self, slug: str, to: str | None = None) -> Preview:
        """See `specimen.preview`."""
        return specimen.preview(self._parts, slug, to)

    def lint(self, slug: str) -> Sequence[Finding]:
        """See `specimen.lint`."""
        return specimen.lint(self._parts, slug)

    def test(self, slug: str, to: str) -> str:
        """See `specimen.send_test`."""
        return specimen.send_test(self._parts, slug, to)

    def few_words(self, to: str) -> str:
        """See `specimen.few_words`."""
        return specimen.few_words(self._parts, to)

    def simulate(self, slug: str, begin: datetime, end: datetime) -> Iterator[Leaving]:
        """See `foretelling.simulate`."""
        return foretelling.simulate(self._parts, slug, begin, end)

    def doubtful(self) -> Iterator[Doubt]:
        """The letters of which nobody knows whether they arrived."""
        return self._parts.doubts.list()

    def resolve(self, which: str, *, arrived: bool) -> None:
        """Settle one, by its number or Message-ID, as the owner found out. Raises InputError when it is no such."""
        doubts = self._parts.doubts
        number = int(which) if which.isdecimal() else doubts.number_of(f"<{which.strip('<>')}>")
        if number is None or not doubts.resolve(number, arrived, self._parts.clock()):
            raise InputError(f"{which}: no such letter is in doubt; `chaffinch digest resolve` lists them")

    def resolve_by_log(self, lines: Iterable[str]) -> tuple[int, int]:
        """Settle those that a mail server's log says it took; how many, and how many are still in doubt."""
        numbers = {doubt.message_id: doubt.number for doubt in self._parts.doubts.list() if doubt.message_id}
        found = taken(lines, numbers)
        for name in found:
            self._parts.doubts.resolve(numbers[name], True, self._parts.clock())
        return len(found), len(numbers) - len(found)
