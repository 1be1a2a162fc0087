"""A list of subscribers comes from another program, or goes to one.

The columns of listmonk, Mailchimp and Buttondown are recognised, and our own. Only who is subscribed there is taken;
who left or could not be reached is told apart, so that nobody who said no gets a letter.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chaffinch.errors import InputError
from chaffinch.mailing.subscriptions import normalised
from chaffinch.model import Subscription
from chaffinch.text import one_line, shorten

COLUMNS = ("address", "status", "cadence", "hour", "timezone", "topics", "created", "confirmed", "ended", "evidence")
_ADDRESS = ("address", "email", "email address", "e-mail", "email_address")
_STATUS = ("status", "type", "subscriber_type", "subscription_status")
_SUBSCRIBED = ("", "active", "confirmed", "enabled", "gifted", "premium", "regular", "subscribed", "trialed")
_WAITING = ("pending", "unactivated", "unconfirmed")
_BARRED = ("blocklisted", "bounced", "cleaned", "complained", "undeliverable")
_LEFT_COLUMNS = ("unsub_time", "unsubscribe date")
_BARRED_COLUMNS = ("clean_time",)
_SAID = ("confirm_ip", "confirm_time", "confirmed", "created_at", "creation_date", "optin_ip", "optin_time", "source")
"""What another program recorded of the consent; kept as evidence."""


class Standing(StrEnum):
    """How somebody stood in the other program."""

    SUBSCRIBED = "subscribed"
    WAITING = "not confirmed"
    LEFT = "left"
    BARRED = "barred"
    """Not reachable, or complained: no mail at all."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One of the list."""

    address: str
    standing: Standing
    evidence: Mapping[str, str] = field(default_factory=dict)


def incoming(written: str, problems: list[str]) -> Iterator[Incoming]:
    """Everybody on a list, CSV or JSON; rows that cannot be used are told in `problems`. Raises InputError."""
    for number, row in enumerate(_rows(written), 1):
        known = {one_line(str(k)).lower(): one_line(str(v)) for k, v in row.items() if k is not None and v is not None}
        written_address = next((known[name] for name in _ADDRESS if known.get(name)), "")
        written_address = re.sub(r"^'(?=[-=+@])", "", written_address)  # as `as_csv` writes it
        try:
            address = normalised(written_address)
        except InputError as error:
            problems.append(f"row {number}: {shorten(written_address, 60)}: {error}")
            continue
        said = {name: shorten(known[name], 100) for name in _SAID if known.get(name)}
        yield Incoming(address, _standing(known), said)


def as_csv(people: Iterable[Subscription]) -> Iterator[str]:
    """The list in lines of CSV (RFC 4180), the names of the columns first."""
    yield _line(COLUMNS)
    for person in people:
        row = as_object(person)
        cells = (value if isinstance(value, str) else json.dumps(value) for value in row.values())
        yield _line(["" if cell == "null" else cell for cell in cells])


def as_object(person: Subscription) -> dict[str, object]:
    """Everything that is kept of somebody, as JSON has it."""
    return {
        "address": person.address,
        "status": person.status.value,
        "cadence": person.cadence,
        "hour": None if person.hour is None else f"{person.hour // 60:02}:{person.hour % 60:02}",
        "timezone": person.timezone,
        "topics": list(person.topics),
        "created": person.created and person.created.isoformat(),
        "confirmed": person.confirmed and person.confirmed.isoformat(),
        "ended": person.ended and person.ended.isoformat(),
        "evidence": dict(person.evidence),
    }


def _rows(written: str) -> Iterator[Mapping[object, object]]:
    if written.lstrip().startswith(("[", "{")):
        try:
            found = json.loads(written)
        except (ValueError, RecursionError) as error:
            raise InputError(f"it is no JSON: {error}") from error
        if isinstance(found, dict):
            found = next((value for value in found.values() if isinstance(value, list)), [])
        yield from (row for row in found if isinstance(row, dict))
        return
    try:
        table = csv.DictReader(io.StringIO(written.lstrip("\ufeff")), strict=True)
        if not {one_line(name or "").lower() for name in table.fieldnames or ()} & set(_ADDRESS):
            raise InputError(f"no column holds addresses; one of these is wanted: {', '.join(_ADDRESS)}")
        for row in table:
            yield dict(row)
    except csv.Error as error:
        raise InputError(f"it is no CSV: {error}") from error


def _standing(known: Mapping[str, str]) -> Standing:
    said = next((known[name].lower() for name in _STATUS if name in known), "")
    if said in _BARRED or any(known.get(name) for name in _BARRED_COLUMNS):
        return Standing.BARRED
    if any(known.get(name) for name in _LEFT_COLUMNS):
        return Standing.LEFT
    if said in _WAITING:
        return Standing.WAITING
    return Standing.SUBSCRIBED if said in _SUBSCRIBED else Standing.LEFT


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    # a cell that a spreadsheet would take for a formula is made a text
    csv.writer(out, lineterminator="\n").writerow([f"'{c}" if c[:1] in ("=", "+", "-", "@") else c for c in cells])
    return out.getvalue()
