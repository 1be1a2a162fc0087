"""A press moves from one machine to many: what SQLite holds goes to PostgreSQL."""

from __future__ import annotations

from contextlib import closing

from chaffinch.config import Config
from chaffinch.errors import ConfigError, InputError
from chaffinch.newsroom.remembering import DATABASE, opened_if_there
from chaffinch.store.copying import copy, filled
from chaffinch.store.database import Database
from chaffinch.store.holding import held, secret_of, share_secret


def migrate(config: Config, url: str) -> int:
    """Copy everything to the PostgreSQL at `url`, whose database holds no press yet; how many rows.

    All of it is one transaction there: killed in the middle it leaves nothing, and is begun again. What is here stays
    as it is. Raises BusyError while a daemon runs, ConfigError, InputError, StoreError.
    """
    press = config.press
    if press.database_url is not None:
        raise ConfigError("press.database_url is set: this press is on PostgreSQL already")
    with held(press.data_dir):
        here = opened_if_there(press)
        if here is None:
            raise InputError(f"{press.data_dir / DATABASE}: there is nothing to move yet; `chaffinch run` makes it")
        with closing(here), closing(Database(url)) as there, here.read() as rows, there.write() as into:
            if taken := filled(into):
                raise InputError(f"{there.name}: it holds a press already ({', '.join(taken[:3])}); name an empty one")
            copied = copy(rows, into)
            share_secret(into, secret_of(press.data_dir))
    return sum(table.rows for table in copied.values())
