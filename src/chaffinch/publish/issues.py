"""The issues of a digest as an Atom feed: whoever reads no mail reads them so."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from chaffinch.config import Press
from chaffinch.model import Article, Digest, Feed, Format, Issue
from chaffinch.publish.atom_rss import atom
from chaffinch.publish.channel import Channel, channel_of
from chaffinch.publish.entry import Entry, entry_of
from chaffinch.text import shorten


def issue_feed(digest: Digest, issues: Sequence[Issue], press: Press) -> bytes:
    """The document (RFC 4287), newest issue first; the same issues give the same bytes.

    Articles that were withdrawn are left out of their issues.
    """
    entries = [_entry(digest, issue, press) for issue in issues]
    return atom(_channel(digest, entries, press), entries)


def _channel(digest: Digest, entries: Sequence[Entry], press: Press) -> Channel:
    home = f"{press.base_url}/digests/{digest.slug}/"
    common = channel_of(Feed(digest.slug, digest.title, language=digest.language), entries, press)
    return replace(common, id=home, home=home, addresses={Format.ATOM: f"{home}issues.atom"})


def _entry(digest: Digest, issue: Issue, press: Press) -> Entry:
    """An issue is published as an article that lists its articles."""
    url = f"{press.base_url}/digests/{digest.slug}/{issue.number}"
    shown = [article for article in issue.articles if not article.hidden]
    lines = "".join(
        f'<li><a href="{html.escape(article.url or f"{press.base_url}/articles/{article.key}")}">'
        f"{html.escape(article.title)}</a></li>"
        for article in shown
    )
    headline = shown[0].title if shown else ""
    out = issue.released_at or issue.closed_at
    listed = Article(
        id=url,
        key=f"{digest.slug}-{issue.number}",
        url=url,
        sources=(),
        title=shorten(f"No. {issue.number}: {headline}" if headline else f"No. {issue.number}", 200),
        published=out,
        updated=out,
        first_seen=out,
        publisher=press.title,
        lead=shorten(" · ".join(article.title for article in shown), 300),
        html=f"<p>{html.escape(issue.note)}</p><ol>{lines}</ol>" if issue.note else f"<ol>{lines}</ol>",
        language=digest.language,
    )
    return entry_of(listed, press.base_url)
