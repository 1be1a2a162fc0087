"""What the web may ask of the press, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from chaffinch.config import Config
from chaffinch.errors import StoreError
from chaffinch.mailing import tokens
from chaffinch.mailing.bounces import Bounce, Kind
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Article, Feed, Figure, Headline, Issue, IssueState, Problem, Standing, Subscription
from chaffinch.newsroom.figures import figures_of
from chaffinch.newsroom.holding import Holding
from chaffinch.newsroom.moving import Moving
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.post import Post
from chaffinch.newsroom.returns import Returns
from chaffinch.newsroom.signups import SignUps
from chaffinch.newsroom.state import state_of
from chaffinch.pages import Templates
from chaffinch.ports import Change, Preferences, Task, TokenPurpose
from chaffinch.publish.membership import holds
from chaffinch.store.counts import Counts
from chaffinch.store.headlines import Headlines

_AT_ONCE = 3
"""Letters that a request hints at; the next sweep finds the others."""


class Front:
    """The FrontDesk of the ports. It asks for the parts anew each time, for a reload may have changed them."""

    def __init__(self, parts: Callable[[], Parts], hint: Callable[[Task], object]) -> None:
        self._parts, self._hint = parts, hint

    @property
    def config(self) -> Config:
        """The config in force."""
        return self._parts().config

    @property
    def templates(self) -> Templates:
        """The templates in force."""
        return self._parts().templates

    @property
    def secret(self) -> bytes:
        """What tokens and forms are sealed with."""
        return self._parts().secret

    def now(self) -> datetime:
        """The press's clock."""
        return self._parts().clock()

    def article(self, key: str) -> Article | None:
        """The article of this key, hidden or not; none that stands in private feeds only."""
        parts = self._parts()
        found = parts.articles.get(key)
        return None if found is None or self._is_private(parts, found) else parts.without_private_copies(found)

    def private_feed(self, token: str) -> Feed | None:
        """The private feed that a token opens."""
        parts = self._parts()
        slug = parts.feed_tokens.feed_of(token)
        return next((feed for feed in parts.config.feeds if feed.private and feed.slug == slug), None)

    def private_article(self, token: str, key: str) -> Article | None:
        """The article of this key, for who has a token: one of its feed, or one for everybody."""
        parts, feed = self._parts(), self.private_feed(token)
        if feed is None or feed.retired:
            return None
        found = parts.articles.get(key)
        return found if found and holds(feed, replace(found, hidden=False)) else self.article(key)

    def private_folder(self) -> Path:
        """Where private feeds' documents are."""
        return self._parts().config.press.data_dir / "private"

    def newest(self, feed: str, limit: int) -> Sequence[Article]:
        """A feed's last articles, as its documents hold them: a page that is asked for looks through nothing."""
        parts = self._parts()
        named = next((each for each in parts.config.feeds if each.slug == feed), None)
        if named is None:
            return ()
        return parts.articles.heads(named.slug, limit)

    def search(self, words: str, limit: int) -> Sequence[Article]:
        """Published articles that hold all of the words."""
        parts = self._parts()
        found = parts.search.find(words, limit)
        return [one for one in found if parts.feeds_of(one) and not self._is_private(parts, one)]

    def _is_private(self, parts: Parts, article: Article) -> bool:
        private = {feed.slug for feed in parts.config.feeds if feed.private}
        holding = set(parts.feeds_of(replace(article, hidden=False))) if private else set()
        return bool(holding) and holding <= private

    def issues(self, digest: str, limit: int) -> Sequence[Issue]:
        """A digest's released issues."""
        return self._parts().issues.list(digest, limit=limit, state=IssueState.OPEN)

    def headlines(self, digest: str, limit: int, before: int | None) -> Sequence[Headline]:
        """A digest's released issues in a line each."""
        return Headlines(self._parts().database).released(digest, limit, before)

    def issue(self, digest: str, number: int) -> Issue | None:
        """A released issue, without what was withdrawn since."""
        found = self._parts().issues.get(digest, number)
        if found is None or found.state is not IssueState.OPEN:
            return None
        return replace(found, articles=tuple(article for article in found.articles if not article.hidden))

    def subscribe(self, digest: str, address: str, cadence: str, evidence: Mapping[str, str]) -> None:
        """See `SignUps.subscribe`; the confirm letter is sent later, so that the answer takes the same time."""
        wanted = Post(self._parts()).digest(digest)
        if asked := SignUps(self._parts()).subscribe(wanted, address, evidence, cadence):
            self._hint(Task("ask", asked))

    def subscription(self, token: str, purpose: TokenPurpose) -> Subscription | None:
        """Whose token it is."""
        held = SignUps(self._parts()).bearer(token, Purpose(purpose))
        return Moving(self._parts()).standing_in(token) if held is None and purpose == "unsubscribe" else held

    def confirm(self, token: str, evidence: Mapping[str, str]) -> Subscription | None:
        """See `SignUps.confirm`; a welcome letter follows."""
        confirmed = SignUps(self._parts()).confirm(token, evidence)
        self._hint_notes()
        return confirmed

    def move(self, token: str, address: str, evidence: Mapping[str, str]) -> bool:
        """See `Moving.ask`; the letter to the new address is sent later, so that the answer takes the same time."""
        known = Moving(self._parts()).ask(token, address, evidence)
        self._hint_notes()
        return known

    def change(self, token: str) -> Change | None:
        """See `Moving.change`."""
        return Moving(self._parts()).change(token)

    def settle(self, token: str, evidence: Mapping[str, str]) -> Change | None:
        """See `Moving.settle`; the old address is told."""
        settled = Moving(self._parts()).settle(token, evidence)
        self._hint_notes()
        return settled

    def _hint_notes(self) -> None:
        for number in self._parts().notes.waiting()[-_AT_ONCE:]:
            self._hint(Task("note", str(number)))

    def prefer(self, token: str, wanted: Preferences) -> Subscription | None:
        """See `SignUps.prefer`."""
        return SignUps(self._parts()).prefer(token, wanted)

    def erase(self, token: str) -> bool:
        """See `SignUps.erase`."""
        return SignUps(self._parts()).erase(token)

    def end(self, token: str, *, page: bool = False) -> Subscription | None:
        """See `SignUps.end`."""
        ended = SignUps(self._parts()).end(token, page=page)
        self._hint_notes()
        return ended

    def held_issue(self, token: str) -> Issue | None:
        """See `Holding.bearer`."""
        return Holding(self._parts()).bearer(token)

    def decide(self, token: str, *, approve: bool) -> Issue | None:
        """See `Holding.decide`."""
        return Holding(self._parts()).decide(token, approve=approve)

    def bounced(self, token: str, kind: str, why: str, body: bytes, signature: str) -> bool | None:
        """See `ports.SignUps`."""
        returns, parts = Returns(self._parts()), self._parts()
        if not returns.trusted(body, signature):
            return None
        subscription = tokens.read(parts.secret, Purpose.BOUNCE, token)
        return bool(subscription and returns.take(Bounce(subscription, why, Kind(kind))))

    def ready(self) -> Sequence[str]:
        """Whether the database answers, the feeds folder is there, and nobody asked us to stop."""
        parts = self._parts()
        problems = ["it is being stopped"] if parts.stopping.is_set() else []
        try:
            Counts(parts.database).unbuilt()
        except StoreError as error:
            problems.append(str(error))
        if not parts.config.press.feeds_dir.is_dir():
            problems.append("no feed was published yet")
        return problems

    def cautions(self) -> Sequence[str]:
        """Why not all is done though it serves: a disk is nearly full, what others have published is not shown here."""
        behind = self._parts().mirror.behind
        return [*self._parts().shortages(), *([f"not up to date: {behind}"] if behind else [])]

    def standings(self) -> Sequence[Standing]:
        """How each source, feed and digest is."""
        state = state_of(self._parts())
        sources = [
            Standing(
                f"source {s.slug}",
                f"{s.kept} articles, {s.passed} pages without one, {s.failed} failed, {s.waiting} waiting; "
                f"visited {_moment(s.visited_at)}, next {_moment(s.next_at)}",
                not s.problem,
            )
            for s in state.sources
        ]
        feeds = [
            Standing(f"feed {f.slug}", f"written {_moment(f.written)}", f.written is not None) for f in state.feeds
        ]
        digests = [
            Standing(
                f"digest {d.slug}",
                f"{d.subscribers} subscribers, {d.issues} issues, next {_moment(d.next_at)}; letters: "
                + (", ".join(f"{number} {name}" for name, number in d.letters.items()) or "none"),
                not {"failed", "unknown"} & set(d.letters),
            )
            for d in state.digests
        ]
        return [*sources, *feeds, *digests]

    def problems(self) -> Sequence[Problem]:
        """What is wrong now."""
        return state_of(self._parts()).problems

    def figures(self) -> Iterable[Figure]:
        """See `figures_of`."""
        return figures_of(self._parts())


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "never"
