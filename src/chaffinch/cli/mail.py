"""Whether letters leave."""

from __future__ import annotations

from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, newsroom

app = typer.Typer(help="Whether letters leave.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def mail() -> None:
    """Whether letters leave."""


@app.command("test")
def send_test(
    to: Annotated[str, typer.Option("--to", help="Who gets it.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send a few words to one address, on the way that letters go, and show the records that belong into the DNS."""
    from chaffinch.newsroom.transports import keys_of

    with newsroom(config) as room:
        where = room.post.few_words(to)
        keys = keys_of(room.parts.config.mail)
    print(f"{to}: {where}")
    for key in keys:
        print(f'{key.name}. TXT "{key.record}"')
