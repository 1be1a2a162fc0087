"""What every command has: the config, a newsroom while it needs one, lines and tables to print."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # heavy, and most commands of a shell's completion and help never need it
    from chaffinch.config import Config
    from chaffinch.errors import ChaffinchError
    from chaffinch.newsroom import Newsroom

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The press's config file.")]
DEFAULT_CONFIG = Path("config.toml")
_JOINERS = "\u200c\u200d"
"""They tell how letters join, in Persian and in Indian scripts."""


def configured(path: Path) -> Config:
    """The config at `path`. Raises ConfigError."""
    from chaffinch.config import load

    return load(path)


@contextmanager
def newsroom(path: Path, *, looking: bool = False) -> Iterator[Newsroom]:
    """The press of the config at `path`, closed at the end; `looking` is for who only reads."""
    from chaffinch.newsroom import Newsroom

    logging.getLogger("chaffinch").addHandler(logging.NullHandler())  # a command tells by itself how it went
    room = Newsroom(configured(path), looking=looking)
    try:
        yield room
    finally:
        room.close()


@contextmanager
def working(path: Path) -> Iterator[Newsroom]:
    """The same, with what is remembered made to follow the config: for what changes things."""
    with newsroom(path) as room:
        room.take_over()
        if not room.shared:
            yield room
            return
        from chaffinch.cli.machines import living

        with living(room):
            yield room


def log_to_stderr(verbose: bool = False) -> None:
    """Log to standard error from now on; see `logs`. Raises ConfigError."""
    from chaffinch.cli.logs import log_to

    log_to(sys.stderr, verbose=verbose)


def complain(error: ChaffinchError) -> None:
    """An error, a line each, on standard error; in the log's form where a program reads it."""
    from chaffinch.cli.logs import is_for_programs

    if is_for_programs():
        for line in str(error).splitlines():
            logging.getLogger("chaffinch").error("%s", line, extra={"event": "ended", "error": type(error).__name__})
        return
    print("\n".join(f"chaffinch: {line}" for line in str(error).splitlines()), file=sys.stderr)


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal, tab-separated lines elsewhere."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(_plain(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        drawn.add_column(title, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(_plain(cell)) for cell in row))
    Console().print(drawn)


def moment(when: datetime | None) -> str:
    """A moment in the machine's own zone, to the minute; a dash for none."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M") if when else "-"


def _plain(cell: object) -> str:
    text = moment(cell) if isinstance(cell, datetime) or cell is None else str(cell)
    return "".join(character if character.isprintable() or character in _JOINERS else " " for character in text)
