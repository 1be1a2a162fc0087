"""Setting up a press: a first config, its check, a new source."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, configured


def register(app: typer.Typer) -> None:
    """Add `init`, `check`, `add`."""
    app.command()(init)
    app.command()(check)
    app.command()(add)


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made when missing.")] = Path()) -> None:
    """Write a commented config.toml and a first article into a folder."""
    from chaffinch.errors import InputError
    from chaffinch.pages import packaged_templates

    target = directory / "config.toml"
    if target.exists():
        raise InputError(f"{target}: is there already, and stays as it is")
    try:
        for file in sorted((packaged_templates() / "starter").rglob("*")):
            place = directory / file.relative_to(packaged_templates() / "starter")
            if file.is_file() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
    except OSError as error:
        raise InputError(f"{directory}: cannot be written: {error.strerror}") from error
    there = "" if directory == Path() else f"cd {directory} && "
    print(f"{target}: written. Next: {there}chaffinch run --once")


def check(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Check the config and every template; nothing is changed."""
    from chaffinch.newsroom.checking import problems_of, warnings_of

    settings = configured(config)
    for warning in warnings_of(settings):
        print(f"warning: {warning}")
    problems = problems_of(settings)
    if problems:
        from chaffinch.errors import ConfigError

        raise ConfigError(*problems)
    feeds, digests = len(settings.feeds), len(settings.digests)
    print(f"{config}: {len(settings.sources)} sources, {feeds} feeds, {digests} digests; all is well")


def add(
    location: Annotated[str, typer.Argument(help="A URL, or a folder.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    kind: Annotated[
        str | None, typer.Option(help="page, index, feed, sitemap or folder; found out when left out.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Find out what stands at a location, show three cleaned articles, write the source into config.toml."""
    from chaffinch.cli.adding import add_source

    add_source(config, location, kind, yes)
