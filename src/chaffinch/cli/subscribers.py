"""Who gets letters."""

from __future__ import annotations

from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, newsroom, table, working

app = typer.Typer(help="Who gets letters.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A digest's slug.")]
Address = Annotated[str, typer.Argument(help="A mail address.")]


@app.command("list")
def list_subscribers(name: Name, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List a digest's subscriptions."""
    with newsroom(config) as room:
        room.post.digest(name)
        rows = [
            (row.address, row.status, row.cadence, "vouched" if row.vouched else "signed up", row.confirmed, row.ended)
            for row in room.parts.subscriptions.list(name)
        ]
    table(("address", "status", "cadence", "how", "since", "ended"), rows)


@app.command()
def add(name: Name, address: Address, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Ask an address whether it wants the letters; they begin when it says yes."""
    with working(config) as room:
        asked = room.sign_ups.subscribe(room.post.digest(name), address, {"by": "owner"})
        if asked:
            room.sign_ups.ask(asked)
    print(f"{address}: {'asked; it gets letters once it has said yes' if asked else 'nothing to do'}")


@app.command()
def remove(name: Name, address: Address, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """End a subscription; the address gets no more letters of this digest."""
    with working(config) as room:
        room.sign_ups.remove(room.post.digest(name), address)
    print(f"{address}: ended")
