"""A feed is built from the articles that it holds, and its files are written."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from chaffinch.config import Config
from chaffinch.errors import ConfigError, PublishError, TemplateError
from chaffinch.killpoints import passing
from chaffinch.model import Article, Feed, Rendition
from chaffinch.newsroom import stand
from chaffinch.newsroom.archiving import Archived, bring_up_to_date, newest_archive
from chaffinch.newsroom.noting import noted
from chaffinch.newsroom.parts import Parts
from chaffinch.publish import websub
from chaffinch.publish.archive import previous
from chaffinch.publish.press import directory, documents, fitting, landing_page
from chaffinch.store.turns import turn

log = logging.getLogger(__name__)

A_BUILD = timedelta(minutes=1)
"""In which documents are written, mostly; a hub that is told while they are is told again."""


def publish(parts: Parts, slug: str) -> Sequence[str]:
    """Build one feed; the names of the files that changed. Trouble is noted and raised."""
    feed = next((feed for feed in parts.config.feeds if feed.slug == slug), None)
    if feed is None:
        raise ConfigError(f'no feed has the slug "{slug}"; `chaffinch status` lists them')
    # What was read before a change must not be written after what somebody else built of it.
    with noted(parts, f"feed {slug}"), turn(parts.database, parts.config.press.data_dir, "publishing"):
        mark = parts.articles.dirty().get(slug, "")
        changed = _build(parts, feed)
        passing("built")
        parts.articles.built(slug, mark)
        passing("published")
    if changed:
        about = {"event": "published", "feed": slug, "files": len(changed)}
        log.info("feed %s: wrote %s", slug, ", ".join(changed), extra=about)
    return changed


def _build(parts: Parts, feed: Feed) -> Sequence[str]:
    """Documents first: they do not wait for a landing page whose template is broken, nor does the list of feeds."""
    config = parts.config
    feeds = directory(config.feeds, config.press)
    for slug in _vacated(config, feed):
        stand.remove(parts, slug)
    if feed.private:
        private = documents(feed, parts.entries_of(feed, feed.limit, notices=True), config.press)
        return (*stand.put(parts, private, private=True), *stand.put(parts, [feeds]))
    if feed.retired:
        return stand.put(parts, [feeds])
    newest = tuple(parts.entries_of(feed, feed.limit + 1, notices=True))
    articles = fitting(feed, newest, config.press)
    archived = _archives(parts, feed, articles[-1] if articles and len(articles) < len(newest) else None)
    links = (*websub.links(feed), *(previous(archived.newest, config.press) if archived.newest else ()))
    made = documents(feed, articles, config.press, links)
    changed = _put(parts, feed, made, feeds)
    parts.articles.remember_heads(feed.slug, [article.key for article in articles if not article.hidden])
    page = landing_page(feed, articles, config.press, parts.templates, config.web.index, bool(archived.newest))
    return (*archived.changed, *changed, *stand.put(parts, [page]))


def _put(parts: Parts, feed: Feed, made: Sequence[Rendition], feeds: Rendition) -> Sequence[str]:
    """The feed's documents and the list of all; its hub hears of a change even if we end just after it."""
    if not feed.hub:
        return stand.put(parts, [*made, feeds])
    now = parts.clock()
    expected = parts.pings.expect(feed.slug, now, now + A_BUILD)
    changed = stand.put(parts, [*made, feeds])
    if {one.name for one in made} & set(changed):
        parts.pings.want(feed.slug, parts.clock())
    elif expected:
        parts.pings.told(feed.slug, now)
    return changed


def _vacated(config: Config, feed: Feed) -> Sequence[str]:
    """Names below which the feed is not published, or not any more: a plain web server would go on sending it."""
    here = {other.slug for other in config.feeds}
    gone = [name for name in feed.formerly if name not in here]
    return [feed.slug, *gone] if feed.private or feed.retired else gone


def _archives(parts: Parts, feed: Feed, oldest: Article | None) -> Archived:
    """What does not fit into the feed, before the feed that links it. Their trouble does not stop the feed."""
    try:
        with noted(parts, f"archives of {feed.slug}"):
            return bring_up_to_date(parts, feed, oldest)
    except (PublishError, TemplateError) as error:
        log.warning("archives of feed %s: %s", feed.slug, error)
        return Archived((), newest_archive(parts, feed))
