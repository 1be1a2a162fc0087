"""A closed issue waits for the owner, who is sent a preview and says yes or no."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from chaffinch.errors import MailError
from chaffinch.killpoints import passing
from chaffinch.mailing import letter, lint, message, tokens
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Issue, IssueState, Letter, Subscription
from chaffinch.newsroom.editing import skip_issue
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.post import Post
from chaffinch.newsroom.transports import letterhead_of, stays_here, transport_of
from chaffinch.ports import Task

log = logging.getLogger(__name__)


class Holding:
    """The verbs of issues that are held. Each may be called twice."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def due(self) -> Iterator[Task]:
        """Previews to be mailed, issues whose owner has had time enough."""
        known = {digest.slug for digest in self._parts.config.digests}
        for verb, ids in (
            ("show", self._parts.issues.unshown() if self._parts.config.press.contact else ()),
            ("release", self._parts.issues.overdue(self._parts.clock())),
        ):
            for number in ids:
                issue = self._parts.issues.by_id(number)
                if issue is not None and issue.digest in known:
                    yield Task(verb, str(number))

    def show(self, issue_id: int) -> None:
        """Mail the preview to the owner, once. Raises MailError; then it is still to be mailed. TemplateError."""
        parts, post, now = self._parts, Post(self._parts), self._parts.clock()
        issue, contact = parts.issues.by_id(issue_id), parts.config.press.contact
        if issue is None or issue.state is not IssueState.HELD or not contact:
            return
        digest, press = post.digest(issue.digest), parts.config.press
        url = f"{press.base_url}/desk/{tokens.mint(parts.secret, Purpose.DESK, str(issue.id))}"
        shown = Letter(issue, issue.articles)
        rendered = letter.render(shown, digest, press, parts.templates, parts.secret, post.titles(), url)
        head = letterhead_of(parts)
        plate = message.set_plate(head, digest, f"preview-{issue.number}", rendered)
        written = message.address(plate, Subscription(tokens.NOBODY, contact, digest.slug, issue.cadence), now)
        lint.judge(written.content, now, local=stays_here(parts.config.mail))
        if not parts.issues.showing(issue.id, now):
            return
        passing("shown")
        transport = transport_of(parts)
        try:
            transport.send(written.content, head.sender.addr_spec, contact, lambda: None)
        except MailError:
            parts.issues.not_shown(issue.id)
            raise
        finally:
            transport.close()
        log.info("digest %s: mailed the preview of No. %d", digest.slug, issue.number)

    def bearer(self, token: str) -> Issue | None:
        """The issue that the owner's link is about."""
        named = tokens.read(self._parts.secret, Purpose.DESK, token)
        return self._parts.issues.by_id(int(named)) if named and named.isdecimal() else None

    def decide(self, token: str, *, approve: bool) -> Issue | None:
        """The owner's word; a second one changes nothing."""
        issue = self.bearer(token)
        if issue is None or issue.state is not IssueState.HELD:
            return issue
        if approve:
            return Post(self._parts).release_issue(issue.id)
        return skip_issue(self._parts, issue)
