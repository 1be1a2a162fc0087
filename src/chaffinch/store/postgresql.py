"""Many machines share one database: PostgreSQL."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from chaffinch.errors import ConfigError, StoreError
from chaffinch.store.backend import LARGEST_WAIT, Backend
from chaffinch.store.storable import as_text
from chaffinch.store.unreached import meaning

PRESS_LOCK = 0x43_48_41_46
"""The advisory lock of who writes: alone, or beside others who guard what they write by its rows."""

_NO_URL = "press.database_url: no such address as postgresql://USER@HOST/DATABASE"
_CONNECTIONS = 16
"""Of one process, at most; a server takes 100 when nothing else is said."""
_CONNECTING = 10
"""Seconds that a server has to answer."""

_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds, and how often: a connection that something on the way has dropped is known to be dead before it is used."""

# What every connection is told first: waiting has an end, and moments are UTC whatever the server's zone is.
_SETTINGS = (
    f"SET lock_timeout = '{LARGEST_WAIT}s'",
    "SET TIME ZONE 'UTC'",
    "SET client_encoding = 'UTF8'",
    "SET standard_conforming_strings = on",
)

# What PostgreSQL's errors mean, by the beginning of their code; the first that fits.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_IN_WORDS = {
    "53100": "the disk of the server is full; make room, nothing is lost",
    "53300": "the server takes no more connections; raise its max_connections, or run fewer workers",
    "55P03": "another process holds it",
    "40001": "two wrote the same at once; another try will do",
    "40P01": "two waited for each other; another try will do",
    "25006": "it cannot be written; is it a standby?",
    "28": "the server refuses us; check user and password in press.database_url",
    "3D000": "there is no such database; `createdb` makes it",
    "42501": "we lack rights in it; make our user the owner of the database",
    "57P": "the server is stopping or starting; another try will do",
}
_PASSING = ("53300", "57P")
"""What may be otherwise in a while by itself, though nobody has done anything."""


def postgresql(url: str) -> Backend:
    """The database at a URL. Raises ConfigError when the URL is none, or the driver is not installed."""
    try:
        place = make_url(url)
        if place.get_backend_name() not in ("postgres", "postgresql"):
            raise ConfigError(_NO_URL)
        engine = create_engine(
            place.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",  # transactions are begun by us, not by the driver
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=LARGEST_WAIT,
            json_serializer=as_text,
            connect_args={
                "connect_timeout": _CONNECTING,
                "application_name": "chaffinch",
                "client_encoding": "UTF8",  # the engine's own first questions are asked before _prepare
                **_KEEPALIVE,
            },
        )
    except (ArgumentError, ValueError) as error:
        raise ConfigError(_NO_URL) from error
    except ModuleNotFoundError as error:
        raise ConfigError("press.database_url: PostgreSQL needs a driver: install chaffinch[postgres]") from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkout", _doubt)
    return Backend(
        name=_name(place),
        engine=engine,
        soon=None,  # a server that dies would lose them, and its machine is not ours to know
        alone=f"BEGIN; SELECT pg_advisory_xact_lock({PRESS_LOCK})",
        beside=f"BEGIN; SELECT pg_advisory_xact_lock_shared({PRESS_LOCK})",
        reading="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        in_words=_in_words,
        is_away=_is_away,
        copy=lambda _: None,  # the steps are one transaction here, and a copy is `chaffinch backup`'s to make
    )


def _name(place: URL) -> str:
    host = place.host or place.query.get("host") or "localhost"
    return f"{place.database or 'postgres'} on {host if isinstance(host, str) else host[0]}"


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise StoreError(
            f"{connection.info.dbname} on {connection.info.host}: it keeps texts as {encoding}, which cannot hold all"
            " that we write; make it anew: `createdb --encoding UTF8 --template template0`"
        )
    for setting in _SETTINGS:
        connection.execute(setting)


def _doubt(connection: Any, _: ConnectionPoolEntry, __: object) -> None:
    """Take no connection that is dead: a server that was restarted costs no transaction.

    A server says nothing unasked but that it ends, or next to nothing: who hears something asks whether it lives. To
    ask each time would be a question more for each transaction.
    """
    heard = select.poll()
    try:
        heard.register(connection.fileno(), select.POLLIN)
        if heard.poll(0):
            connection.execute("SELECT 1")
    except connection.Error as error:
        raise InvalidatePoolError from error


def _in_words(error: BaseException) -> str:
    origin: Any = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlstate", None) or ""
    for beginning, words in _IN_WORDS.items():
        if code.startswith(beginning):
            return words
    said = str(origin).strip() or type(origin).__name__
    return said.splitlines()[0] if code else meaning(said).words


def _is_away(error: BaseException) -> bool:
    origin: Any = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlstate", None) or ""
    return code.startswith(_PASSING) if code else meaning(str(origin)).passes
