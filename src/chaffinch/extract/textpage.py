"""A plain text is understood: cut into paragraphs, judged line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chaffinch.extract import by_crowd, by_lines, by_phrases, by_repeats, by_title, kinds, languages, plaintext
from chaffinch.model import Document, Metadata, Page, Repeats, Verdict

Said = Sequence[tuple[Verdict, str] | None]


def understand(text: str, page: Page, repeats: Repeats) -> Document:
    """The text's paragraphs, each with verdict and reason. What came along with the page wins over what it says."""
    cut = plaintext.cut(text)
    read = by_lines.read(cut, page.told.title if page.told else "")
    judged: list[Said] = [by_repeats.verdicts(cut, repeats)]
    if by_crowd.is_crowded(cut):
        title = by_title.verdicts(cut, read.title)
        judged += [title, by_phrases.verdicts(cut), by_crowd.verdicts(cut, read.title)]
    blocks = tuple(
        replace(block, verdict=verdict, reason=reason)
        for block, (verdict, reason) in (
            (block, next(filter(None, said))) for block, *said in zip(cut, *judged, read.verdicts, strict=True)
        )
    )
    kept = " ".join(block.text for block in blocks if block.verdict is Verdict.CONTENT)
    metadata = Metadata(title=read.title, byline=read.byline, language=languages.guess(kept))
    kind, why = kinds.judge(blocks, metadata, kinds.Signs(status=page.status, is_plain=True))
    return Document(page.url, metadata, blocks, kind, why)
