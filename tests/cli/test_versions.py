"""A database of another version of the program: who only looks leaves it alone, and says in a line what to do."""

import logging
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from chaffinch.cli.app import run
from chaffinch.store import migrations
from chaffinch.store.database import Database
from chaffinch.store.migrations import HEAD, step
from chaffinch.store.postgresql import postgresql
from chaffinch.store.sqlite import sqlite
from tests.databases import Where

LOOKING = (
    "status",
    "doctor --offline",
    "articles list",
    "digest preview daily",
    "subscribers export daily",
    "backup there.backup",
)


@pytest.fixture
def place(empty: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Where]:
    """Where a press has its database, that has none yet; the current folder's. What commands set is taken back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    monkeypatch.setattr(logging.root, "handlers", logging.root.handlers[:])
    monkeypatch.chdir(tmp_path)
    url = "" if isinstance(empty, Path) else f'[press]\ndatabase_url = "{empty}"\n'
    (tmp_path / "config.toml").write_text(
        f'{url}[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\n'
        '[mail]\nfrom = "x@example.org"\n[[source]]\nlocation = "articles"\n',
        "utf-8",
    )
    (tmp_path / "articles").mkdir()
    yield tmp_path / "data/chaffinch.db" if isinstance(empty, Path) else empty
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def of_step(place: Where, wanted: str) -> None:
    """Make a database as it was at a step."""
    backend = sqlite(place) if isinstance(place, Path) else postgresql(place)
    steps = Config()
    steps.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with backend.engine.connect() as connection:
        connection.exec_driver_sql(backend.alone)
        steps.attributes["connection"] = connection
        command.upgrade(steps, wanted)
        connection.commit()
    backend.engine.dispose()


def step_of(place: Where) -> str | None:
    backend = sqlite(place) if isinstance(place, Path) else postgresql(place)
    try:
        with backend.engine.connect() as connection:
            return step(connection)
    finally:
        backend.engine.dispose()


def test_who_looks_at_an_earlier_database_is_told_so_and_leaves_it(
    place: Where, capsys: pytest.CaptureFixture[str]
) -> None:
    of_step(place, "0001")

    for words in LOOKING:
        status = run(words.split())
        out, log = capsys.readouterr()

        said = [line for line in (out + log).splitlines() if "an earlier Chaffinch has made it (step 0001)" in line]
        assert status == (1 if "doctor" in words else 75), (words, log)
        assert len(said) == 1, words
        assert "`chaffinch run` brings it up to date" in said[0]
        assert log == "" if "doctor" in words else len(log.splitlines()) == 1
    assert step_of(place) == "0001"
    if isinstance(place, Path):
        assert not list(place.parent.glob("*before-upgrade*"))


def test_who_works_brings_it_up_to_date(place: Where, capsys: pytest.CaptureFixture[str]) -> None:
    of_step(place, "0001")

    assert run(["run", "--once"]) == 0
    assert run(["status"]) == 0

    assert step_of(place) == HEAD
    if isinstance(place, Path):
        with closing(sqlite3.connect(f"{place}.before-upgrade-from-0001")) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_a_later_database_is_told_in_one_line_by_whoever_comes(
    place: Where, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Database(place)) as database, database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for words in ("status", "run --once", "run"):
        status = run(words.split())
        log = capsys.readouterr().err

        assert status == 75, words
        assert len(log.splitlines()) == 1, log
        assert "a newer Chaffinch has made it (step 9999); run that one, or restore a backup" in log
