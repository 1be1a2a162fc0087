"""Lists of sources from other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, configured

app = typer.Typer(help="Lists of sources.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def sources() -> None:
    """Lists of sources."""


@app.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A subscription list.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add every feed of an OPML list as a source; those that are there already are left as they are."""
    from chaffinch.cli.writing import NewSource, add_sources
    from chaffinch.errors import InputError, ReadError
    from chaffinch.sources.opml import read_opml

    settings = configured(config)
    try:
        listed = read_opml(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    except ReadError as error:
        raise InputError(f"{file}: {error}") from error
    there = {source.location for source in settings.sources}
    new = {
        feed.url: NewSource(location=feed.url, kind="feed", title=feed.title, tags=feed.tags)
        for feed in listed
        if feed.url not in there
    }
    add_sources(config, tuple(new.values()))
    print(f"{len(new)} sources added, {len(listed) - len(new)} were there already")
