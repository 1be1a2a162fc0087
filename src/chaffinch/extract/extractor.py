"""A page becomes a draft: decoded, understood, cleaned.

Pure functions of values; they run inside a child process (`extract.children`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from courlan import is_external

from chaffinch import urls
from chaffinch.extract import charset, clean, languages, plaintext, repeats, textpage, webpage
from chaffinch.model import Certainty, Document, Draft, Metadata, Outline, Page, Reference, Repeats, Rules, Verdict
from chaffinch.text import one_line, shorten

_LEAD = 300
_TITLE = 300
_TAGS = 12


def understand(reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Document:
    """Every block of the page with its verdict and the reason, and what kind of page it is.

    Raises ExtractError for a page beyond measure, ConfigError for a rule that is no selector.
    """
    text = charset.decode(page.body, page.charset)
    if plaintext.is_plain(text, page.media_type, page.url):
        return textpage.understand(text, page, repeats)
    return webpage.understand(text, page, rules, repeats, is_dated=reference.published is not None)


def outline(page: Page) -> Outline:
    """The page's blocks as fingerprints. Raises ExtractError for a page beyond measure."""
    text = charset.decode(page.body, page.charset)
    is_plain = plaintext.is_plain(text, page.media_type, page.url)
    return repeats.outlined(page.url, plaintext.cut(text) if is_plain else webpage.blocks(text, page))


def extract(reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft:
    """The clean article. Kind and why are always told; where it is no article the text is the best that is there."""
    return draft(reference, page, understand(reference, page, rules, repeats))


def draft(reference: Reference, page: Page, document: Document) -> Draft:
    """What an understood page comes to: front matter before the page's own words, those before the source's."""
    told, said = page.told or Metadata(), document.metadata
    kept = [block for block in document.blocks if block.verdict is Verdict.CONTENT]
    cleaned = clean.write(kept)
    prose = " ".join(block.text for block in kept if "heading" not in block.marks and block.words)
    published, certainty = _published(reference, told, said)
    url = _url(page, told, said)
    title = one_line(told.title or said.title or reference.title)
    return Draft(
        url=url,
        aliases=_aliases(reference, page, url),
        kind=document.kind,
        why=document.why,
        title=shorten(title or prose, _TITLE if title else 90),
        byline=told.byline or said.byline or reference.byline,
        publisher=told.publisher or said.publisher,
        published=published,
        certainty=certainty,
        offset=said.offset if published == said.published else 0,
        updated=told.updated or said.updated or reference.updated,
        language=told.language or said.language or reference.language or languages.guess(prose),
        lead=shorten(prose, _LEAD),
        html=cleaned.html,
        text=cleaned.text,
        image=told.image or said.image,
        tags=tuple(dict.fromkeys((*told.tags, *reference.tags, *said.tags)))[:_TAGS],
        enclosures=reference.enclosures,
    )


def _published(reference: Reference, told: Metadata, said: Metadata) -> tuple[datetime | None, Certainty]:
    if told.published:
        return told.published, Certainty.SURE
    if said.published and said.certainty is Certainty.SURE:
        return said.published, Certainty.SURE
    # A feed knows when it published; a file's time only says when it was saved. So a date read off the page's text
    # comes after the one, before the other.
    if reference.published and (urls.is_web(reference.url) or not said.published):
        return reference.published, reference.certainty
    return (said.published, said.certainty) if said.published else (None, Certainty.SEEN)


def _url(page: Page, told: Metadata, said: Metadata) -> str:
    if told.canonical:
        return urls.tidy(told.canonical)
    canonical = said.canonical if said.canonical and urls.is_web(said.canonical) else None
    if not urls.is_web(page.url):
        return urls.tidy(canonical) if canonical else ""
    if canonical and _is_same_site(canonical, page.url) and not (_is_front(canonical) and not _is_front(page.url)):
        return urls.tidy(canonical)
    return urls.tidy(page.url)


def _is_same_site(one: str, other: str) -> bool:
    """Whether one company's name is in both; asked of a table of all domains only where the hosts differ."""
    hosts = {urls.host_of(url).removeprefix("www.") for url in (one, other)}
    return len(hosts) == 1 or not is_external(one, other)


def _is_front(url: str) -> bool:
    parts = urls.split(url)
    return parts is not None and parts.path in ("", "/") and not parts.query


def _aliases(reference: Reference, page: Page, url: str) -> tuple[str, ...]:
    names = [f"guid:{reference.guid}" if reference.guid else "", f"url:{urls.same_page(url)}" if url else ""]
    if not urls.is_web(page.url):
        names.append(f"hash:{hashlib.sha256(page.body).hexdigest()}")
    names += [f"url:{urls.same_page(address)}" for address in (page.url, reference.url) if address]
    return tuple(dict.fromkeys(filter(None, names)))
