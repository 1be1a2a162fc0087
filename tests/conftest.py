"""What tests in many rooms ask for: a database, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Press, Where, server


@pytest.fixture(scope="session")
def postgresql_press() -> Iterator[Press]:
    """Where PostgreSQL databases are made; the server starts when the first test asks."""
    with server() as url:
        press = Press(url)
        yield press
        press.close()


@pytest.fixture
def postgresql(postgresql_press: Press) -> Iterator[str]:
    """The URL of a fresh database on PostgreSQL."""
    url = postgresql_press.fresh()
    yield url
    postgresql_press.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """A fresh database, for `Database(where)`: the test runs on both."""
    if request.param == "sqlite":
        return tmp_path / "chaffinch.db"
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Where]:
    """A place for a database that has no tables yet, on both."""
    if request.param == "sqlite":
        yield tmp_path / "chaffinch.db"
        return
    press: Press = request.getfixturevalue("postgresql_press")
    url = press.empty()
    yield url
    press.drop(url)
