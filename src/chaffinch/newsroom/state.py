"""How the press is, as one value: what `status` shows on the terminal and on the web."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from chaffinch.fetch.condition import SAID
from chaffinch.fetch.polling import NEVER
from chaffinch.model import DeliveryState, Issue, Problem
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.post import Post
from chaffinch.publish.files import ours
from chaffinch.store.sources import Health


@dataclass(frozen=True, slots=True)
class FeedState:
    """One feed's files."""

    slug: str
    file: Path
    written: datetime | None


@dataclass(frozen=True, slots=True)
class DigestState:
    """One digest's issues and letters."""

    slug: str
    subscribers: int
    issues: int
    last: Issue | None
    next_at: datetime | None
    letters: Mapping[DeliveryState, int]
    """Deliveries of all its issues, by state."""


@dataclass(frozen=True, slots=True)
class PressState:
    """Everything that `status` tells."""

    sources: Sequence[Health]
    feeds: Sequence[FeedState]
    digests: Sequence[DigestState]
    problems: Sequence[Problem]


def state_of(parts: Parts) -> PressState:
    """How everything is now."""
    config = parts.config
    files = {feed.slug: parts.folder_of(feed) / f"{feed.slug}.atom" for feed in config.feeds if not feed.retired}
    closings = Post(parts).next_closings()
    said = {source.slug: source.kind.value for source in config.sources if source.kind}
    sources = [replace(_told(health), kind=said.get(health.slug, health.kind)) for health in parts.sources.health()]
    failing = [
        Problem(f"source {source.slug}", source.problem, source.visited_at, source.visited_at, max(source.failures, 1))
        for source in sources
        if source.problem and source.visited_at
    ]
    return PressState(
        sources=sources,
        feeds=[FeedState(slug, file, written_at(file)) for slug, file in files.items()],
        digests=[
            DigestState(
                slug=digest.slug,
                subscribers=parts.subscriptions.count(digest.slug),
                issues=parts.issues.count(digest.slug),
                last=parts.issues.latest(digest.slug),
                next_at=closings.get(digest.slug),
                letters=parts.issues.letters(digest.slug),
            )
            for digest in config.digests
        ],
        problems=(*failing, *_shortage(parts), *_left_behind(parts), *parts.problems.all()),
    )


def _told(health: Health) -> Health:
    """With what follows from its condition; what is visited no more has no next visit."""
    follows = SAID.get(health.condition)
    problem = f"{health.problem}; {follows}" if follows and health.problem else health.problem
    return replace(health, problem=problem, next_at=None if health.next_at == NEVER else health.next_at)


def _shortage(parts: Parts) -> Sequence[Problem]:
    """That a disk is nearly full, where nobody has noted it yet: there may have been no room for the note."""
    short = "; ".join(parts.shortages())
    if not short or any(problem.subject == "disk" for problem in parts.problems.all()):
        return ()
    return (Problem("disk", short, parts.clock(), parts.clock()),)


def _left_behind(parts: Parts) -> Iterator[Problem]:
    """Feeds that the config no longer has, whose files stand still: their readers wait for what never comes."""
    config = parts.config
    known = {name for feed in config.feeds for name in (feed.slug, *feed.formerly)}
    for slug, written in ours(config.press.feeds_dir).items():
        if slug not in known:
            said = f"not in {config.path.name} any more, but its files stand in {config.press.feeds_dir}"
            yield Problem(
                f"feed {slug}", f"{said}: bring it back with `retired = true`, or remove them", written, written
            )


def written_at(file: Path) -> datetime | None:
    """When a file was written last; None where there is none."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None
