"""The worker, and its single steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, complain, configured, log_to_stderr, working

if TYPE_CHECKING:  # as in `frame`
    from chaffinch.newsroom import Newsroom


def register(app: typer.Typer) -> None:
    """Add `run`, `worker`, `refresh`, `publish`."""
    app.command()(run)
    app.command()(worker)
    app.command()(refresh)
    app.command()(publish)


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    once: Annotated[bool, typer.Option("--once", help="Do everything that is due, then exit.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step.")] = False,
) -> None:
    """Run the worker: poll sources, publish feeds, send letters, serve the web pages."""
    log_to_stderr(verbose)
    from chaffinch.cli import daemon

    settings = configured(config)
    if once:
        if not daemon.run_once(settings):
            raise typer.Exit(130)  # what a shell says of a command that was interrupted
    else:
        daemon.run(settings)


def worker(
    config: ConfigOption = DEFAULT_CONFIG,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step.")] = False,
) -> None:
    """Add a machine to a press on PostgreSQL: the same work, without the web pages."""
    log_to_stderr(verbose)
    from chaffinch.cli import daemon

    daemon.work(configured(config))


def refresh(
    sources: Annotated[list[str] | None, typer.Argument(help="Slugs; all sources when left out.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Extract the stored pages once more.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Visit sources now, whether they are due or not, and publish what changed."""
    from chaffinch.errors import ChaffinchError
    from chaffinch.newsroom.visiting import told

    with working(config) as room:
        for slug in sources or [source.slug for source in room.parts.config.sources]:
            try:
                print(f"{slug}: {told(room.refresh(slug, again=again))}")
            except ChaffinchError as error:
                if len(sources or []) == 1:
                    raise
                print(f"{slug}: {error}")
        dirty = room.parts.articles.dirty()
        for _ in _published(room, [feed.slug for feed in room.parts.config.feeds if feed.slug in dirty]):
            pass


def publish(
    feeds: Annotated[list[str] | None, typer.Argument(help="Slugs; all feeds when left out.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Build feeds now; files whose bytes are the same are not touched."""
    with working(config) as room:
        for slug, changed in _published(room, feeds or [feed.slug for feed in room.parts.config.feeds]):
            print(f"{slug}: {', '.join(changed) if changed else 'nothing changed'}")


def _published(room: Newsroom, feeds: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Each feed with its files that changed. One that fails stops no other; the last failure is raised at the end."""
    from chaffinch.errors import ChaffinchError

    failed: list[ChaffinchError] = []
    for slug in feeds:
        try:
            yield slug, room.publish(slug)
        except ChaffinchError as error:
            failed.append(error)
    for told in failed[:-1]:
        complain(told)
    if failed:
        raise failed[-1]
