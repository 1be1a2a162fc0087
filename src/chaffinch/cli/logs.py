"""What a daemon says of itself: plain, for the journal, or as JSON, without anybody's address or token."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

from chaffinch.errors import ConfigError
from chaffinch.text import discreet, one_line, slugify

VARIABLE = "CHAFFINCH_LOG"
"""Says in which form; an environment variable, because mistakes in the config are told in that form already."""


class Form(StrEnum):
    """How a line looks."""

    JOURNAL = "journal"
    """For systemd's journal, which has clocks of its own and takes a level as `<4>` (sd-daemon(3))."""
    JSON = "json"
    PLAIN = "plain"


def log_to(stream: TextIO, environ: Mapping[str, str] = os.environ, *, verbose: bool = False) -> None:
    """Log to a stream from now on. Raises ConfigError when the form that is wanted is none."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_FORMATTERS[form_wanted(environ, stream)]())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of each request that is none
    logging.getLogger("chaffinch").setLevel(logging.DEBUG if verbose else logging.INFO)


def is_for_programs() -> bool:
    """Whether what is logged now is read by a program, so that nothing else may stand between its lines."""
    return any(isinstance(handler.formatter, Json | Journal) for handler in logging.getLogger().handlers)


def form_wanted(environ: Mapping[str, str], stream: TextIO) -> Form:
    """What CHAFFINCH_LOG says; without it the journal's form where the stream leads there, else plain."""
    said = environ.get(VARIABLE, "")
    if said:
        try:
            return Form(said)
        except ValueError:
            raise ConfigError(f'{VARIABLE}: "{said}" is none of {", ".join(Form)}') from None
    return Form.JOURNAL if _leads_to_the_journal(environ.get("JOURNAL_STREAM", ""), stream) else Form.PLAIN


class Plain(logging.Formatter):
    """`2026-11-20 07:00:01 INFO source wire: 3 new`."""

    def __init__(self, line: str = "%(asctime)s %(levelname)s %(message)s") -> None:
        super().__init__(line, "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """One line: what strangers say must not look like lines of ours. A trace keeps its lines."""
        return one_line(super().formatMessage(record))


class Journal(Plain):
    """`<6>source wire: 3 new`; each line of a trace has its level."""

    def __init__(self) -> None:
        super().__init__("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        level = next(level for least, level in _SYSLOG if record.levelno >= least)
        return "\n".join(f"<{level}>{line}" for line in super().format(record).splitlines())


class Json(logging.Formatter):
    """One object a line: `time` (RFC 3339), `level`, `event`, `message`, `logger`, what the event is about, `trace`.

    `event` names the sort of line, the same for all of it, so that lines can be counted.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = {name: value for name, value in vars(record).items() if name not in _USUAL}
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": fields.pop("event", None) or _event_of(record),
            "message": record.getMessage(),
            "logger": record.name,
            **fields,
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        # Values are made discreet one by one: what is cut out of the whole line could cut its quotes.
        return json.dumps(_discreetly(said), ensure_ascii=False, default=lambda value: discreet(str(value)))


_FORMATTERS: Mapping[Form, Callable[[], logging.Formatter]] = {
    Form.JOURNAL: Journal,
    Form.JSON: Json,
    Form.PLAIN: Plain,
}
_SYSLOG = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.NOTSET, 7))
_USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime"}


def _event_of(record: logging.LogRecord) -> str:
    """The words of the message that do not change: `digest %s: closed No. %d` is `digest-closed-no`."""
    template = str(record.msg).partition(";")[0]
    words = [word for word in template.split() if "%" not in word]
    return slugify(" ".join(words), fallback=record.name.rpartition(".")[2])


def _discreetly(value: object) -> object:
    match value:
        case str():
            return discreet(value)
        case Mapping():
            return {str(name): _discreetly(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_discreetly(inner) for inner in value]
        case _:
            return value


def _leads_to_the_journal(said: str, stream: TextIO) -> bool:
    """Whether the stream is the one that systemd made (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return said == f"{found.st_dev}:{found.st_ino}"
