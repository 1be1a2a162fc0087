"""Every seam on one screen: what a room needs of another, as small Protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chaffinch.errors import ChaffinchError
from chaffinch.model import (
    Article,
    Draft,
    Listing,
    Outline,
    Page,
    Reference,
    Refresh,
    Repeats,
    Rules,
    Settlement,
    Source,
    SourceState,
    Validators,
)

Stop = Callable[[], bool]
"""Says whether to stop at the next safe place."""


class Fetcher(Protocol):
    """Gets pages for one source."""

    def get(self, url: str, validators: Validators | None = None) -> Page:
        """The page, or one of status 304 and no body when `validators` still hold. Raises FetchError."""
        ...


Reader = Callable[[Source, SourceState, Fetcher], Listing]
"""Lists a source's articles. Raises FetchError or ReadError; never reads the clock."""


class Extractor(Protocol):
    """Turns pages into drafts, safely. Both raise ExtractError."""

    def outline(self, page: Page) -> Outline: ...

    def extract(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft: ...


class Desk(Protocol):
    """One source under a lease. Each write is one transaction, fenced by the lease; raises LeaseLost."""

    source: Source
    state: SourceState
    authority: str
    """Who mints ids: the press's host."""

    def offer(self, listing: Listing, now: datetime) -> None: ...

    def wanted(self, now: datetime) -> Sequence[Reference]: ...

    def shelve(self, reference: Reference, page: Page | ChaffinchError, now: datetime) -> None: ...

    def shelved_pages(self) -> Iterator[Page]: ...

    def learn(self, outlines: Iterable[Outline]) -> Repeats: ...

    def shelved(self) -> Iterator[tuple[Reference, Page]]: ...

    def known(self, draft: Draft) -> Sequence[Article]: ...

    def keep(self, reference: Reference, settlement: Settlement | ChaffinchError, now: datetime) -> None: ...

    def close(self, now: datetime, problem: ChaffinchError | None = None) -> Refresh: ...


class Transport(Protocol):
    """Takes messages away."""

    def send(self, message: bytes, sender: str, recipient: str, before_end: Callable[[], None]) -> None:
        """Hand over one message; `before_end` is called when all but the end of data was sent (RFC 5321 §4.1.1.4).

        Raises MailAway, MailRefused or MailPolicy when it was surely not taken; any other failure after
        `before_end` leaves it open whether it was.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, named by what it is about: `refresh wire`, `publish news`, `close daily`, `deliver 7`."""

    verb: str
    subject: str = ""


class Engine(Protocol):
    """Gets tasks done, somewhere, some time; a lost hint costs lateness and nothing else."""

    def hint(self, task: Task) -> None: ...

    def drain(self, seconds: float) -> bool:
        """Start nothing more, wait for what runs; False when something was still running at the end."""
        ...
