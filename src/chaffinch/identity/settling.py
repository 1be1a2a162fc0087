"""What a draft is to the articles we hold: a new one, a new version, the same, or a worse copy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from chaffinch.identity.likeness import sketch
from chaffinch.identity.stories import moved_from, same_story
from chaffinch.model import Article, Certainty, Change, Draft, Kind, Settlement
from chaffinch.text import normalised
from chaffinch.urls import same_page

LOST = 0.4
"""A new extraction with less than this share of the words we hold has lost most of the article."""
SHORT = 50
"""Words; below this an article is too short to tell a loss from a correction."""

_ATTRIBUTES = re.compile(r"<(\w+)[^>]*>")


def settle(
    draft: Draft,
    known: Sequence[Article],
    now: datetime,
    authority: str,
    *,
    alike: Sequence[Article] = (),
    beside: Collection[str] = (),
    source: str = "",
    reruled: bool = False,
    drawn: Sequence[int] | None = None,
) -> Settlement:
    """Decide what becomes of a draft; `known` are the articles that share a name with it, the likeliest first.

    Where none does, `alike` are articles with many of the same words, the likeliest first: one of the same `source` may
    be this very article under another name, unless the source lists both, `beside` each other; one of another source
    may tell the same story, now that it is new or now that an edit has brought the two together. `reruled`: the owner
    changed the rules, and so wants what they give, however short. `drawn` is the sketch of the draft's text, where it
    was drawn already.
    Guaranteed: an article's `id`, `key`, `published` and `first_seen` never change; `updated` moves only when the
    normalised title or text really changed, and never back; nothing lies in the future.
    """
    if draft.kind is not Kind.ARTICLE:
        return Settlement(Change.NOT_AN_ARTICLE, None, draft.why or draft.kind.value)
    held = known[0] if known else moved_from(draft, alike, source, beside)
    if held is None:
        article = replace(_mint(draft, now, authority), story=_story(draft, alike, source))
        return Settlement(Change.NEW, article, sketch=sketch(draft.text) if drawn is None else tuple(drawn))
    aliases = tuple(dict.fromkeys((*held.aliases, *draft.aliases)))
    held_words, words = len(normalised(held.text).split()), len(normalised(draft.text).split())
    if not reruled and held_words >= SHORT and words < LOST * held_words:
        reason = f"{words} words where {held_words} are held: the old version is kept"
        return Settlement(Change.WORSE, replace(held, aliases=aliases), reason)
    if _is_old_address(draft, held):
        reason = "an older address of an article that is followed at a newer one"
        return Settlement(Change.UNCHANGED, replace(held, aliases=aliases), reason)
    story = held.story or _story(draft, [one for one in alike if one.id != held.id], source)
    if _same_words(held, draft):
        better_markup = _shape(held.html) != _shape(draft.html)
        same = replace(held, aliases=aliases, html=draft.html if better_markup else held.html)
        moved = draft.url and same_page(draft.url) != same_page(held.url)
        same = replace(same, story=story, url=draft.url if moved else held.url)
        return Settlement(Change.UNCHANGED, same)
    said = draft.updated if draft.updated and held.updated < draft.updated <= now else now
    return Settlement(
        Change.UPDATED,
        replace(
            held,
            aliases=aliases,
            story=story,
            url=draft.url or held.url,
            title=draft.title or held.title,
            byline=draft.byline or held.byline,
            publisher=draft.publisher or held.publisher,
            updated=max(held.updated, said),
            lead=draft.lead,
            html=draft.html,
            text=draft.text,
            language=draft.language or held.language,
            image=draft.image or held.image,
            tags=draft.tags or held.tags,
            enclosures=draft.enclosures or held.enclosures,
        ),
        sketch=sketch(draft.text) if drawn is None else tuple(drawn),
    )


def _story(draft: Draft, alike: Sequence[Article], source: str) -> str:
    """The story that the draft tells along with an article of another source; empty when there is none."""
    first = same_story(draft, alike, source)
    return (first.story or first.key) if first else ""


def _mint(draft: Draft, now: datetime, authority: str) -> Article:
    """A new article. Its key follows from its names alone, so that a lost database gives the same ones again."""
    digest = hashlib.blake2b("\n".join(draft.aliases).encode("utf-8", "surrogatepass"), digest_size=10).digest()
    key = base64.b32encode(digest).decode().lower()
    dated = draft.published is not None
    published = min(draft.published, now) if draft.published else now
    updated = draft.updated if draft.updated and published <= draft.updated <= now else published
    return Article(
        id=f"tag:{authority},{now.year}:{key}",
        key=key,
        url=draft.url,
        sources=(),
        title=draft.title,
        published=published,
        updated=updated,
        first_seen=now,
        aliases=draft.aliases,
        byline=draft.byline,
        publisher=draft.publisher,
        certainty=draft.certainty if dated else Certainty.SEEN,
        lead=draft.lead,
        html=draft.html,
        text=draft.text,
        language=draft.language,
        image=draft.image,
        tags=draft.tags,
        enclosures=draft.enclosures,
    )


def _is_old_address(draft: Draft, held: Article) -> bool:
    """Whether the article has moved on from where this draft was found.

    Else two copies on one site, each extracted again, would take turns in being "updated".
    """
    return (
        bool(draft.url and held.url)
        and same_page(draft.url) != same_page(held.url)
        and f"url:{same_page(draft.url)}" in held.aliases
    )


def _same_words(held: Article, draft: Draft) -> bool:
    if draft.title and normalised(held.title) != normalised(draft.title):
        return False
    return normalised(held.text) == normalised(draft.text)


def _shape(html: str) -> str:
    """The markup without attributes: an image's address that changes with each visit is no better markup."""
    return _ATTRIBUTES.sub(r"<\1>", html)
