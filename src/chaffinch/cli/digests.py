"""Digests: their issues, and the letters they become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, newsroom, table, working

if TYPE_CHECKING:
    from chaffinch.mailing.lint import Finding

app = typer.Typer(help="Digests and their issues.", no_args_is_help=True, rich_markup_mode=None)

Which = Annotated[str, typer.Argument(metavar="KEY", help="An article's key, or its address.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A digest's slug.")]


@app.command("list")
def list_issues(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A digest's slug; all when left out.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List the issues, newest first, with how their letters went."""
    with newsroom(config, looking=True) as room:
        rows = []
        for slug in [name] if name else [digest.slug for digest in room.parts.config.digests]:
            room.post.digest(slug)
            for issue in room.parts.issues.list(slug):
                letters = room.parts.issues.letters(slug, issue.number)
                told = ", ".join(f"{number} {state}" for state, number in letters.items())
                rows.append((slug, f"No. {issue.number}", issue.closed_at, issue.state, len(issue.articles), told))
    table(("digest", "number", "closed", "state", "articles", "letters"), rows)


@app.command()
def preview(
    name: Name,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .html, .txt or .eml file.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show the letter that would go out now; nothing is closed and nothing is sent."""
    from chaffinch.errors import InputError

    with newsroom(config, looking=True) as room:
        shown = room.post.preview(name)
    if output is None:
        print(f"Subject: {shown.rendered.subject}\n\n{shown.rendered.text}")
        return
    forms = {".html": shown.rendered.html.encode(), ".txt": shown.rendered.text.encode(), ".eml": shown.message}
    if output.suffix not in forms:
        raise InputError(f"{output}: the name must end in .html, .txt or .eml")
    try:
        output.write_bytes(forms[output.suffix])
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from error
    print(output)


@app.command()
def lint(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE.eml]...", help="Letters as files; the next letter of each digest when left out."),
    ] = None,
    local: Annotated[
        bool, typer.Option("--local", help="They stay on this machine: ask neither https nor signatures.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Judge letters by the rules for bulk mail; exit status 1 when one of them must not leave."""
    from chaffinch.clock import system_clock
    from chaffinch.errors import InputError
    from chaffinch.mailing.lint import failures
    from chaffinch.mailing.lint import lint as judged

    found: list[tuple[str, Sequence[Finding]]] = []
    for file in files or []:
        try:
            found.append((str(file), judged(file.read_bytes(), system_clock(), local=local)))
        except OSError as error:
            raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    if not files:
        with newsroom(config, looking=True) as room:
            found += [(digest.slug, room.post.lint(digest.slug)) for digest in room.parts.config.digests]
    for name, findings in found:
        bad = len(failures(findings))
        print(f"{name}: {bad} failed, {len(findings) - bad} warnings" if findings else f"{name}: good")
        for finding in findings:
            print(f"  {finding}")
    if any(failures(findings) for _, findings in found):
        raise typer.Exit(1)


@app.command("test")
def send_test(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="Who gets it.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send the letter that would go out now to one address; it counts as no issue."""
    with working(config) as room:
        where = room.post.test(name, to)
    print(f"{to}: {where}")


@app.command()
def send(name: Name, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Close an issue of what waits now, and send its letters, with those that are due of issues before."""
    from chaffinch.newsroom.sending import told

    with working(config) as room:
        waiting = room.post.waiting(name)
        for before in waiting:
            print(f"{name}, an issue before: {told(room.post.deliver(before, at_once=True))}")
        closed = room.post.close_now(name)
        for issue in closed:
            went = told(room.post.deliver(issue.id, at_once=True))
            print(f"{name} No. {issue.number}: {len(issue.articles)} articles; {went}")
    if not closed and not waiting:
        print(f"{name}: nothing new waits, so there is no issue")


@app.command()
def approve(name: Name, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Release the issue that is held; its letters go out at each subscriber's hour."""
    from chaffinch.newsroom.sending import told

    with working(config) as room:
        issue = room.post.release(name)
        print(f"{name} No. {issue.number}: released; {told(room.post.deliver(issue.id, at_once=True))}")


@app.command()
def skip(name: Name, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Never send the issue that is held; its articles are in no later issue either."""
    with working(config) as room:
        issue = room.post.skip(name)
    print(f"{name} No. {issue.number}: skipped")


@app.command()
def note(
    name: Name,
    text: Annotated[str, typer.Argument(help="A few words that stand above the articles.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put words of yours above the articles of the issue that is held."""
    with working(config) as room:
        issue = room.post.annotate(name, text)
    print(f"{name} No. {issue.number}: noted")


@app.command()
def resolve(
    arrived: Annotated[
        list[str] | None, typer.Option("--arrived", metavar="ID", help="This letter arrived: its number or Message-ID.")
    ] = None,
    again: Annotated[
        list[str] | None, typer.Option("--again", metavar="ID", help="This one did not: send it again.")
    ] = None,
    log: Annotated[
        typer.FileText | None,
        typer.Option(
            "--log",
            metavar="FILE",
            help="What this log of the mail server says was taken; - is the input.",
            errors="replace",
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List the letters that may or may not have arrived, or say which of them did."""
    with working(config) as room:
        for names, did in ((arrived or [], True), (again or [], False)):
            for name in names:
                room.post.resolve(name, arrived=did)
                print(f"{name}: {'noted as sent' if did else 'is sent again'}")
        if log is not None:
            settled, left = room.post.resolve_by_log(log)
            print(f"{settled} noted as sent, {left} still in doubt")
        if not arrived and not again and log is None:
            columns = ("number", "issue", "address", "Message-ID", "since")
            table(columns, ((d.number, d.issue, d.address, d.message_id, d.since) for d in room.post.doubtful()))


@app.command()
def pin(name: Name, article: Which, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Put an article first in the issue that is held."""
    with newsroom(config) as room:
        issue = room.post.pin(name, room.article(article))
    print(f"{name} No. {issue.number}: begins with {issue.articles[0].title}")


@app.command()
def drop(name: Name, article: Which, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take an article out of the issue that is held; it comes in no later one either."""
    with newsroom(config) as room:
        issue = room.post.drop(name, room.article(article))
    print(f"{name} No. {issue.number}: {len(issue.articles)} articles are left")


@app.command()
def simulate(
    name: Name,
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tell who would get a letter, and when, if something new were there each time."""
    with newsroom(config, looking=True) as room:
        digest = room.post.digest(name)
        home = ZoneInfo(digest.timezone)
        first, last = begin.replace(tzinfo=home), (end + timedelta(days=1)).replace(tzinfo=home)
        letters = room.post.simulate(name, first, last - timedelta(microseconds=1))
        rows = (
            (
                f"{letter.closes.astimezone(home):%a %Y-%m-%d %H:%M}",
                letter.cadence,
                f"{letter.leaves.astimezone(ZoneInfo(letter.reader.timezone or digest.timezone)):%a %Y-%m-%d %H:%M}",
                letter.reader.timezone or digest.timezone,
                letter.reader.address,
                ", ".join(letter.reader.topics) or "all",
            )
            for letter in letters
        )
        table(("closes", "cadence", "leaves", "zone", "address", "topics"), rows)
