"""Which articles a feed holds, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chaffinch.model import Article, Feed
from chaffinch.publish.matching import parse_match

NOTICE = timedelta(days=7)
"""How long a feed says that an article was withdrawn; then its entry goes."""


def holds(feed: Feed, article: Article) -> bool:
    """Whether the article belongs into the feed: its sources, tags, language and words, and not hidden.

    Raises ConfigError when the feed's `match` cannot be understood.
    """
    return (
        not article.hidden
        and (not feed.sources or not set(feed.sources).isdisjoint(article.sources))
        and (not feed.tags or not _folded(feed.tags).isdisjoint(_folded(article.tags)))
        and (feed.language is None or _speaks(article.language or "", feed.language))
        and (not feed.match.strip() or parse_match(feed.match)(_searched(article)))
    )


def chooses(feed: Feed) -> bool:
    """Whether an article has to be read to know if the feed holds it; else its sources alone decide."""
    return bool(feed.tags or feed.language or feed.match.strip())


def says_withdrawn(feed: Feed, article: Article, now: datetime) -> bool:
    """Whether the feed says that the article, which it held, was withdrawn: for NOTICE, under the same id."""
    lately = article.hidden and article.withdrawn is not None and now - article.withdrawn < NOTICE
    return lately and holds(feed, replace(article, hidden=False))


def stands_for_its_story(feed: Feed, article: Article, telling: Callable[[str], Sequence[Article]]) -> bool:
    """Whether it is an entry of its own: in a feed that merges, a story's first article stands for the later ones.

    `telling` gives a story's articles, first seen first. Whoever stands for a story stands for it for ever, unless it
    is hidden: so no reader gets the story a second time when another source takes it up.
    """
    if not feed.merge or not article.story or article.hidden:
        return True
    first = next((one for one in telling(article.story) if holds(feed, one)), article)
    return first.id == article.id


def selection(feed: Feed, articles: Iterable[Article]) -> tuple[Article, ...]:
    """The feed's articles, withdrawn ones that were handed in too: the newest first, at most `feed.limit`.

    The order is that of `published`, then `first_seen`, then `id`.
    """
    held = {article.id: article for article in articles if holds(feed, replace(article, hidden=False))}
    return tuple(sorted(held.values(), key=_rank, reverse=True)[: feed.limit])


def _rank(article: Article) -> tuple[object, ...]:
    return (article.published, article.first_seen, article.id)


def _folded(tags: Iterable[str]) -> set[str]:
    return {tag.strip().casefold() for tag in tags}


def _speaks(language: str, wanted: str) -> bool:
    """Basic filtering of RFC 4647 §3.3.1: `en` takes `en-GB`, `en-GB` does not take `en`."""
    language, wanted = language.lower().replace("_", "-"), wanted.lower().replace("_", "-")
    return language == wanted or language.startswith(wanted + "-")


def _searched(article: Article) -> str:
    return "\n".join((article.title, article.byline, article.publisher, *article.tags, article.text or article.lead))
