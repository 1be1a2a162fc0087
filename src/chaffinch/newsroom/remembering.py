"""The press's database is opened, wherever its config says that it is."""

from __future__ import annotations

from pathlib import Path

from chaffinch.config import Press
from chaffinch.store.database import Database

DATABASE = "chaffinch.db"


def place_of(press: Press) -> Path | str:
    """The URL of the config, or SQLite's file in the data directory."""
    return press.database_url or press.data_dir / DATABASE


def opened(press: Press, *, looking: bool = False) -> Database:
    """The database, made or brought up to date when need be; who is only `looking` upgrades none, see `store.sqlite`.

    Raises StoreError, and ConfigError for a bad URL.
    """
    return Database(place_of(press), looking=looking)


def opened_if_there(press: Press) -> Database | None:
    """The same for who only looks: a press that has remembered nothing yet is left so."""
    place = place_of(press)
    return None if isinstance(place, Path) and not place.exists() else Database(place, looking=True)
