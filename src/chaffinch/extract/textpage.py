"""A plain text is understood: cut into paragraphs, judged line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from chaffinch import urls
from chaffinch.extract import (
    beside,
    by_context,
    by_lines,
    by_repeats,
    by_wholes,
    credited,
    creditline,
    dated,
    dates,
    headline,
    kinds,
    languages,
    listed,
    months,
    ownaddress,
    plaintext,
)
from chaffinch.model import Block, Certainty, Document, Metadata, Page, Repeats, Verdict
from chaffinch.text import is_said, normalised


def understand(text: str, page: Page, repeats: Repeats) -> Document:
    """The text's paragraphs, each with verdict and reason. What came along with the page wins over what it says."""
    laid_out = plaintext.laid_out(text)
    cut = [block for block in laid_out if block.text]
    told, echoed = page.told.title if page.told else "", by_repeats.echoed(cut, repeats)
    read = by_lines.read(cut, told)
    scores, likely = by_context.asked(cut, read)
    judged = by_context.verdicts(cut, read, scores, echoed)
    lines = [None if by_lines.DRAWN & block.marks else score for block, score in zip(cut, scores, strict=True)]
    if not told and (title := _own(headline.found(cut, read, judged, lines, likely), cut)) != read.title:
        read = by_lines.read(cut, title)  # the chances stay: the model learned from the titles of the first reading
        judged = by_context.verdicts(cut, read, scores, echoed)
    repeated = by_repeats.verdicts(cut, repeats)
    verdicts = (
        (said or learned, score if score is None else round(score, 3), said is not None)
        for said, learned, score in zip(repeated, judged, scores, strict=True)
    )
    whole, is_repeated = [], []
    for block in laid_out:
        (verdict, reason), score, by_source = next(verdicts) if block.text else ((Verdict.OPEN, ""), None, False)
        whole.append(block._replace(verdict=verdict, reason=reason, score=score))
        is_repeated.append(by_source)
    blocks = listed.counted(by_wholes.settled(whole, is_repeated))
    kept = " ".join(block.text for block in blocks if block.verdict is Verdict.CONTENT)
    metadata = Metadata(title=read.title, language=languages.guess(kept))
    blocks, metadata = _with_origin(blocks, metadata, is_local=not urls.is_web(page.url))
    kind, why = kinds.judge(blocks, metadata, kinds.Signs(status=page.status, is_plain=True))
    return Document(page.url, metadata, tuple(blocks), kind, why)


def _own(title: str, blocks: Sequence[Block]) -> str:
    """A title without "Title:" where a tool wrote that: a line says the rest, or one tells the text's address."""
    rest = by_lines.without_label(title)
    if rest == title:
        return title
    plain = normalised(rest)
    is_tools = ownaddress.found(blocks) or any(is_said(block.text, plain, block.words) for block in blocks)
    return rest if is_tools else title


def _with_origin(blocks: list[Block], metadata: Metadata, *, is_local: bool) -> tuple[list[Block], Metadata]:
    """What the lines beside the headline tell is of the metadata; those that say it and nothing else are no text.

    Only of a file, which `is_local`, the address is asked: a page from the web has one.
    """
    places = [at for at, block in enumerate(blocks) if block.text]
    worded = [blocks[at] for at in places]
    language = metadata.language or months.UNKNOWN
    near = beside.lines(worded)
    credit = credited.found(worded, near, metadata.title, language)
    day = dated.found(worded, near, language)

    found = list(blocks)
    for n, reason in ((day.at if day else -1, "a date above the text"), (credit.at, "the byline")):
        if n >= 0 and _is_only_of_origin(worded[n], language):
            found[places[n]] = worded[n]._replace(verdict=Verdict.BOILERPLATE, reason=reason)

    own = ownaddress.found(worded) if is_local else None
    if own:
        found[places[own[0]]] = worded[own[0]]._replace(verdict=Verdict.BOILERPLATE, reason="the text's own address")

    metadata = replace(metadata, byline=credit.byline, canonical=own[1] if own else None)
    if day:
        moment = day.told.moment
        metadata = replace(
            metadata, published=moment.astimezone(UTC), certainty=Certainty.LIKELY, offset=dates.offset(moment)
        )
    return found, metadata


def _is_only_of_origin(block: Block, language: str) -> bool:
    return block.verdict is Verdict.CONTENT and creditline.read(block.text, language).is_understood
