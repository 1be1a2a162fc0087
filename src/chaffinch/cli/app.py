"""The command line as a whole: every family of commands, and what becomes of an error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from chaffinch import __version__
from chaffinch.cli import (
    articles,
    digests,
    feeds,
    lists,
    look,
    mail,
    moving,
    reading,
    start,
    subscribers,
    templates,
    work,
)
from chaffinch.cli.frame import complain
from chaffinch.errors import ChaffinchError

USAGE = 64
INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def chaffinch(
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False,
) -> None:
    """Watches article sources, strips the boilerplate, publishes clean feeds, sends digest letters."""
    if version:
        print(f"chaffinch {__version__}")
        raise typer.Exit


for family in (start, work, reading, look, moving):
    family.register(app)
for name, group in (
    ("articles", articles.app),
    ("digest", digests.app),
    ("feeds", feeds.app),
    ("mail", mail.app),
    ("sources", lists.app),
    ("subscribers", subscribers.app),
    ("templates", templates.app),
):
    app.add_typer(group, name=name)


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; an error is one line on standard error, and the exit status tells its sort."""
    try:
        result = app(list(arguments), standalone_mode=False, prog_name="chaffinch")
    except TyperException as error:
        print(f"chaffinch: {error.format_message()} (--help tells what there is)", file=sys.stderr)
        return USAGE
    except typer.Exit as end:
        return end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ChaffinchError as error:
        complain(error)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0
