"""A PostgreSQL that cannot be used is told in one line each, with what to do next."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from chaffinch.errors import StoreAway, StoreError
from chaffinch.store.database import Database
from chaffinch.store.unreached import meaning
from tests.databases import beside, run
from tests.loopback import eventually


@pytest.fixture
def strict(postgresql: str) -> Iterator[str]:
    """A database whose server lets in nobody named locked, barred or few; skips where its rules are not ours."""
    if "host=" not in postgresql:
        pytest.skip("the server's rules are not ours to change")
    with psycopg.connect(postgresql) as connection:
        told = connection.execute("SHOW hba_file").fetchone()
    assert told
    rules = Path(told[0])
    before = rules.read_text("utf-8")
    run(
        postgresql,
        "CREATE ROLE locked LOGIN PASSWORD 'right'",
        "CREATE ROLE barred LOGIN",
        "CREATE ROLE few LOGIN CONNECTION LIMIT 0",
    )
    rules.write_text(f"local all locked scram-sha-256\nlocal all barred reject\n{before}", "utf-8")
    run(postgresql, "SELECT pg_reload_conf()")
    yield postgresql
    rules.write_text(before, "utf-8")
    run(postgresql, "SELECT pg_reload_conf()", "DROP ROLE locked", "DROP ROLE barred", "DROP ROLE few")


def told(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        Database(url)
    return f"{type(caught.value).__name__}: {caught.value}"


def as_user(url: str, user: str) -> str:
    return url.replace("postgres:@", f"{user}@", 1)


def test_what_keeps_us_out_is_told_with_what_to_do(strict: str) -> None:
    name = urlsplit(strict).path.removeprefix("/")
    eventually(lambda: "pg_hba" in told(as_user(strict, "barred")))  # the rules are read anew in a moment

    assert "there is no such database; `createdb` makes it" in told(beside(strict, "nowhere"))
    for user in ("nobody", "locked", "locked:wrong"):
        assert "StoreError" in told(as_user(strict, user))
        assert "check user and password in press.database_url" in told(as_user(strict, user))
    assert f"StoreAway: {name} on" in told(as_user(strict, "few"))
    assert "raise its max_connections, or run fewer workers" in told(as_user(strict, "few"))


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_text_is_refused(postgresql: str, encoding: str) -> None:
    name = f"{urlsplit(postgresql).path.removeprefix('/')}_{encoding.lower()}"
    run(postgresql, f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    try:
        assert f"{name} on" in (said := told(beside(postgresql, name)))
        assert f"keeps texts as {encoding}" in said
        assert "createdb --encoding UTF8 --template template0" in said
    finally:
        run(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_server_that_starts_or_is_not_there_is_away(tmp_path: Path) -> None:
    assert told(f"postgresql://x@/press?host={tmp_path}").startswith(StoreAway.__name__)
    assert told("postgresql://x@no-such-host.invalid/press").startswith(StoreAway.__name__)


@pytest.mark.parametrize(
    ("said", "words", "passes"),
    [
        ("FATAL:  the database system is starting up", "stopping or starting", True),
        ("FATAL:  the database system is not yet accepting connections\nDETAIL: soon", "stopping or starting", True),
        ("FATAL:  sorry, too many clients already", "max_connections", True),
        ("FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", "fewer work", True),
        ("server closed the connection unexpectedly\n\tThis probably means …", "hung up", True),
        ("connection timeout expired", "does not answer", True),
        ("failed to resolve host 'x': [Errno -2] Name or service not known", "name is not known", True),
        ('FATAL:  permission denied for database "press"', "the owner of the database", False),
        ("FATAL:  Datenbank »press«\nexistiert nicht", "FATAL: Datenbank »press« existiert nicht", False),
    ],
)
def test_words_are_understood_and_others_passed_on_in_one_line(said: str, words: str, passes: bool) -> None:
    found = meaning(f"connection failed: {said}")

    assert words in found.words
    assert found.passes is passes
    assert "\n" not in found.words


def test_of_several_addresses_the_more_telling_answer_counts() -> None:
    said = (
        "Multiple connection attempts failed. All failures were:\n"
        "- host: 'localhost', port: 5432, hostaddr: '::1': connection failed: Connection refused\n"
        "- host: 'localhost', port: 5432, hostaddr: '127.0.0.1': FATAL:  database \"press\" does not exist"
    )

    assert "`createdb` makes it" in meaning(said).words
