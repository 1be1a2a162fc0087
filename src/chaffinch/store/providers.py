"""Who may be written to now, for all workers together: limits and rests are rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from chaffinch.model import Rest
from chaffinch.store.database import Database
from chaffinch.store.schema import departures, providers

ALL = ""
"""The name under which all letters are counted: that of our own mail server."""

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


class Providers:
    """Gives letters leave to go (`ports.Gate`). Safe to share between threads, and between workers."""

    def __init__(
        self,
        database: Database,
        after_refusal: Callable[[Rest, datetime], Rest],
        per_hour: int | None = None,
        per_domain: int | None = None,
    ) -> None:
        """`per_hour` letters may leave in an hour, `per_domain` of them to one domain."""
        self._database = database
        self._after_refusal = after_refusal
        self._per_hour, self._per_domain = per_hour, per_domain
        self._known: dict[str, Rest] = {}

    def grant(self, wanted: int, now: datetime) -> int:
        """See `ports.Gate`."""
        if self._per_hour is None:
            return wanted
        with self._database.write() as connection:
            left = self._per_hour - _gone(connection, [ALL], now).get(ALL, 0)
            granted = max(min(wanted, left), 0)
            _count(connection, {ALL: granted}, now)
        return granted

    def admit(self, domains: Sequence[str], now: datetime) -> Sequence[datetime | None]:
        """See `ports.Gate`."""
        asked = Counter(domains)
        self._known = self._read(asked)
        waits = {domain: rest.until for domain, rest in self._known.items() if rest.until and rest.until > now}
        if self._per_domain is None:
            return [waits.get(domain) for domain in domains]
        with self._database.write() as connection:
            gone = _gone(connection, asked, now)
            left = {domain: max(self._per_domain - gone.get(domain, 0), 0) for domain in asked if domain not in waits}
            _count(connection, {domain: min(asked[domain], number) for domain, number in left.items()}, now)
            frees = _first_to_go(connection, [domain for domain in left if left[domain] < asked[domain]], now)
        answers: list[datetime | None] = []
        for domain in domains:
            if domain in waits:
                answers.append(waits[domain])
            elif left[domain] > 0:
                left[domain] -= 1
                answers.append(None)
            else:
                answers.append(frees.get(domain, now) + _HOUR + _MINUTE)
        return answers

    def give_back(self, granted: int, domains: Iterable[str], now: datetime) -> None:
        """See `ports.Gate`."""
        back = {domain: -number for domain, number in Counter(domains).items()} if self._per_domain else {}
        if self._per_hour is not None:
            back[ALL] = -granted
        if any(back.values()):
            with self._database.write() as connection:
                _count(connection, back, now)

    def resting(self, domain: str, now: datetime) -> datetime | None:
        """See `ports.Gate`; as it was known when letters were last admitted."""
        until = self._known.get(domain, Rest()).until
        return until if until and until > now else None

    def well(self, domain: str) -> None:
        """See `ports.Gate`."""
        if self._known.get(domain, Rest()) != Rest():
            self._known[domain] = Rest()
            self._write(domain, Rest())

    def later(self, domain: str, now: datetime) -> None:
        """See `ports.Gate`."""
        with self._database.write() as connection:
            known = _rests(connection, [domain]).get(domain, Rest())
            self._known[domain] = self._after_refusal(known, now)
            _keep(connection, domain, self._known[domain])

    def away(self, until: datetime) -> None:
        """See `ports.Gate`."""
        self._known[ALL] = Rest(until=until)
        self._write(ALL, self._known[ALL])

    def away_until(self, now: datetime) -> datetime | None:
        """See `ports.Gate`."""
        self._known |= self._read([ALL])
        return self.resting(ALL, now)

    def turn(self, letters: int, per_second: float, now: datetime) -> datetime:
        """When so many letters, one after another, may begin to leave; whoever asks next comes after them."""
        with self._database.write() as connection:
            free = connection.execute(select(providers.c.free_at).where(providers.c.domain == ALL)).scalar()
            begin = max(free, now) if free else now
            values = {"free_at": begin + timedelta(seconds=letters / per_second)}
            if not connection.execute(update(providers).where(providers.c.domain == ALL).values(**values)).rowcount:
                connection.execute(insert(providers).values(domain=ALL, **values))
        return begin

    def _read(self, domains: Collection[str]) -> dict[str, Rest]:
        with self._database.read() as connection:
            return _rests(connection, domains)

    def _write(self, domain: str, rest: Rest) -> None:
        with self._database.write() as connection:
            _keep(connection, domain, rest)


def _rests(connection: Connection, domains: Collection[str]) -> dict[str, Rest]:
    rows = connection.execute(select(providers).where(providers.c.domain.in_(list(domains))))
    return {row.domain: Rest(row.refused, row.rests, row.until) for row in rows}


def _keep(connection: Connection, domain: str, rest: Rest) -> None:
    values = {"refused": rest.refused, "rests": rest.rests, "until": rest.until}
    if not connection.execute(update(providers).where(providers.c.domain == domain).values(**values)).rowcount:
        connection.execute(insert(providers).values(domain=domain, **values))


def _gone(connection: Connection, domains: Collection[str], now: datetime) -> Mapping[str, int]:
    """How many letters were given leave within the hour; what is older is forgotten."""
    here = departures.c.domain.in_(list(domains))
    connection.execute(delete(departures).where(here, departures.c.minute <= now - _HOUR - _MINUTE))
    rows: Any = connection.execute(
        select(departures.c.domain, func.sum(departures.c.letters)).where(here).group_by(departures.c.domain)
    )
    return {domain: int(number) for domain, number in rows}


def _first_to_go(connection: Connection, domains: Collection[str], now: datetime) -> Mapping[str, datetime]:
    rows: Any = connection.execute(
        select(departures.c.domain, func.min(departures.c.minute).label("first"))
        .where(departures.c.domain.in_(list(domains)), departures.c.letters > 0)
        .group_by(departures.c.domain)
    )
    return {row.domain: row.first for row in rows}


def _count(connection: Connection, letters: Mapping[str, int], now: datetime) -> None:
    minute = now.replace(second=0, microsecond=0)
    for domain, number in letters.items():
        if not number:
            continue
        here = (departures.c.domain == domain) & (departures.c.minute == minute)
        more = update(departures).where(here).values(letters=departures.c.letters + number)
        if not connection.execute(more).rowcount:
            connection.execute(insert(departures).values(domain=domain, minute=minute, letters=number))
