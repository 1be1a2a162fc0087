"""A list of subscribers comes from another program, or goes to one.

The columns of listmonk, Mailchimp and Buttondown are recognised, and our own. Only who is subscribed there is taken;
who left or could not be reached is told apart, so that nobody who said no gets a letter.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TextIO

from chaffinch.errors import InputError
from chaffinch.mailing.subscriptions import normalised
from chaffinch.model import Subscription
from chaffinch.text import one_line, shorten

COLUMNS = ("address", "status", "cadence", "hour", "timezone", "topics", "created", "confirmed", "ended", "evidence")
_ADDRESS = ("address", "email", "email address", "e-mail", "email_address")
_STATUS = (
    "email marketing status",  # Mailchimp, since 2024
    "status",
    "subscriber_type",
    "subscription_status",  # listmonk: of a list, beside that of the person
    "type",
)
_SUBSCRIBED = ("", "active", "confirmed", "enabled", "gifted", "premium", "regular", "subscribed", "trialed")
_WAITING = ("pending", "unactivated", "unconfirmed")
_BARRED = ("blocked", "blocklisted", "bounced", "cleaned", "complained", "spammy", "undeliverable")
_LEFT_COLUMNS = (
    "ended",
    "unsub_reason",
    "unsub_time",
    "unsubscribe date",
    "unsubscribed_at",
    "unsubscription_date",
    "unsubscription_reason",
)
_BARRED_COLUMNS = ("clean_time", "undeliverability_date", "undeliverability_reason")
_SAID = ("confirm_ip", "confirm_time", "confirmed", "created_at", "creation_date", "optin_ip", "optin_time", "source")
"""What another program recorded of the consent; kept as evidence."""
_DELIMITERS = (",", ";", "\t", "|")
"""What stands between cells; spreadsheets of some countries write semicolons."""
_DEPTH = 3
"""How deep in JSON a list of people may be wrapped."""


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


def incoming(written: TextIO, unread: Callable[[str], None]) -> Iterator[Incoming]:
    """Everybody on a list, CSV or JSON, from its beginning; rows that cannot be used are told to `unread`.

    CSV is read row by row, however long it is. Raises InputError when it is no list.
    """
    for number, row in enumerate(_rows(written), 1):
        known = {one_line(str(k)).lower(): one_line(str(v)) for k, v in row.items() if k is not None and v is not None}
        written_address = next((known[name] for name in _ADDRESS if known.get(name)), "")
        written_address = re.sub(r"^'(?=[-=+@])", "", written_address)  # as `as_csv` writes it
        try:
            address = normalised(written_address)
        except InputError as error:
            unread(f"row {number}: {shorten(written_address, 60)}: {error}")
            continue
        said = {name: shorten(known[name], 100) for name in _SAID if known.get(name)}
        yield Incoming(address, _standing(known, row.get("lists")), said)


def refusals(people: Iterable[Incoming]) -> frozenset[int]:
    """Marks of everybody who says no anywhere on a list, be it that another row says yes; see `mark`."""
    return frozenset(mark(one.address) for one in people if one.standing is not Standing.SUBSCRIBED)


def mark(address: str) -> int:
    """A few bytes in place of an address."""
    return int.from_bytes(hashlib.blake2b(address.casefold().encode(), digest_size=8).digest(), "big")


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


def _rows(written: TextIO) -> Iterator[Mapping[object, object]]:
    written.seek(0)
    try:
        first = next((line for line in written if line.strip()), "").lstrip("\ufeff")
        written.seek(0)
        if first.lstrip().startswith(("[", "{")):
            yield from _people(json.loads(written.read().lstrip("\ufeff")))
            return
        yield from csv.DictReader(written, _columns(first, written), restval="", strict=True, delimiter=_between(first))
    except UnicodeDecodeError as error:
        raise InputError("it is not UTF-8") from error
    except csv.Error as error:
        raise InputError(f"it is no CSV: {error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"it is no JSON: {error}") from error


def _between(first: str) -> str:
    """What stands between the cells, by the line with the names of the columns."""
    for delimiter in _DELIMITERS:
        if {one_line(name).lower() for name in next(csv.reader([first], delimiter=delimiter), [])} & set(_ADDRESS):
            return delimiter
    raise InputError(f"no column holds addresses; one of these is wanted: {', '.join(_ADDRESS)}")


def _columns(first: str, written: TextIO) -> list[str]:
    """The names of the columns; the file is left where the people begin."""
    names = next(csv.reader([first], delimiter=_between(first)))
    while not (line := written.readline()).strip() and line:
        pass
    return names


def _people(found: object, depth: int = _DEPTH) -> Iterator[Mapping[object, object]]:
    """The first list of people in JSON: the whole, or wrapped as in listmonk's `{"data": {"results": […]}}`."""
    if isinstance(found, list):
        yield from (row for row in found if isinstance(row, dict))
        return
    inside = list(found.values()) if isinstance(found, dict) else []
    for value in sorted(inside, key=lambda value: not isinstance(value, list)):
        if isinstance(value, list) or (depth and isinstance(value, dict)):
            yield from _people(value, depth - 1)
            return
    raise InputError("no list of people is in it")


def _standing(known: Mapping[str, str], memberships: object) -> Standing:
    """How somebody stands, by the worst that any column says."""
    said = [known[name].lower() for name in _STATUS if name in known]
    if isinstance(memberships, list):  # listmonk's JSON: one of several lists may still be wanted
        lists = [str(one.get("subscription_status", "")).lower() for one in memberships if isinstance(one, dict)]
        said += [min(lists, key=lambda status: (status not in _SUBSCRIBED, status))] if lists else []
    if set(said) & set(_BARRED) or any(known.get(name) for name in _BARRED_COLUMNS):
        return Standing.BARRED
    if any(known.get(name) for name in _LEFT_COLUMNS):
        return Standing.LEFT
    if any(status not in (*_SUBSCRIBED, *_WAITING) for status in said):
        return Standing.LEFT
    return Standing.WAITING if set(said) & set(_WAITING) else Standing.SUBSCRIBED


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    # a cell that a spreadsheet would take for a formula is made a text
    csv.writer(out, lineterminator="\n").writerow([f"'{c}" if c[:1] in ("=", "+", "-", "@") else c for c in cells])
    return out.getvalue()
