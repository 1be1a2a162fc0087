"""The mail server."""

from __future__ import annotations

from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, newsroom

app = typer.Typer(help="The mail server.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def mail() -> None:
    """The mail server."""


@app.command("test")
def send_test(
    to: Annotated[str, typer.Option("--to", help="Who gets it.")], config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Send one short message through the configured transport, and say how it went."""
    with newsroom(config) as room:
        where = room.post.test_transport(to)
    print(f"{to}: {where}")
