"""An article as it stands in a letter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaffinch.mailing import markup
from chaffinch.model import Article, Content, Digest, Group, Publish
from chaffinch.pages import Tongue, direction
from chaffinch.text import count_words, normalised, one_line, shorten
from chaffinch.urls import is_web

_WORDS_A_MINUTE = 230
_COLUMNS = 72


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of the articles a letter shows."""

    text: int
    """Bytes of markup for each."""
    lead: int
    """Characters of the opening words, where the text is not shown."""
    articles: int
    """How many of them; of the rest it says how many there are."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a template sees of one article."""

    number: int
    title: str
    link: str
    """Where the original is; the article's own page where it has no other."""
    publisher: str
    byline: str
    day: str
    minutes: int
    language: str
    direction: str
    image: str
    lead: str
    html: str
    """Safe markup; empty where only the lead is shown."""
    text: str
    """The same as plain text in lines of at most 72 characters: what there is of lead or full text."""
    more: bool
    """Whether there is more to read than stands here."""
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Articles that stand together; without a title when the letter is not grouped."""

    title: str
    items: tuple[Item, ...]


def blocks_of(article: Article, digest: Digest) -> tuple[markup.Piece, ...]:
    """The article's blocks, where digest and source want its full text; else none."""
    if digest.content is not Content.FULL or article.publish is not Publish.FULL:
        return ()
    return markup.pieces(article.html, article.images)


def title_of(article: Article, tongue: Tongue) -> str:
    """What the article is called in a letter; never empty."""
    return one_line(article.title) or tongue.say("Untitled")


def item(
    article: Article,
    blocks: Sequence[markup.Piece],
    number: int,
    digest: Digest,
    measure: Measure,
    base_url: str,
    tongue: Tongue,
) -> Item:
    """The article as far as it shows: as many of its blocks as the measure allows, its lead, or the headline alone."""
    language = article.language or digest.language
    kept = markup.fitting(blocks, measure.text)
    lead = shorten(article.lead or article.text, measure.lead) if measure.lead else ""
    if article.publish is Publish.LINK:
        lead = ""
    shown = sum(block.length for block in kept)
    words = count_words(article.text)
    publisher, byline = one_line(article.publisher or article.source_title), one_line(article.byline)
    picture = article.image if markup.picture_allowed(article.image, article.images) else ""
    return Item(
        number=number,
        title=title_of(article, tongue),
        link=article.url if is_web(article.url) else f"{base_url}/articles/{article.key}",
        publisher=publisher,
        byline=byline if normalised(byline) != normalised(publisher) else "",
        day=tongue.day(article.published, digest.timezone),
        minutes=max(1, round(words / _WORDS_A_MINUTE)),
        language=language,
        direction=direction(language),
        image=picture or "",
        lead="" if kept else lead,
        html="".join(block.html for block in kept),
        text=_columns(_opening(article.text, shown) if kept else lead),
        more=len(kept) < len(blocks) if kept else len(one_line(article.text)) > len(lead),
        tags=article.tags,
    )


def sections(
    articles: Iterable[tuple[Article, Item]], group_by: Group | None, titles: Mapping[str, str]
) -> tuple[Section, ...]:
    """The items as they are grouped for display; groups in the order of their first item. `titles` are the sources'."""
    grouped: dict[str, list[Item]] = {}
    for article, shown in articles:
        if group_by is Group.SOURCE:
            slug = article.sources[0] if article.sources else ""
            title = titles.get(slug) or shown.publisher or slug
        elif group_by is Group.TAG:
            title = article.tags[0] if article.tags else ""
        else:
            title = ""
        grouped.setdefault(one_line(title), []).append(shown)
    return tuple(Section(title, tuple(items)) for title, items in grouped.items())


def _opening(text: str, length: int) -> str:
    """The text's first lines, up to the characters that its markup shows."""
    kept = []
    for line in text.splitlines():
        if length <= 0:
            break
        kept.append(line)
        length -= len(one_line(line))
    return "\n".join(kept)


def _columns(text: str) -> str:
    paragraphs = (
        textwrap.fill(one_line(line), _COLUMNS, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
        if line.strip()
    )
    return "\n\n".join(paragraphs)
