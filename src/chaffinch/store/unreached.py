"""Why a PostgreSQL could not be reached: of a connection that failed the driver has no code, only somebody's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chaffinch.text import one_line


@dataclass(frozen=True, slots=True)
class Unreached:
    """Why a connection did not come, and what to do."""

    words: str
    passes: bool
    """Whether it may be otherwise in a while, without anybody's doing anything about the configuration."""


# What the server, its library or the system says, and what it means; the first that fits. Of several addresses of one
# host each has a line, so the more telling ones stand first. A server may be set to speak another language than
# English: then its own words are passed on. https://www.postgresql.org/docs/current/libpq-connect.html
_MEANS = {
    r'database ".*" does not exist': Unreached("there is no such database; `createdb` makes it", False),
    r'role ".*" does not exist|authentication failed|no password supplied': Unreached(
        "the server refuses us; check user and password in press.database_url", False
    ),
    r"pg_hba\.conf": Unreached("the server takes nobody like us; let our user in by its pg_hba.conf", False),
    r"permission denied for database": Unreached("we may not connect; make our user the owner of the database", False),
    r"too many (clients|connections)|remaining connection slots": Unreached(
        "the server takes no more connections; raise its max_connections, or run fewer workers", True
    ),
    r"starting up|shutting down|recovery mode|not (yet )?accepting connections": Unreached(
        "the server is stopping or starting; another try will do", True
    ),
    r"closed the connection|[Tt]erminating connection|Connection reset": Unreached(
        "the server has hung up; another try will do", True
    ),
    r"failed to resolve|could not translate host name": Unreached(
        "the server's name is not known; check the host in press.database_url", True
    ),
    r"Connection refused|No such file or directory": Unreached(
        "nobody answers there; is PostgreSQL running, and are host and port in press.database_url right?", True
    ),
    r"time(d )?out|unreachable|No route to host": Unreached(
        "it does not answer; is its machine up, and does the network let us through?", True
    ),
}


def meaning(said: str) -> Unreached:
    """What the words of a connection that failed mean; they themselves where nobody knows."""
    for sign, unreached in _MEANS.items():
        if re.search(sign, said):
            return unreached
    return Unreached(f"it cannot be reached: {one_line(said)}", False)
