"""A press moves to another database, or comes back from its backup, and readers notice nothing."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from chaffinch.config import Config, load
from chaffinch.errors import BusyError, ConfigError, InputError
from chaffinch.model import Subscription
from chaffinch.newsroom import Newsroom
from chaffinch.newsroom.migrating import migrate
from chaffinch.newsroom.safekeeping import bring_back, save
from chaffinch.store.backups import _sums
from chaffinch.store.copying import filled
from chaffinch.store.database import Database
from chaffinch.store.holding import held
from chaffinch.store.schema import articles
from chaffinch.store.workers import Workers

NOW = datetime(2026, 4, 1, tzinfo=UTC)
CONFIG = """
[press]
base_url = "https://press.example"
{database}
[[source]]
slug = "papers"
location = "papers"
[[feed]]
slug = "open"
[[feed]]
slug = "secret"
private = true
[[digest]]
slug = "daily"
feeds = ["open"]
when = ["daily 07:00"]
recipients = ["ann@example.net"]
[mail]
from = "The Press <digest@press.example>"
"""
FEEDS = ("open", "secret")


def configured(home: Path, database: str = "") -> Config:
    (home / "config.toml").write_text(CONFIG.format(database=database), "utf-8")
    return load(home / "config.toml")


def published(home: Path) -> dict[str, bytes]:
    files = [path for name in ("feeds", "data/private") for path in sorted((home / name).rglob("*")) if path.is_file()]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def worked(config: Config, now: datetime, *, refresh: bool = False) -> list[str]:
    """Let the press publish; the names of the files that changed."""
    room = Newsroom(config, lambda: now, children=1)
    try:
        room.take_over()
        if refresh:
            room.refresh("papers")
        return [name for feed in FEEDS for name in room.publish(feed)]
    finally:
        room.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A press that has published two articles."""
    home = tmp_path / "press"
    (home / "papers").mkdir(parents=True)
    for name, what in (("a", "The ferry"), ("b", "Ärger mit Eels")):
        text = f"---\npublished: 2026-03-01\n---\n{what}\n\n" + f"{what} again from Monday on, they say. " * 20
        (home / "papers" / f"{name}.txt").write_text(text, "utf-8")
    worked(configured(home), NOW, refresh=True)
    return home


def test_a_press_that_moved_publishes_the_same_bytes_and_goes_on(home: Path, postgresql: str) -> None:
    before = published(home)

    rows = migrate(configured(home), postgresql)

    moved = configured(home, f'database_url = "{postgresql}"')
    assert rows > 10
    worked(moved, NOW + timedelta(hours=1))
    assert published(home) == before
    shutil.rmtree(home / "feeds")
    worked(moved, NOW + timedelta(hours=2))
    assert published(home) == before


def test_a_press_moves_into_an_empty_database_only_and_while_nobody_works(home: Path, postgresql: str) -> None:
    config = configured(home)
    with held(config.press.data_dir), pytest.raises(BusyError):
        migrate(config, postgresql)
    migrate(config, postgresql)

    with pytest.raises(InputError, match="holds a press already"):
        migrate(config, postgresql)
    with pytest.raises(ConfigError, match="already"):
        migrate(configured(home, f'database_url = "{postgresql}"'), postgresql)


def test_a_move_that_was_killed_is_begun_again(home: Path, postgresql: str) -> None:
    killed = (
        "import os, sys\nfrom pathlib import Path\nfrom chaffinch.config import load\n"
        "from chaffinch.newsroom import migrating\nfrom chaffinch.store import copying\n"
        "copying._go_on_after = lambda connection, table: os._exit(9) if table.name == 'aliases' else None\n"
        f"migrating.migrate(load(Path({str(home / 'config.toml')!r})), {postgresql!r})\n"
    )
    config = configured(home)

    ended = subprocess.run([sys.executable, "-c", killed], check=False, capture_output=True)

    assert ended.returncode == 9, ended.stderr
    with closing(Database(postgresql)) as database, database.read() as connection:
        assert filled(connection) == []
    migrate(config, postgresql)
    with closing(Database(postgresql)) as database, database.read() as connection:
        assert len(connection.execute(select(articles.c.id)).all()) == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_press_comes_back_from_its_backup_elsewhere(
    kind: str, home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    save(configured(home), tmp_path / "press.backup", NOW)
    before, secret = published(home), (home / "data" / "secret").read_bytes()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = f'database_url = "{request.getfixturevalue("postgresql")}"' if kind == "postgresql" else ""
    config = configured(elsewhere, url)

    done = bring_back(config, tmp_path / "press.backup", NOW + timedelta(hours=1), force=False)

    assert (done.made, done.doubtful, done.config is None) == (NOW, 0, kind == "sqlite")
    assert (elsewhere / "data" / "secret").read_bytes() == secret
    worked(config, NOW + timedelta(hours=2))
    assert published(elsewhere) == before


def test_a_press_that_is_there_is_replaced_only_by_force_and_kept_beside(home: Path, tmp_path: Path) -> None:
    config = configured(home)
    save(config, tmp_path / "old.backup", NOW)
    text = "---\npublished: 2026-03-01\n---\nA third\n\n" + "A third again from Monday on, they say. " * 20
    (home / "papers" / "c.txt").write_text(text, "utf-8")
    worked(config, NOW + timedelta(hours=1), refresh=True)

    with pytest.raises(InputError, match="--force"):
        bring_back(config, tmp_path / "old.backup", NOW, force=False)
    bring_back(config, tmp_path / "old.backup", NOW, force=True)
    held_then = count(config)
    bring_back(config, home / "data" / "before-restore.backup", NOW, force=True)

    assert (held_then, count(config)) == (2, 3)


def test_a_damaged_database_is_moved_aside_by_force(home: Path, tmp_path: Path) -> None:
    config = configured(home)
    save(config, tmp_path / "old.backup", NOW)
    (home / "data" / "chaffinch.db").write_bytes(b"rubbish" * 1000)

    bring_back(config, tmp_path / "old.backup", NOW, force=True)

    assert count(config) == 2
    assert (home / "data" / "chaffinch.db.damaged").exists()


def count(config: Config) -> int:
    with closing(Database(config.press.data_dir / "chaffinch.db")) as database, database.read() as connection:
        return len(connection.execute(select(articles.c.id)).all())


@pytest.mark.parametrize("name", ["config.toml", "data/secret", "data/chaffinch.db", "data/../config.toml"])
def test_a_backup_never_replaces_what_the_press_lives_in(name: str, home: Path) -> None:
    before = (home / name).read_bytes()

    with pytest.raises(InputError, match="lives in this file"):
        save(configured(home), home / name, NOW)

    assert (home / name).read_bytes() == before


def test_a_shared_press_is_not_replaced_under_a_worker_of_another_machine(home: Path, postgresql: str) -> None:
    migrate(configured(home), postgresql)
    config = configured(home, f'database_url = "{postgresql}"')
    save(config, home / "press.backup", NOW)
    with closing(Database(postgresql)) as database:
        Workers(database, lambda: NOW).live("far-away", 20)

        with pytest.raises(BusyError, match="far-away at work"):
            bring_back(config, home / "press.backup", NOW + timedelta(seconds=19), force=True)
        bring_back(config, home / "press.backup", NOW + timedelta(seconds=21), force=True)


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE backup_facts SET made = 'yesterday'",
        "DELETE FROM backup_facts",
        "UPDATE backup_files SET body = 'words' WHERE name = 'config.toml'",
        "UPDATE backup_files SET body = x'7a7a' WHERE name = 'secret'",
        "INSERT INTO backup_files VALUES ('private/a' || char(0), x'00')",
        "UPDATE articles SET first_seen = 'garbage'",
        "DELETE FROM sources",
    ],
)
def test_what_no_press_has_written_replaces_nothing(forged: str, home: Path, tmp_path: Path) -> None:
    config = configured(home)
    save(config, tmp_path / "forged.backup", NOW)
    with closing(sqlite3.connect(tmp_path / "forged.backup", isolation_level=None)) as held_open:
        held_open.execute("UPDATE backup_files SET body = CAST(? AS BLOB) WHERE name = 'secret'", ("00" * 32,))
        held_open.execute(forged)
        for name, (rows, digest) in list(_sums(held_open)):
            held_open.execute("UPDATE backup_sums SET digest = ?, rows = ? WHERE name = ?", (digest, rows, name))
    secret = (home / "data" / "secret").read_bytes()

    with pytest.raises(InputError, match="damaged"):
        bring_back(config, tmp_path / "forged.backup", NOW, force=True)

    assert (count(config), (home / "data" / "secret").read_bytes()) == (2, secret)
    assert not list((home / "data").glob(".restoring*"))


def test_two_machines_that_start_at_once_vouch_for_a_recipient_once(home: Path, postgresql: str) -> None:
    config = configured(home, f'database_url = "{postgresql}"')
    with closing(Newsroom(config, lambda: NOW, children=1)) as late, closing(Newsroom(config, lambda: NOW)) as early:
        look = late.parts.subscriptions.vouched

        def overtaken(digest: str, addresses: Sequence[str]) -> Sequence[Subscription]:
            found = look(digest, addresses)
            early.take_over()
            return found

        late.parts.subscriptions.vouched = overtaken  # type: ignore[method-assign]
        late.take_over()

        assert [row.address for row in look("daily", ["ann@example.net"])] == ["ann@example.net"]
