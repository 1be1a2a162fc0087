"""A page's blocks are shown: as a table, or as a page in green and red."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from chaffinch.cli.frame import table
from chaffinch.errors import InputError
from chaffinch.model import Block, Verdict
from chaffinch.newsroom.explaining import Explained
from chaffinch.text import shorten

_SIGN = {Verdict.CONTENT: "keep", Verdict.BOILERPLATE: "drop", Verdict.OPEN: "open"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title><style>
body {{ font: 16px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
p.block {{ margin: 0 0 .4rem; padding: .4rem .7rem; border-left: .4rem solid; white-space: pre-wrap;
  overflow-wrap: anywhere; }}
p.keep {{ border-color: #2e7d32; background: #2e7d3222; }}
p.drop {{ border-color: #c62828; background: #c6282822; }}
p.open {{ border-color: #757575; }}
p.h1, p.h2, p.h3 {{ font-weight: bold; }}
small {{ display: block; font: 12px/1.4 ui-monospace, monospace; opacity: .75; }}
</style></head><body>
<h1>{title}</h1><p>{summary}</p>
{blocks}
</body></html>
"""


def show(told: Explained) -> None:
    """Print the blocks, and what to do when a verdict is wrong."""
    document = told.document
    width = 60 if sys.stdout.isatty() else 200
    table(
        ("verdict", "reason", "score", "words", "text", "path"),
        [(_SIGN[b.verdict], b.reason, _score(b), b.words, shorten(b.text, width), b.path) for b in document.blocks],
    )
    print(f"\n{_summary(told)}")
    meta = document.metadata
    for name, value in (
        ("title", meta.title),
        ("byline", meta.byline),
        ("published", f"{meta.published:%Y-%m-%d %H:%M} UTC ({meta.certainty})" if meta.published else "undated"),
    ):
        print(f"{name + ':':<11}{value or '-'}")
    if told.source is None or told.source.kind != "folder":
        print('\nWrong? Try --drop ".css-selector" or --keep; what helps goes into the [[source]] as drop = ["…"].')


def write_html(path: Path, told: Explained) -> None:
    """Write the page: blocks kept in green, dropped ones in red, each with its reason."""
    blocks = "\n".join(
        f'<p class="block {_SIGN[block.verdict]} {escape(block.tag)}">'
        f"{escape(block.text)}<small>{_SIGN[block.verdict]}: {escape(_reason(block))} · "
        f"{escape(block.path)}</small></p>"
        for block in told.document.blocks
    )
    page = _PAGE.format(
        title=escape(told.document.metadata.title or told.reference.url), summary=escape(_summary(told)), blocks=blocks
    )
    try:
        path.write_text(page, "utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _summary(told: Explained) -> str:
    document = told.document
    kept = sum(block.words for block in document.blocks if block.verdict is Verdict.CONTENT)
    every = sum(block.words for block in document.blocks)
    where = f"; source {told.source.slug}, {told.pages} pages of it known" if told.source else ""
    why = f" ({document.why})" if document.why else ""
    return f"{document.kind}{why}: {kept} of {every} words kept{where}"


def _score(block: Block) -> str:
    return "" if block.score is None else f"{block.score:.2f}"


def _reason(block: Block) -> str:
    """With the score, where it does not say it."""
    score = _score(block)
    return block.reason if block.reason.endswith(score) else f"{block.reason} ({score})"
