"""The schema grows by steps, each run once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from chaffinch.errors import StoreError
from chaffinch.store.backend import Backend

HEAD = "0002"
"""The newest step; a test holds it to the files in `versions/`."""


def upgrade(backend: Backend, *, looking: bool = False) -> None:
    """Bring the database to HEAD, in one transaction; of several processes that start at once, one does it.

    Before steps are run on one that holds data, a copy is put aside where that is one file. Raises StoreError when
    a newer program has made it, and for who is only `looking` when an older one has.
    """
    with backend.engine.connect() as connection:
        held = step(connection)
    if held == HEAD:
        return
    if held is not None and held > HEAD:
        raise StoreError(
            f"{backend.name}: a newer Chaffinch has made it (step {held}); run that one, or restore a backup"
        )
    if held is not None and looking:
        raise StoreError(
            f"{backend.name}: an earlier Chaffinch has made it (step {held}), and looking changes nothing;"
            " `chaffinch run` brings it up to date, once the earlier one has stopped"
        )
    from alembic import command  # only now: most starts have nothing to upgrade
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with backend.engine.connect() as connection:
        connection.exec_driver_sql(backend.alone)  # who comes second finds nothing to do
        if held is not None and step(connection) == held:  # else the copy would be one of what another has upgraded
            backend.copy(held)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def step(connection: Connection) -> str | None:
    """The step that a database stands at; None when it holds nothing of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
