"""Pages and dumps are read on their own, without a press."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption

if TYPE_CHECKING:  # as in `frame`
    from chaffinch.model import Draft


class Form(StrEnum):
    """How clean text is written."""

    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    JSONL = "jsonl"


def register(app: typer.Typer) -> None:
    """Add `extract`, `explain`."""
    app.command()(extract)
    app.command()(explain)


def extract(
    inputs: Annotated[list[str], typer.Argument(metavar="PATH_OR_URL...", help="Files, folders, URLs.")],
    urls: Annotated[Path | None, typer.Option(help="JSON of file name → URL: pages of one host are one site.")] = None,
    form: Annotated[Form, typer.Option("--format", help="What is written.")] = Form.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; standard output when left out.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print the clean text of any pages or dumps; a folder means its .html, .html.gz and .txt files."""
    from chaffinch.errors import InputError
    from chaffinch.extract.children import Children
    from chaffinch.newsroom.fetching import fetcher_for
    from chaffinch.newsroom.reading import extracted, inputs_of, read_urls

    addresses = read_urls(urls) if urls else {}
    found = list(inputs_of(inputs, addresses, lambda: fetcher_for(config)))
    cores = os.cpu_count() or 1
    children = Children(cores)
    try:
        target = output.open("w", encoding="utf-8") if output else sys.stdout
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from error
    unread = 0
    try:
        for number, (each, draft) in enumerate(extracted(found, children, cores + 1)):
            unread += not draft.aliases
            if form is not Form.JSONL and number:
                target.write("\n")
            _write(
                target, form, each.id, each.reference.url if not each.reference.url.startswith("file:") else "", draft
            )
            if form is not Form.JSONL and draft.kind != "article":
                print(f"{each.id}: {draft.kind}: {draft.why}", file=sys.stderr)
    finally:
        children.close()
        if target is not sys.stdout:
            target.close()
    if unread == len(found):  # nothing at all came; why was told of each
        raise typer.Exit(66)


def explain(
    which: Annotated[str, typer.Argument(metavar="PATH_OR_URL", help="A page or a dump.")],
    html: Annotated[Path | None, typer.Option("--html", help="Write the page here, kept green, dropped red.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="Try a keep selector.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Try a drop selector.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show every block of a page, its verdict and the reason; which rule to write when one is wrong."""
    from chaffinch.cli.explaining import show, write_html
    from chaffinch.model import Rules
    from chaffinch.newsroom.explaining import explained

    told = explained(which, config, Rules(tuple(keep or ()), tuple(drop or ())))
    if html:
        write_html(html, told)
        print(html)
    else:
        show(told)


def _write(target: TextIO, form: Form, name: str, url: str, draft: Draft) -> None:
    if form is Form.JSONL:
        record = {
            "id": name,
            "url": draft.url or url or None,
            "kind": draft.kind.value,
            "title": draft.title,
            "byline": draft.byline,
            "published": _by_its_clock(draft.published, draft.offset) if draft.published else None,
            "certainty": draft.certainty.value,
            "language": draft.language,
            "text": draft.text,
            "html": draft.html,
        }
        target.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
        return
    if form is Form.HTML:
        from html import escape

        body = f"<h1>{escape(draft.title)}</h1>\n{draft.html}" if draft.title else draft.html
    elif form is Form.MARKDOWN:
        from chaffinch.cli.markdown import markdown

        body = f"# {draft.title}\n\n{markdown(draft.html)}" if draft.title else markdown(draft.html)
    else:
        body = f"{draft.title}\n\n{draft.text}" if draft.title else draft.text
    target.write(body.rstrip() + "\n")


def _by_its_clock(moment: datetime, offset: int) -> str:
    """The moment as the page tells it: its day is the site's own."""
    return moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()
