"""A source is added: found out, shown, written."""

from __future__ import annotations

from pathlib import Path

import typer

from chaffinch.cli.frame import configured, moment
from chaffinch.cli.writing import NewSource, add_sources
from chaffinch.errors import ConfigError, InputError
from chaffinch.newsroom.trial import Trial, try_out
from chaffinch.text import shorten


def add_source(config: Path, location: str, kind: str | None, yes: bool) -> None:
    """Ask before writing, unless `yes`. Raises InputError when nothing usable stands there."""
    settings = configured(config)
    trial = try_out(settings, location, kind)
    if any(source.location == trial.source.location for source in settings.sources):
        raise ConfigError(f"{trial.source.location}: is a source already")
    _show(trial)
    if not trial.drafts:
        raise InputError(f"{location}: no article could be read from it, so it was not added")
    if not yes and not typer.confirm("Add it?", default=True):
        return
    found = trial.source
    written = location if found.kind == "folder" else found.location
    add_sources(config, [NewSource(written, str(found.kind), trial.title)])
    print(f"{config}: [[source]] added; `chaffinch run` visits it next")


def _show(trial: Trial) -> None:
    print(f"{trial.source.location}: {trial.source.kind}, {trial.listed} articles listed, {trial.why}")
    for other in trial.others:
        print(f"  also there: {other}")
    for draft in trial.drafts:
        print(f"\n{draft.title}")
        dated = moment(draft.published) if draft.published else "undated"
        print(f"  {draft.byline or 'no byline'} · {dated} · {len(draft.text.split())} words")
        print(f"  {shorten(draft.lead or draft.text, 300)}")
    for problem in trial.problems:
        print(f"\n  problem: {problem}")
    print()
