"""A feed's archives are brought up to date: the months that changed, and their neighbours' links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from chaffinch.config import Press
from chaffinch.model import Article, Feed
from chaffinch.newsroom.parts import Parts
from chaffinch.publish import archive, files
from chaffinch.publish.membership import holds, stands_for_its_story
from chaffinch.store.archives import month_of


def bring_up_to_date(parts: Parts, feed: Feed, oldest: Article) -> tuple[Sequence[str], str]:
    """Write the archives up to the month of the oldest article that the feed's current document holds.

    Returns the names of the files that changed, and the newest archive's. One part's articles are in memory at a time.
    """
    last = month_of(oldest.published)
    marks = {month: mark for month, mark in parts.archives.dirty(feed.slug).items() if month <= last}
    before = parts.archives.held(feed.slug)
    keys = {month: _keys(parts, feed, month) for month in marks}
    counts = {**before, **{month: len(_cut(found)) for month, found in keys.items()}}
    old, new = _neighbours(archive.names(feed, before)), _neighbours(archive.names(feed, counts))
    changed: list[str] = []
    for month in sorted(counts):
        named = archive.names(feed, {month: counts[month]})
        if month not in marks and all(old.get(name) == new[name] for name in named):
            continue
        wanted = _cut(keys[month] if month in keys else _keys(parts, feed, month))
        for name, part in zip(named, wanted, strict=True):
            articles = parts.articles.of_keys(part)
            written = archive.document(feed, name, articles, parts.config.press, *new[name])
            changed += files.write(parts.config.press.feeds_dir, [written], parts.clock())
    parts.archives.written(feed.slug, {month: counts[month] for month in marks}, marks)
    return changed, next(reversed(list(new)), "")


def rules_of(feed: Feed, press: Press) -> str:
    """A fingerprint of what decides a feed's archives, but for the articles: where it changes, all are written anew."""
    said = repr((feed, press.base_url, press.title, press.language))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def _keys(parts: Parts, feed: Feed, month: str) -> Sequence[str]:
    """The keys of the month's entries, first seen first, so that what was written stays where it is."""
    telling = lru_cache(maxsize=1_000)(parts.articles.telling)
    found: Iterator[Article] = parts.articles.of_month(month, feed.sources)
    entries = (one for one in found if holds(feed, one) and stands_for_its_story(feed, one, telling))
    return [key for _, key in sorted((one.first_seen, one.key) for one in entries)]


def _cut(keys: Sequence[str]) -> Sequence[Sequence[str]]:
    return [keys[start : start + archive.A_PART] for start in range(0, len(keys), archive.A_PART)]


def _neighbours(names: Sequence[str]) -> Mapping[str, tuple[str | None, str | None]]:
    """Each document's neighbours, the older one first; in order."""
    ends: list[str | None] = [None, *names, None]
    return dict(zip(names, zip(ends, ends[2:], strict=False), strict=True))
