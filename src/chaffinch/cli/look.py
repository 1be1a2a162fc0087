"""How things are, and how one article went."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, configured, moment, newsroom, table


def register(app: typer.Typer) -> None:
    """Add `status`, `doctor`, `why`."""
    app.command()(status)
    app.command()(doctor)
    app.command()(why)


def status(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """How each source, feed and digest is, and what is wrong now."""
    with newsroom(config, looking=True) as room:
        state = room.status()
    print("Sources")
    table(
        ("source", "kind", "articles", "no article", "failed", "waiting", "visited", "next", "problem"),
        [
            (s.slug, s.kind, s.kept, s.passed, s.failed, s.waiting, s.visited_at, s.next_at, s.problem or "")
            for s in state.sources
        ],
    )
    print("\nFeeds")
    table(
        ("feed", "written", "file"),
        [(feed.slug, feed.written, str(feed.file)) for feed in state.feeds],
    )
    if state.digests:
        print("\nDigests")
        table(
            ("digest", "subscribers", "issues", "last", "next", "letters"),
            [
                (
                    digest.slug,
                    digest.subscribers,
                    digest.issues,
                    f"No. {digest.last.number} ({digest.last.state})" if digest.last else "-",
                    digest.next_at,
                    ", ".join(f"{number} {name}" for name, number in digest.letters.items()) or "none",
                )
                for digest in state.digests
            ],
        )
    print("\nProblems" if state.problems else "\nNo problems.")
    for problem in state.problems:
        print(f"{problem.subject}: {problem.text} (since {moment(problem.since)}, {problem.times} times)")


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody else: no DNS, no server.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Look at the disk, the database, the servers and the DNS, and say what is wrong; status 1 when something is."""
    from chaffinch.mailing.records import Verdict
    from chaffinch.mailing.resolving import resolver
    from chaffinch.newsroom import doctor as examination
    from chaffinch.newsroom import remembering

    settings = configured(config)
    opened = partial(remembering.opened, settings.press, looking=True)
    signs = list(examination.examine(settings, opened, None if offline else resolver()))
    records = examination.records(settings)
    table(("what", "how it is", "why"), [(sign.about, sign.verdict, sign.said) for sign in signs])
    if records:
        print("\nWhat should stand in the DNS:")
    for record in records:
        print(f'{record.name}. {record.kind} "{record.value}"')
    if any(sign.verdict is Verdict.WRONG for sign in signs):
        raise typer.Exit(1)


def why(
    url: Annotated[str, typer.Argument(metavar="URL_OR_KEY", help="An article's address, its key, or a file.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """How an article went: listed, fetched, its kind, the feeds and issues that hold it."""
    with newsroom(config, looking=True) as room:
        for line in room.why(url):
            print(line)
