"""A press is backed up, brought back, or moved to PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, configured, moment

FileArgument = Annotated[Path, typer.Argument(help="The backup.")]


def register(app: typer.Typer) -> None:
    """Add `backup`, `restore`, `migrate`."""
    app.command()(backup)
    app.command()(restore)
    app.command()(migrate)


def backup(file: FileArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Write database, secret, private feeds and config into one file, while the press works."""
    from chaffinch.clock import system_clock
    from chaffinch.newsroom.safekeeping import save

    rows = save(configured(config), file, system_clock())
    print(f"{file}: {rows} rows; the press's secret is in it: keep it where only you can read it")


def restore(
    file: FileArgument,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the press that is here; it is backed up first.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Bring a press back from its backup; nothing is sent again by itself."""
    from chaffinch.clock import system_clock
    from chaffinch.newsroom.safekeeping import bring_back

    done = bring_back(configured(config), file, system_clock(), force=force)
    print(f"brought back {done.rows} rows, as they stood at {moment(done.made)}")
    if done.doubtful:
        print(f"{done.doubtful} letters may have gone out since: `chaffinch digest resolve` shows them")
    if done.config:
        print(f"the backup's config is another one: see {done.config}")
    print("who unsubscribed since must be ended again: `chaffinch subscribers remove`")


def migrate(
    to: Annotated[str, typer.Option("--to", help="postgresql+psycopg://USER@HOST/DATABASE; an empty database.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Move a press from SQLite to PostgreSQL; killed in the middle, it can be begun again."""
    from chaffinch.newsroom.migrating import migrate as move

    rows = move(configured(config), to)
    print(f"moved {rows} rows, each read back and found the same; what is here was not touched")
    print("Write into config.toml, and start again:\n")
    if urlsplit(to).password:
        print(
            '[press]\ndatabase_url_file = "database-url.txt"  # a file with the address in it, which only you can read'
        )
    else:
        print(f'[press]\ndatabase_url = "{to}"')
