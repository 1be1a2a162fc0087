"""A feed's archives are brought up to date: the months that changed, and their neighbours' links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chaffinch.config import Config, Press
from chaffinch.errors import TemplateError
from chaffinch.model import Article, Feed, Rendition
from chaffinch.newsroom import stand
from chaffinch.newsroom.parts import Parts
from chaffinch.pages import Templates
from chaffinch.publish import archive, archivepages
from chaffinch.publish.archivepages import OVERVIEW
from chaffinch.publish.membership import chooses, holds, stands_for_its_story
from chaffinch.store.archives import month_of

_SUFFIXES = (".atom", ".html", ".json", ".rss")
_SHAPE = 2
"""What archives consist of; another number has all of them written anew."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What bringing a feed's archives up to date came to."""

    changed: Sequence[str]
    """The names of the files that changed."""
    newest: str
    """The stem of the newest archive; empty where there is none."""


def bring_up_to_date(parts: Parts, feed: Feed, oldest: Article | None) -> Archived:
    """Write the archives up to the month of the oldest article that the feed's current documents hold.

    None says that they hold all: then there are no archives. One part's articles are in memory at a time. Raises
    PublishError, StoreError; TemplateError when all but the pages for people is written.
    """
    before = parts.archives.held(feed.slug)
    if oldest is None:
        return _clear(parts, feed, before)
    last = month_of(oldest.published)
    marks = {month: mark for month, mark in parts.archives.dirty(feed.slug).items() if month <= last}
    keys = {month: _keys(parts, feed, month) for month in marks}
    counts = {**before, **{month: len(_cut(found)) for month, found in keys.items()}}
    old, new = archive.places(feed, before), archive.places(feed, counts)
    changed: list[str] = []
    broken: TemplateError | None = None
    for month in sorted(counts):
        named = archive.stems(feed, {month: counts[month]})
        if month not in marks and all(old.get(stem) == new[stem] for stem in named):
            continue
        wanted = _cut(keys[month] if month in keys else _keys(parts, feed, month))
        for stem, part in zip(named, wanted, strict=True):
            articles = [parts.without_private_copies(one) for one in parts.articles.of_keys(part)]
            changed += _write(parts, archive.documents(feed, new[stem], articles, parts.config.press))
            try:
                changed += _write(parts, [archivepages.month_page(feed, new[stem], articles, *_looks(parts))])
            except TemplateError as error:
                broken = error
    _drop(parts, [stem for stem in old if stem not in new])
    parts.archives.written(feed.slug, {month: counts[month] for month in marks}, marks)
    if broken:
        raise broken
    if new:
        changed += _write(parts, [archivepages.overview(feed, counts, *_looks(parts))])
    return Archived(changed, next(reversed(list(new)), ""))


def newest_archive(parts: Parts, feed: Feed) -> str:
    """The stem of the newest archive as it stands; empty where there is none."""
    return next(reversed(archive.stems(feed, parts.archives.held(feed.slug))), "")


def rules_of(feed: Feed, config: Config, templates: Templates) -> str:
    """A fingerprint of what decides a feed's archives, but for the articles: where it changes, all are written anew."""
    press = config.press
    look = archivepages.look(press, templates, config.web.index)
    said = repr((feed, press.base_url, press.title, press.language, look, _SHAPE))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def _write(parts: Parts, renditions: Sequence[Rendition]) -> Sequence[str]:
    return stand.put(parts, renditions)


def _looks(parts: Parts) -> tuple[Press, Templates, bool]:
    return parts.config.press, parts.templates, parts.config.web.index


def _clear(parts: Parts, feed: Feed, held: Mapping[str, int]) -> Archived:
    """The feed holds all of its articles: archives that stood when it did not are of no more use."""
    if held:
        _drop(parts, [*archive.stems(feed, held), f"{feed.slug}/{OVERVIEW}"])
        parts.archives.forget(feed.slug)
    return Archived((), "")


def _drop(parts: Parts, stems: Sequence[str]) -> None:
    """What stands in no archive any more may have been withdrawn: its files go."""
    stand.drop(parts, [stem + suffix for stem in stems for suffix in _SUFFIXES])


def _keys(parts: Parts, feed: Feed, month: str) -> Sequence[str]:
    """The keys of the month's entries, first seen first, so that what was written stays where it is."""
    telling = lru_cache(maxsize=1_000)(parts.articles.telling)
    if chooses(feed):
        found: Iterator[Article] = parts.articles.of_month(month, feed.sources)
        entries = (one for one in found if holds(feed, one) and stands_for_its_story(feed, one, telling))
        return [key for _, key in sorted((one.first_seen, one.key) for one in entries)]
    keys = parts.articles.keys_of_month(month, feed.sources)
    merged = {key for key, story in keys if story and feed.merge}
    others = (one for one in parts.articles.of_keys_each(merged) if not stands_for_its_story(feed, one, telling))
    left_out = {one.key for one in others}
    return [key for key, _ in keys if key not in left_out]


def _cut(keys: Sequence[str]) -> Sequence[Sequence[str]]:
    return [keys[start : start + archive.A_PART] for start in range(0, len(keys), archive.A_PART)]
