"""A sitemap lists a site's pages (sitemaps.org; index files, news, plain text, packed)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lxml import etree

from chaffinch.errors import FetchError, ReadError, Stopped
from chaffinch.model import Listing, Page, Reference, Source, SourceState, Validators
from chaffinch.ports import Fetcher
from chaffinch.sources.dates import believable, iso, rhythm
from chaffinch.sources.markup import looks_like_html
from chaffinch.sources.safexml import local_name, root_of, text_of
from chaffinch.sources.visit import Visit, visit
from chaffinch.text import one_line
from chaffinch.urls import absolute, host_of, is_web

_MOST = 1_000
_MOST_CHILDREN = 50
_DEEPEST = 2
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """The newest 1,000 pages of the source's own host. Raises FetchError, and ReadError for what is no sitemap.

    Of an index at most 50 maps are read, newest first, two levels deep; one that fails is a problem, not a failure.
    """
    seen = visit(state.location or source.location, state, fetcher)
    return seen.unchanged or parse(source, seen, fetcher, state)


def parse(source: Source, seen: Visit, fetcher: Fetcher, before: SourceState) -> Listing:
    """What a sitemap that came lists, its child maps fetched. Raises ReadError."""
    walk = _Walk(site_of(host_of(source.location)), fetcher, before)
    walk.into(seen.page, depth=0)
    found = sorted(walk.found.values(), key=_date, reverse=True)[:_MOST]
    if not found and walk.problems and not walk.maps:
        raise ReadError(walk.problems[0])
    validators = {**seen.state.validators, **walk.validators}
    state = replace(seen.state, validators=validators, published_at=rhythm(r.published or r.updated for r in found))
    return Listing(tuple(found), state, problems=tuple(walk.problems))


def site_of(host: str) -> str:
    """What the hosts of one site have in common: the name without `www.`."""
    return host.removeprefix("www.")


@dataclass(slots=True)
class _Walk:
    site: str
    fetcher: Fetcher
    before: SourceState
    validators: dict[str, Validators] = field(default_factory=dict)
    found: dict[str, Reference] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    maps: int = 0
    """Child maps that were asked for."""
    visited: set[str] = field(default_factory=set)

    def into(self, page: Page, depth: int) -> None:
        """Take up one map, and the maps it names."""
        self.visited.add(page.url)
        if b"<" not in page.body[:1000] and is_web(page.body[:1000].split(b"\n", 1)[0].decode("latin-1").strip()):
            self._take(page, (Reference(line.strip()) for line in page.body.decode("utf-8", "replace").splitlines()))
            return
        if looks_like_html(page.body):
            raise ReadError(f"{page.url}: a web page, no sitemap")
        root, flaw = root_of(page.body, page.url)
        kind = local_name(root)
        if kind == "sitemapindex":
            self._children(page, root, depth)
        elif kind == "urlset":
            self._take(page, (_reference(url, page) for url in root if local_name(url) == "url"))
        elif kind in ("rss", "feed", "rdf"):
            raise ReadError(f'{page.url}: a feed, no sitemap; kind = "feed" reads it')
        else:
            raise ReadError(f"{page.url}: no sitemap: it begins with <{kind[:40]}>")
        if flaw:
            self.problems.append(f"{page.url}: no well-formed XML: {flaw}; what could be read was")

    def _take(self, page: Page, references: Iterable[Reference]) -> None:
        before, others = len(self.found), 0
        for reference in references:
            if site_of(host_of(reference.url)) != self.site:
                others += bool(reference.url)
            elif reference.url not in self.found or _date(reference) > _date(self.found[reference.url]):
                self.found[reference.url] = reference
        if others and len(self.found) == before:
            self.problems.append(f"{page.url}: lists only pages of other hosts than {self.site}")

    def _children(self, page: Page, root: etree._Element, depth: int) -> None:
        if depth >= _DEEPEST:
            self.problems.append(f"{page.url}: an index of indexes of indexes; left out")
            return
        named = [_reference(child, page) for child in root if local_name(child) == "sitemap"]
        for child in sorted((child for child in named if child.url), key=_date, reverse=True):
            if child.url in self.visited:
                continue
            if self.maps >= _MOST_CHILDREN or len(self.found) >= _MOST:
                return
            self.maps += 1
            self.visited.add(child.url)
            try:
                seen = visit(child.url, self.before, self.fetcher)
                if seen.unchanged is None:
                    self.into(seen.page, depth + 1)
            except Stopped:
                raise
            except (FetchError, ReadError) as error:
                self.problems.append(str(error))
            else:
                self.validators[child.url] = seen.state.validators.get(child.url, Validators())


def _reference(element: etree._Element, page: Page) -> Reference:
    said: dict[str, str] = {}
    for child in element.iter():
        said.setdefault(local_name(child), text_of(child))
    published = believable(iso(said.get("publication_date", "")), page.fetched)
    keywords = (one_line(word) for word in said.get("keywords", "").split(","))
    return Reference(
        url=absolute(page.url, said.get("loc", "")),
        revision=said.get("lastmod", ""),
        title=said.get("title", "") if "publication_date" in said or "news" in said else "",
        published=published,
        updated=believable(iso(said.get("lastmod", "")), page.fetched),
        language=said.get("language") or None,
        tags=tuple(dict.fromkeys(word for word in keywords if word)),
    )


def _date(reference: Reference) -> datetime:
    return reference.published or reference.updated or _LONG_AGO
