"""Which articles a feed holds, in which order."""

from __future__ import annotations

from collections.abc import Iterable

from chaffinch.model import Article, Feed
from chaffinch.publish.matching import parse_match


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


def selection(feed: Feed, articles: Iterable[Article]) -> tuple[Article, ...]:
    """The feed's articles: by `published`, then `first_seen`, then `id`, the greatest first; at most `feed.limit`."""
    held = {article.id: article for article in articles if holds(feed, article)}
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
