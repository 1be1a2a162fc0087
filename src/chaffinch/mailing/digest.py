"""Which issue a digest owes, and what goes into it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from chaffinch.mailing.cadence import last_slot, parse
from chaffinch.model import Article, Digest, Group, IssueState


def due(digest: Digest, cadence: str, latest_slot_closed: datetime | None, now: datetime) -> datetime | None:
    """The slot whose issue is to be closed now, or None.

    Only the latest one: what was slept through comes in one issue. Raises ConfigError for a cadence that is none.
    """
    slot = last_slot(parse(cadence), digest.timezone, now)
    return slot if latest_slot_closed is None or latest_slot_closed < slot else None


def compose(
    digest: Digest, candidates: Iterable[Article], already: Collection[str], *, opening: bool = False
) -> tuple[Article, ...]:
    """The articles of the next issue in the letter's order; none means that there is no issue.

    All that is new is in it: a letter shows the first `max_articles` of what its reader wants, and says how many more
    there are.

    `candidates` come newest first and are those of the digest's feeds; `already` are the ids of the articles that
    earlier issues of this digest and cadence held. Backfilled articles are for feeds only, except when `opening`:
    the very first issue of a press whose letters go to a folder shows what waits.
    """
    chosen: dict[str, Article] = {}
    for article in candidates:
        if article.hidden or (article.backfilled and not opening) or article.id in already:
            continue
        chosen.setdefault(article.id, article)
    if len(chosen) < digest.min_articles:
        return ()
    return _grouped(chosen.values(), digest.group_by)


def state_at_closing(digest: Digest, *, first: bool, transport: str) -> IssueState:
    """Whether the new issue waits for the owner: always when configured so, and the first one over smtp."""
    return IssueState.HELD if digest.approve or digest.hold or _first_over_smtp(first, transport) else IssueState.OPEN


def release_at(digest: Digest, now: datetime, *, first: bool, transport: str) -> datetime | None:
    """When an issue that is held now goes out by itself; None when only the owner can release it."""
    if digest.hold is None or digest.approve or _first_over_smtp(first, transport):
        return None
    return now + digest.hold


def _first_over_smtp(first: bool, transport: str) -> bool:
    return first and transport == "smtp"


def topical(articles: Iterable[Article], had: Collection[str], wanted: Collection[str] | None) -> tuple[Article, ...]:
    """What of an issue one subscriber reads: of the `wanted` ids (None: all), and nothing that they have had."""
    return tuple(
        article
        for article in articles
        if not article.hidden and article.id not in had and (wanted is None or article.id in wanted)
    )


def _grouped(articles: Iterable[Article], group_by: Group | None) -> tuple[Article, ...]:
    """Newest first; articles of one group stand together, where the newest of them stands."""
    groups: dict[str, list[Article]] = {}
    for article in articles:
        names = article.sources if group_by is Group.SOURCE else article.tags if group_by is Group.TAG else ("",)
        groups.setdefault(names[0] if names else "", []).append(article)
    return tuple(article for group in groups.values() for article in group)
