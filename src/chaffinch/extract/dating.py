"""When an article was published, by who says so.

Markup that says it outright is sure. What stands beside the headline, in the address or in the page's own scripts is
likely. Nothing else is asked: a date from anywhere on the page is more often another article's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from lxml import html

from chaffinch.extract import dates, jsonld
from chaffinch.model import Block, Certainty
from chaffinch.text import normalised

_PUBLISHED = (
    "article:published_time", "article:published", "og:published_time", "datepublished", "date_published",
    "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "publish_date",
    "publish-date", "publishdate",
    "pubdate", "publication_date", "published_date", "published", "sailthru.date", "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "citation_publication_date", "citation_date", "article.published", "article_date_original",
    "originalpublicationdate", "shareaholic:article_published_time",
    "rnews:datepublished", "date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
)
_TIMED = re.compile(
    r"publi|entry-date|post-?date|article-?date|created|dateline|byline|timestamp|posted|meta|pubdate|date"
)
_SAYS_PUBLISHED = re.compile(
    r"\b(?:publi|posted|veröffentlicht|erschienen|geplaatst|gepubliceerd|opublikowan|опубликован|yayın)|发布|発表|公開",
    re.IGNORECASE,
)
_SAYS_UPDATED = re.compile(
    r"\b(?:updat|modifi|reviewed|revised|aktualisiert|mis à jour|actualizado|aggiornat|atualizad|bijgewerkt|обновл"
    r"|zaktualizowan|güncelle)|更新",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"\"?\b(?:publish(?:ed)?_?(?:at|on|date|time)?|date_?published|post_?date|pub_?date|first_?published(?:_?at)?)"
    r"\\?\"?\s*:\s*\\?\"(\d{4}-\d\d-\d\d[T \d:.+Z-]*)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|[^a-z])(?:pub\w*|date|w-published-date)(?:$|[^a-z])")
_NOT_NAMED = re.compile(r"modif|updat|expir|valid|event|start|end|birth|revis")
_ABOVE = 8
_BELOW = 14
"""Blocks with words around the headline among which a date is the article's."""
_PARAGRAPHS = 2
"""Paragraphs of running text; behind them dates are of what the text tells."""
_SHORT = 16
_MANY = 3
_CLOSE = 4
"""Blocks; so near to a headline even an aside is of its article."""
_ASIDE = frozenset(("aside", "footer", "list"))
_NEVER = frozenset(("nav", "hidden", "dialog"))
_MAX_SCRIPTS = 2_000_000


def published(
    root: html.HtmlElement,
    article: jsonld.Thing,
    meta: Mapping[str, str],
    url: str,
    *,
    title: str = "",
    blocks: Sequence[Block] = (),
    fetched: datetime | None = None,
) -> tuple[datetime | None, Certainty]:
    """The moment and how sure it is; None and SEEN where the page does not say. Nothing lies a day after `fetched`."""
    latest = fetched + timedelta(days=1) if fetched else None
    for moment, certainty in _claims(root, article, meta, url, title, blocks):
        if moment and (latest is None or moment <= latest):
            return moment, certainty
    return None, Certainty.SEEN


def updated(article: jsonld.Thing, meta: Mapping[str, str]) -> datetime | None:
    """When the page says that it was changed last."""
    return dates.read(article.get("dateModified")) or _first(meta, _UPDATED)


def _claims(
    root: html.HtmlElement,
    article: jsonld.Thing,
    meta: Mapping[str, str],
    url: str,
    title: str,
    blocks: Sequence[Block],
) -> Iterator[tuple[datetime | None, Certainty]]:
    said = dates.read(article.get("datePublished"))
    beside = _beside(blocks, title) if not said or jsonld.is_bare_page(article) else None
    if said and (not jsonld.is_bare_page(article) or _borne_out(said, meta, url, beside)):
        yield said, Certainty.SURE
    yield _first(meta, _PUBLISHED), Certainty.SURE
    yield _timed(root), Certainty.SURE
    yield dates.in_url(url), Certainty.LIKELY
    yield beside, Certainty.LIKELY
    yield _named(meta), Certainty.LIKELY
    yield _scripted(root), Certainty.LIKELY
    yield _only(blocks), Certainty.LIKELY
    yield _only_timed(root), Certainty.LIKELY


def _borne_out(said: datetime, meta: Mapping[str, str], url: str, beside: datetime | None) -> bool:
    """Whether anything else says that day: plugins date every page, also those that are no articles and show no day."""
    others = (_first(meta, _PUBLISHED), dates.in_url(url), beside)
    if f"/{said:%Y/%m}/" in url:
        return True
    return any(other and abs(other - said) < timedelta(days=2) for other in others)


def _first(meta: Mapping[str, str], names: tuple[str, ...]) -> datetime | None:
    return next((moment for name in names if (moment := dates.read(meta.get(name)))), None)


def _named(meta: Mapping[str, str]) -> datetime | None:
    """The day of any other meta element whose name speaks of a date, where it is the only one."""
    told = [
        moment
        for name, content in meta.items()
        if _NAMED.search(name) and not _NOT_NAMED.search(name) and (moment := dates.read(content))
    ]
    return told[0] if told and len({moment.date() for moment in told}) == 1 else None


def _timed(root: html.HtmlElement) -> datetime | None:
    for element in root.xpath("//*[@itemprop='datePublished']")[:3]:
        if moment := dates.read(element.get("content") or element.get("datetime") or element.text_content()):
            return moment
    elements = [e for e in root.iter("time") if not _in_list(e)]
    read = [(e, dates.read(e.get("datetime") or e.text_content())) for e in elements[:40]]
    said = [(e, moment) for e, moment in read if moment]
    for element, moment in said:
        if element.get("pubdate") is not None or _TIMED.search(
            f"{element.get('class', '')} {element.getparent().get('class', '')}".lower()
        ):
            return moment
    return said[0][1] if said and len({moment.date() for _, moment in said}) <= 2 else None


def _in_list(element: html.HtmlElement) -> bool:
    return any(
        up.tag in ("aside", "nav", "li", "footer") or "comment" in (up.get("class") or "")
        for up in element.iterancestors()
    )


def _beside(blocks: Sequence[Block], title: str) -> datetime | None:
    """The date beside the headline: the one that says "published", else the nearest, "updated" ones last."""
    worded = [block for block in blocks if block.words and not _NEVER & block.marks]
    plain = normalised(title)
    heads = [at for at, b in enumerate(worded) if plain and b.words <= 60 and normalised(b.text) == plain]
    heads += [at for at, block in enumerate(worded) if block.tag == "h1"]
    if not heads:
        return None
    head = heads[0]
    zone = [*range(max(0, head - _ABOVE), head), *range(head + 1, _end(worded, head))]
    found: list[tuple[int, int, datetime]] = []
    listed: list[tuple[int, int, datetime]] = []
    for at in zone:
        text = worded[at].text
        if worded[at].words <= _SHORT and len(text) < 120 and (moment := dates.in_words(text)):
            says = _SAYS_PUBLISHED.search(text), _SAYS_UPDATED.search(text)
            rank = 0 if says[0] else 2 if says[1] else 1
            candidate = (rank, abs(at - head) + 3 * (at < head), moment)
            (listed if _ASIDE & worded[at].marks else found).append(candidate)
    if len({moment.date() for *_, moment in listed}) == 1:  # several are of other articles
        found += [candidate for candidate in listed if candidate[1] <= _CLOSE]
    if len({moment.date() for *_, moment in found}) > _MANY:
        return None
    return min(found)[2] if found else None


def _only(blocks: Sequence[Block]) -> datetime | None:
    """The day of the lines that say "published" and a date, else of all lines that are a date, where it is one day."""
    lines = [b for b in blocks if 0 < b.words <= _SHORT and not _NEVER & b.marks and dates.is_date_line(b.text)]
    for chosen in ([b for b in lines if _SAYS_PUBLISHED.search(b.text)], lines):
        days = {moment for block in chosen if (moment := dates.in_words(block.text))}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _only_timed(root: html.HtmlElement) -> datetime | None:
    """The moment of the page's time elements, where they name one day."""
    told = [moment for element in root.iter("time") if (moment := dates.read(element.get("datetime")))]
    return told[0] if told and len({moment.date() for moment in told}) == 1 else None


def _end(worded: Sequence[Block], head: int) -> int:
    paragraphs = 0
    for at in range(head + 1, min(len(worded), head + 1 + _BELOW)):
        paragraphs += worded[at].words > 25 and worded[at].linked_words * 2 < worded[at].words
        if paragraphs > _PARAGRAPHS:
            return at
    return min(len(worded), head + 1 + _BELOW)


def _scripted(root: html.HtmlElement) -> datetime | None:
    """The day that the page's data for its scripts calls the day of publication, where it names one only."""
    days = set()
    read = 0
    for script in root.iter("script"):
        text = script.text or ""
        read += len(text)
        if read > _MAX_SCRIPTS:
            break
        if "ld+json" not in (script.get("type") or "") and ("ublish" in text or "ostDate" in text or "ubDate" in text):
            days |= {moment for found in _KEYS.finditer(text) if (moment := dates.read(found[1]))}
    return min(days) if len({moment.date() for moment in days}) == 1 else None
