"""When an article was published, by who says so.

Markup that says it outright is sure. What stands beside the headline, in the address or in the page's own scripts is
likely. Nothing else is asked: a date from anywhere on the page is more often another article's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from lxml import html

from chaffinch import urls
from chaffinch.extract import dates, jsonld, printed
from chaffinch.model import Block, Certainty

_PUBLISHED = (
    "article:published_time", "article:published", "og:published_time", "datepublished", "date_published",
    "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "publish_date",
    "publish-date", "publishdate", "published-date",
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
_OTHER = re.compile(r"modif|updat|review|revis|expir|start|end|birth|upload")
_KEYS = re.compile(
    r"\"?\b(?:published_?(?:at|on|date|time)?|publish_?(?:date|time)|date_?published|post_?date|pub_?date"
    r"|first_?published(?:_?at)?)"
    r"\\?\"?\s*:\s*\\?\"(\d{4}-\d\d-\d\d[T \d:.+Z-]*)",
    re.IGNORECASE,
)
"""No `publish_at`: that is a plan."""
_MAX_SCRIPTS = 2_000_000
_MANY = 40
_A_DAY = timedelta(days=1)
_ELSEWHERE = timedelta(hours=36)
"""From a day's midnight in UTC to its end in the last time zone: what a site prints may be so much earlier."""


def published(
    root: html.HtmlElement,
    article: jsonld.Thing,
    meta: Mapping[str, str],
    url: str,
    *,
    title: str = "",
    language: str = "",
    blocks: Sequence[Block] = (),
    fetched: datetime | None = None,
) -> tuple[datetime | None, Certainty]:
    """The moment and how sure it is; None and SEEN where the page does not say. Nothing lies a day after `fetched`.

    A site's front page is dated only by JSON-LD that describes an article: themes date it as they date any page.
    """
    latest = fetched + _A_DAY if fetched else None
    said = {} if urls.is_front(url) else meta
    for moment, certainty in _claims(root, article, said, url, title, language, blocks):
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
    language: str,
    blocks: Sequence[Block],
) -> Iterator[tuple[datetime | None, Certainty]]:
    times = _times(root)
    other = {moment.date() for _, moment, is_other in times if is_other}
    seen = printed.beside(blocks, title, language=language, not_these=other)
    shown = seen.moment if seen and seen.says is not printed.Says.UPDATED else None
    said = dates.read(article.get("datePublished"), language)
    if said and _is_doubtful(article) and not _borne_out(said, meta, url, seen.moment if seen else None):
        said = None
    said = said or _first(meta, _PUBLISHED)
    if said and shown and said - shown > _ELSEWHERE:
        yield shown, Certainty.LIKELY  # publishing tools write the day of the last change for that of the first
    yield said, Certainty.SURE
    if urls.is_front(url):
        return
    yield _timed(root, times, language), Certainty.SURE
    yield dates.in_url(url), Certainty.LIKELY
    yield printed.originally(blocks, language=language), Certainty.LIKELY
    yield seen.moment if seen else None, Certainty.LIKELY
    yield _scripted(root), Certainty.LIKELY
    only = printed.alone(blocks, language=language, not_these=other)
    yield only.moment if only else None, Certainty.LIKELY
    yield _only(times), Certainty.LIKELY


def _is_doubtful(article: jsonld.Thing) -> bool:
    """Whether a tool may have filled the day in by itself: for any page, or in words, which ISO 8601 does not know."""
    return jsonld.is_bare_page(article) or not str(article.get("datePublished"))[:4].isdigit()


def _borne_out(said: datetime, meta: Mapping[str, str], url: str, beside: datetime | None) -> bool:
    """Whether anything else says that day."""
    others = (_first(meta, _PUBLISHED), dates.in_url(url), beside)
    if f"/{said:%Y/%m}/" in url:
        return True
    return any(other and abs(other - said) < 2 * _A_DAY for other in others)


def _first(meta: Mapping[str, str], names: tuple[str, ...]) -> datetime | None:
    return next((moment for name in names if (moment := dates.read(meta.get(name)))), None)


_Time = tuple[html.HtmlElement, datetime, bool]
"""A time element, its moment, and whether it is said to be of something else than publication."""


def _times(root: html.HtmlElement) -> list[_Time]:
    found: list[_Time] = []
    for element in root.iter("time"):
        if moment := dates.read(element.get("datetime") or element.text_content()):
            found.append((element, moment, _is_other(element)))
            if len(found) >= _MANY:
                break
    return found


def _is_other(element: html.HtmlElement) -> bool:
    """Whether its item property or its name say that it is no day of publication.

    A class "updated" says nothing: old themes give it to any date (hAtom).
    """
    if prop := (element.get("itemprop") or "").lower():
        return "publish" not in prop and _OTHER.search(prop) is not None
    names = f"{element.get('class', '')} {element.getparent().get('class', '')}".lower()
    return "modified" in names


def _timed(root: html.HtmlElement, times: Collection[_Time], language: str) -> datetime | None:
    for element in root.xpath("//*[@itemprop='datePublished']")[:3]:
        told = element.get("content") or element.get("datetime") or element.text_content()
        if moment := dates.read(told, language):
            return moment
    said = [
        (element, moment)
        for element, moment, is_other in times
        if not (is_other or _in_list(element) or printed.says_updated(_before(element)))
    ]
    for element, moment in said:
        if element.get("pubdate") is not None or _TIMED.search(
            f"{element.get('class', '')} {element.getparent().get('class', '')}".lower()
        ):
            return moment
    return said[0][1] if said and len({moment.date() for _, moment in said}) <= 2 else None


def _before(element: html.HtmlElement) -> str:
    """The words right before an element."""
    previous = element.getprevious()
    if previous is not None:
        return f"{previous.text_content()[-80:]} {previous.tail or ''}"
    above = element.getparent()
    if (above.text or "").strip():
        return str(above.text)
    before = above.getprevious()
    return f"{before.text_content()[-80:]} {before.tail or ''}" if before is not None else ""


def _only(times: Collection[_Time]) -> datetime | None:
    """The moment of the page's time elements, where they name one day."""
    told = [m for element, m, is_other in times if not (is_other or printed.says_updated(_before(element)))]
    return told[0] if told and len({moment.date() for moment in told}) == 1 else None


def _in_list(element: html.HtmlElement) -> bool:
    return any(
        up.tag in ("aside", "nav", "li", "footer") or "comment" in (up.get("class") or "")
        for up in element.iterancestors()
    )


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
