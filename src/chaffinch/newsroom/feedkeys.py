"""The verbs of private feeds' addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chaffinch.errors import ConfigError, InputError
from chaffinch.model import Feed, Format
from chaffinch.newsroom.parts import Parts


class FeedKeys:
    """Gives out addresses of private feeds and takes them back."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def give(self, slug: str, reader: str) -> Sequence[str]:
        """The addresses of a private feed for one reader, one a format. Raises ConfigError when it is not private."""
        feed, base_url = self._private(slug), self._parts.config.press.base_url
        token = self._parts.feed_tokens.give(feed.slug, reader, self._parts.clock())
        return [f"{base_url}/private/{token}/{feed.slug}.{form}" for form in Format]

    def take_back(self, slug: str, reader: str) -> None:
        """End a reader's addresses. Raises InputError when there are none."""
        if not self._parts.feed_tokens.take_back(slug, reader):
            raise InputError(
                f'feed {slug}: "{reader}" has no addresses; `chaffinch feeds readers {slug}` lists who has'
            )

    def readers(self, slug: str) -> Sequence[tuple[str, datetime]]:
        """Who has addresses of a feed, and since when."""
        return self._parts.feed_tokens.readers(self._private(slug).slug)

    def _private(self, slug: str) -> Feed:
        feed = next((feed for feed in self._parts.config.feeds if feed.slug == slug), None)
        if feed is None:
            raise ConfigError(f'no feed has the slug "{slug}"; `chaffinch status` lists them')
        if not feed.private:
            raise ConfigError(f"feed {slug}: everybody may read it; private = true in its [[feed]] changes that")
        return feed
