"""Who gets letters."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, newsroom, table, working

app = typer.Typer(help="Who gets letters.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A digest's slug.")]
Address = Annotated[str, typer.Argument(help="A mail address.")]


@app.command("list")
def list_subscribers(name: Name, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List a digest's subscriptions."""
    with newsroom(config, looking=True) as room:
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


@app.command("import")
def import_list(
    name: Name,
    file: Annotated[Path, typer.Argument(help="A list as CSV or JSON.")],
    consent: Annotated[str, typer.Option("--consent", help="Where and when these people said yes; it is recorded.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take over the subscribers of another program, who have said yes there."""
    from chaffinch.errors import InputError

    if not consent.strip():
        raise InputError("--consent: say where and when these people said yes")
    try:
        with file.open("rb") as opened:
            wide = opened.read(2) in (b"\xff\xfe", b"\xfe\xff")  # as a spreadsheet saves "Unicode text"
        written = file.open(encoding="utf-16" if wide else "utf-8-sig", newline="")
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    with written, newsroom(config) as room:
        try:
            taken = room.sign_ups.take_in(room.post.digest(name), written, consent.strip(), file.name)
        except InputError as error:
            raise InputError(f"{file}: {error}") from error
    for problem in taken.problems:
        print(problem, file=sys.stderr)
    if taken.unusable > len(taken.problems):
        print(f"and {taken.unusable - len(taken.problems)} more", file=sys.stderr)
    print(f"{name}: {taken.added} taken over, {taken.passed} passed over, {taken.unusable} could not be read")


@app.command()
def export(
    name: Name,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of CSV.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print everything that is kept of a digest's subscribers."""
    from chaffinch.mailing.lists import as_csv, as_object

    with newsroom(config, looking=True) as room:
        people = room.parts.subscriptions.list(room.post.digest(name).slug)
        if as_json:
            print("[", end="")
            for number, person in enumerate(people):
                print("," if number else "", json.dumps(as_object(person), ensure_ascii=False), sep="\n", end="")
            print("\n]")
        else:
            for line in as_csv(people):
                print(line, end="")
