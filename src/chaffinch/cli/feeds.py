"""Who may read private feeds."""

from __future__ import annotations

from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, newsroom

app = typer.Typer(help="Who may read private feeds.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="A feed's slug.")]
Reader = Annotated[str, typer.Argument(help="For whom: any name that you will know again.")]


@app.command()
def token(name: Name, reader: Reader, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Give a reader addresses of their own; those that they had before end."""
    with newsroom(config) as room:
        for address in room.feed_keys.give(name, reader):
            print(address)


@app.command()
def readers(name: Name, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List who has addresses of a private feed."""
    with newsroom(config, looking=True) as room:
        for reader, given in room.feed_keys.readers(name):
            print(f"{reader}\t{given:%Y-%m-%d}")


@app.command()
def revoke(name: Name, reader: Reader, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """End a reader's addresses, at once."""
    with newsroom(config) as room:
        room.feed_keys.take_back(name, reader)
    print(f"{name}: the addresses of {reader} open nothing any more")
