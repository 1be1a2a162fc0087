"""A web page is understood: parsed once, cut into blocks, judged stage by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lxml import html

from chaffinch.extract import (
    beside,
    by_classifier,
    by_company,
    by_markup,
    by_phrases,
    by_repeats,
    by_rules,
    by_title,
    credited,
    jsonld,
    kinds,
    metadata,
    months,
    parsed,
    rescue,
)
from chaffinch.model import Block, Document, Metadata, Page, Repeats, Rules, Verdict

_ELSEWHERE = frozenset(("caption", "dialog", "figure", "footer", "hidden", "nav"))
"""Marks of what stands beside no headline, though it comes next to it in the page's order."""
_RUBRIC = 16
"""Words of a line with a link, which names a rubric; links to authors' pages are known before."""
_PRODUCTS = ("Product", "ProductGroup", "ProductModel", "SomeProducts", "OfferCatalog")
_PIECES = ("Article", "Posting")
"""How the types of what is written end; a product has reviews, too."""
_PASSWORDS = "//input[translate(@type, 'PASWORD', 'pasword')='password']"
_OF_ARTICLE = "boolean(.//h1 | .//article)"
_MANY = 50
"""Fields; a page that asks for more passwords is none that people write."""
_HEADED = "//*[contains(@itemtype, 'Article') or contains(@itemtype, 'Posting')]//h1"
_ENOUGH = 500
_LISTINGS = ("CollectionPage", "ItemList", "SearchResultsPage", "Blog")

Said = Sequence[tuple[Verdict, str] | None]


@dataclass(frozen=True, slots=True)
class _Read:
    page: parsed.Parsed
    metadata: Metadata
    found: list[jsonld.Thing]


def understand(text: str, page: Page, rules: Rules, repeats: Repeats, *, is_dated: bool = False) -> Document:
    """The page's blocks, each with verdict and reason, its metadata and its kind. Raises ExtractError, ConfigError.

    `is_dated`: the source says when it was published.
    """
    read = _read(text, page)
    cut = read.page.cut
    ruled = by_rules.verdicts(cut.elements, by_rules.ruled(read.page.root, rules))
    repetition = by_repeats.Repetition(cut.blocks, repeats)
    said = _Verdicts(
        [ruled[place] for place in cut.places],
        repetition.verdicts(),
        by_markup.verdicts(cut),
        by_phrases.verdicts(cut.blocks),
        by_title.verdicts(cut.blocks, read.metadata.title),
    )
    scores = by_classifier.scores(cut, read.metadata, [verdict is None for verdict in said.found])
    said.settle(repetition.doubted(scores))
    said.settle(by_classifier.verdicts(cut, scores))
    said.found = by_company.completed(cut, said.found, scores)
    said.settle(by_markup.pictures(said.so_far(), cut))
    said.found = by_company.captioned(cut, said.found, scores)
    blocks = rescue.rescued(
        _judged(cut.blocks, said.found, scores),
        jsonld.article(read.found),
        read.page.scripts,
        read.metadata.title,
        read.page.base,
    )
    kind, why = kinds.judge(blocks, read.metadata, _signs(read, page, is_dated=is_dated))
    return Document(page.url, _with_byline(blocks, read.metadata), tuple(blocks), kind, why)


def blocks(text: str, page: Page) -> list[Block]:
    """The page's blocks, unjudged; what was parsed for them serves `understand` too. Raises ExtractError."""
    return parsed.keep(text, page).cut.blocks


class _Verdicts:
    """What the stages said, each of what was still open then."""

    def __init__(self, *stages: Said) -> None:
        self.found: list[tuple[Verdict, str] | None] = list(stages[0])
        for stage in stages[1:]:
            self.settle(stage)

    def settle(self, said: Said) -> None:
        """Take what a stage says of those that are still open."""
        self.found = [known or new for known, new in zip(self.found, said, strict=True)]

    def so_far(self) -> list[Verdict]:
        """For each block its verdict, or OPEN."""
        return [verdict[0] if verdict else Verdict.OPEN for verdict in self.found]


def _judged(blocks: Sequence[Block], said: Said, scores: Sequence[float | None]) -> list[Block]:
    return [
        Block(
            block.path, block.tag, block.html, block.text, block.words, block.linked_words, block.marks,
            verdict[0] if verdict else Verdict.OPEN, verdict[1] if verdict else "",
            None if score is None else round(score, 3), block.span,
        )
        for block, verdict, score in zip(blocks, said, scores, strict=True)
    ]  # fmt: skip


def _read(text: str, page: Page) -> _Read:
    known = parsed.take(text, page)
    found = jsonld.things(known.scripts)
    said = metadata.read(
        known.root, known.url, base=known.base, found=found, blocks=known.cut.blocks, fetched=page.fetched
    )
    return _Read(known, said, found)


def _with_byline(blocks: Sequence[Block], said: Metadata) -> Metadata:
    """Where no markup names an author, the byline that the lines beside the headline make, as in a plain text."""
    if said.byline:
        return said
    worded = [
        block
        for block in blocks
        if block.words and not _ELSEWHERE & block.marks and not (block.linked_words and block.words <= _RUBRIC)
    ]
    language = (said.language or "").partition("-")[0] or months.UNKNOWN
    return replace(said, byline=credited.found(worded, beside.lines(worded), said.title, language).byline)


def _product(root: html.HtmlElement, types: list[str], og_type: str) -> str:
    """What the page calls itself where that is something for sale; empty where it marks up one article."""
    if og_type.split(".")[0].split(":")[-1] == "product":
        return og_type
    told = [
        kind.rstrip("/").rsplit("/", 1)[-1] for said in root.xpath("//@itemtype")[:_ENOUGH] for kind in said.split()
    ]
    sold = next((kind for kind in types if kind in _PRODUCTS), "")
    if not sold and "Offer" not in told and sum(kind.endswith(_PIECES) for kind in told) == 1 and root.xpath(_HEADED):
        return ""  # newspapers mark up an article that is to be paid as a product, too
    return sold or next((kind for kind in told if kind in _PRODUCTS), "")


def _passwords(root: html.HtmlElement) -> int:
    """The most passwords that one form asks for; what stands around the article, as ASP.NET writes it, is no form."""
    fields = islice(root.xpath(_PASSWORDS), _MANY)
    forms = Counter(next(field.iterancestors("form"), None) for field in fields)
    return max((n for form, n in forms.items() if form is not None and not form.xpath(_OF_ARTICLE)), default=0)


def _signs(read: _Read, page: Page, *, is_dated: bool) -> kinds.Signs:
    article = jsonld.article(read.found)
    types = [kind for thing in read.found for kind in jsonld.kinds(thing)]
    free = article.get("isAccessibleForFree")
    og_type = read.page.root.xpath("string(/html/head/meta[@property='og:type']/@content)").strip().lower()
    is_described = bool(article) and not jsonld.is_bare_page(article)
    return kinds.Signs(
        status=page.status,
        says_article=bool(article.get("headline")) or og_type == "article",
        is_described=is_described,
        says_product="" if is_described else _product(read.page.root, types, og_type),
        says_free=None if free is None else str(free).lower() not in ("false", "0", "no"),
        says_other=next((kind for kind in types if kind in _LISTINGS), ""),
        scripts=len(read.page.scripts),
        noscript=" ".join(element.text_content()[:500] for element in read.page.noscripts)[:2000],
        url=page.url,
        is_dated=is_dated or bool(page.told and page.told.published),
        passwords=_passwords(read.page.root),
    )
