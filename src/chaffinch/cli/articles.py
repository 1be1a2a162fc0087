"""The articles that are held: list, show, hide."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, moment, newsroom, table, working

app = typer.Typer(help="The articles that are held.", no_args_is_help=True, rich_markup_mode=None)

Which = Annotated[str, typer.Argument(metavar="KEY_OR_URL", help="An article's key or its address.")]


@app.command("list")
def list_articles(
    source: Annotated[str | None, typer.Option(help="Only those of this source.")] = None,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many, newest first.")] = 20,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List articles, newest first; withdrawn ones are marked."""
    with newsroom(config, looking=True) as room:
        newest = room.parts.articles.newest((source,) if source else (), hidden=True)
        rows = [
            (
                article.key,
                article.published,
                ",".join(article.sources),
                ("HIDDEN " if article.hidden else "") + article.title,
            )
            for article in islice(newest, number)
        ]
    table(("key", "published", "source", "title"), rows)


@app.command()
def show(which: Which, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print one article as plain text, with what is known of it."""
    with newsroom(config, looking=True) as room:
        article = room.article(which)
    certain = "" if article.certainty == "sure" else f" ({article.certainty})"
    for name, value in (
        ("id", article.id),
        ("url", article.url or "-"),
        ("title", article.title),
        ("byline", article.byline or "-"),
        ("publisher", article.publisher or "-"),
        ("published", moment(article.published) + certain),
        ("updated", moment(article.updated)),
        ("language", article.language or "-"),
        ("sources", ", ".join(article.sources)),
        ("hidden", "yes" if article.hidden else "no"),
    ):
        print(f"{name + ':':<11}{value}")
    print(f"\n{article.text}")


@app.command()
def hide(
    which: Which,
    undo: Annotated[bool, typer.Option("--undo", help="Bring it back.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Withdraw an article everywhere: feeds, pages, letters to come."""
    with working(config) as room:
        article = room.hide(which, hidden=not undo)
    print(f"{'brought back' if undo else 'withdrawn'}: {article.title}")
