"""A web page is understood: parsed once, cut into blocks, judged stage by stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lxml import html

from chaffinch import urls
from chaffinch.extract import (
    by_classifier,
    by_markup,
    by_phrases,
    by_repeats,
    by_rules,
    by_title,
    jsonld,
    kinds,
    metadata,
    rescue,
    segment,
    tree,
)
from chaffinch.model import Block, Document, Metadata, Page, Repeats, Rules, Verdict

_LISTINGS = ("CollectionPage", "ItemList", "SearchResultsPage", "Blog")

Said = Sequence[tuple[Verdict, str] | None]


@dataclass(frozen=True, slots=True)
class _Read:
    root: html.HtmlElement
    cut: segment.Cut
    metadata: Metadata
    found: list[jsonld.Thing]


def understand(text: str, page: Page, rules: Rules, repeats: Repeats) -> Document:
    """The page's blocks, each with verdict and reason, its metadata and its kind. Raises ExtractError, ConfigError."""
    read = _read(text, page)
    ruled = by_rules.verdicts(read.cut.elements, by_rules.ruled(read.root, rules))
    stages: tuple[Callable[[], Said], ...] = (
        lambda: [ruled[place] for place in read.cut.places],
        lambda: by_repeats.verdicts(read.cut.blocks, repeats),
        lambda: by_markup.verdicts(read.cut),
        lambda: by_phrases.verdicts(read.cut.blocks),
        lambda: by_title.verdicts(read.cut.blocks, read.metadata.title),
        lambda: by_classifier.verdicts(read.cut, read.metadata),
        lambda: by_markup.pictures([block.verdict for block in read.cut.blocks], read.cut),
    )
    for stage in stages:
        read.cut.blocks[:] = settled(read.cut.blocks, stage())
    blocks = rescue.rescued(read.cut.blocks, jsonld.article(read.found))
    kind, why = kinds.judge(blocks, read.metadata, _signs(read, page))
    return Document(page.url, read.metadata, tuple(blocks), kind, why)


def blocks(text: str, page: Page) -> list[Block]:
    """The page's blocks, unjudged. Raises ExtractError."""
    return segment.cut(tree.parse(text), page.url).blocks


def settled(blocks: Sequence[Block], said: Said) -> list[Block]:
    """The blocks with what a stage says of those that were still open."""
    return [
        replace(block, verdict=verdict[0], reason=verdict[1]) if verdict and block.verdict is Verdict.OPEN else block
        for block, verdict in zip(blocks, said, strict=True)
    ]


def _read(text: str, page: Page) -> _Read:
    root = tree.parse(text)
    base = _base(root, page)
    cut = segment.cut(root, base)
    found = jsonld.things(root)
    return _Read(root, cut, metadata.read(root, base, found=found, fetched=page.fetched), found)


def _base(root: html.HtmlElement, page: Page) -> str:
    """What links are relative to: the base element (HTML 4.2.3), seen from where the page came from."""
    url = page.url
    if not urls.is_web(url):
        url = (page.told.canonical if page.told else None) or metadata.canonical(root) or ""
    base = root.find(".//base[@href]")
    return (urls.absolute(url, base.get("href", "")) if base is not None else "") or url


def _signs(read: _Read, page: Page) -> kinds.Signs:
    article = jsonld.article(read.found)
    types = [kind for thing in read.found for kind in jsonld.kinds(thing)]
    parts = urls.split(page.url)
    free = article.get("isAccessibleForFree")
    og_type = read.root.xpath("string(/html/head/meta[@property='og:type']/@content)").lower()
    return kinds.Signs(
        status=page.status,
        says_article=bool(article.get("headline")) or og_type == "article",
        says_free=None if free is None else str(free).lower() not in ("false", "0", "no"),
        says_other=next((kind for kind in types if kind in _LISTINGS), ""),
        scripts=sum(1 for _ in read.root.iter("script")),
        noscript=" ".join(element.text_content()[:500] for element in read.root.iter("noscript"))[:2000],
        is_front=bool(parts and parts.hostname and re.fullmatch(r"/?(?:index\.\w+)?", parts.path) and not parts.query),
    )
