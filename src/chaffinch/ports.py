"""Every seam on one screen: what a room needs of another, as small Protocols."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from chaffinch.config import Config
from chaffinch.errors import ChaffinchError
from chaffinch.model import (
    Article,
    Delivery,
    DeliveryState,
    Draft,
    Feed,
    Figure,
    Headline,
    Held,
    Issue,
    Letter,
    Listing,
    Outline,
    Page,
    Problem,
    Reference,
    Refresh,
    Repeats,
    Rules,
    Settlement,
    Source,
    SourceState,
    Standing,
    Subscription,
    Validators,
)
from chaffinch.pages import Templates

Stop = Callable[[], bool]
"""Says whether to stop at the next safe place."""


class Fetcher(Protocol):
    """Gets pages for one source."""

    def get(self, url: str, validators: Validators | None = None) -> Page:
        """The page, or one of status 304 and no body when `validators` still hold. Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn to ask a host, or how long to wait before asking for one again."""

    token: str = ""
    """Empty: it is not our turn yet."""
    wait: float = 0.0
    """Seconds."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """A host's robots.txt, and until when it holds."""

    body: str | None
    """None: there is none."""
    until: datetime


class HostRows(Protocol):
    """What processes tell each other of hosts. Each may raise StoreError."""

    def take(self, host: str, seconds: float, *, at_once: bool) -> Turn:
        """Our turn for at most so many seconds; `at_once` leaves out the pause after the last one."""
        ...

    def give(self, host: str, token: str, pause: float) -> None:
        """The turn is over; the next one begins after so many seconds."""
        ...

    def hold(self, host: str, seconds: float, why: str) -> None:
        """No turn begins before so many seconds have passed."""
        ...

    def robots(self, origin: str) -> RobotsCopy | None: ...

    def keep_robots(self, origin: str, copy: RobotsCopy) -> None: ...


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

    def alike(self, sketch: Sequence[int]) -> Sequence[Article]:
        """Articles of any source whose words may be alike, the likeliest first, at most a handful."""
        ...

    def held(self, reference: Reference) -> Held | None: ...

    def keep(self, reference: Reference, settlement: Settlement | ChaffinchError, now: datetime) -> None: ...

    def beside(self, reference: Reference, others: Sequence[Article]) -> Collection[str]:
        """The ids of those of `others` that the source listed side by side with this reference: they are not it."""
        ...

    def reruled(self, reference: Reference) -> bool:
        """Whether its page is extracted again because the owner changed the rules."""
        ...

    def close(self, now: datetime, problem: ChaffinchError | None = None) -> Refresh: ...


class Transport(Protocol):
    """Takes messages away."""

    def send(self, message: bytes, sender: str, recipient: str, before_end: Callable[[], None]) -> None:
        """Hand over one message; `before_end` is called when all but the end of data was sent (RFC 5321 §4.1.1.4).

        Raises MailAway, MailRefused or MailPolicy when it was surely not taken, MailUnknown when nobody knows.
        What `before_end` raises comes through, and then the message was not ended.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that was claimed, with what is needed to write it."""

    delivery: Delivery
    subscription: Subscription
    letter: Letter
    """The same object for all of a batch who share it."""
    letter_id: int
    """What one render serves."""
    lease: str


class Outbox(Protocol):
    """The deliveries of issues. Each verb is one transaction; what it wrote outlives the process when it returns."""

    def recover(self, issue: int, now: datetime) -> int:
        """Tidy up after dead workers: what they held is queued again, what was in flight is unknown. How many those."""
        ...

    def claim(self, issue: int, now: datetime, until: datetime, limit: int) -> Sequence[Parcel]:
        """Lease due deliveries of an open issue; those whose subscription has ended meanwhile are skipped instead."""
        ...

    def in_flight(self, parcel: Parcel, message_id: str, now: datetime, sent: Parcel | None = None) -> None:
        """The end of the message is about to be sent. Raises LeaseLost when it must not be.

        `sent` is the one before, which was taken: told here it costs no transaction of its own.
        """
        ...

    def settle(
        self, parcel: Parcel, state: DeliveryState, now: datetime, *, due: datetime | None = None, problem: str = ""
    ) -> None:
        """How it went. QUEUED gives a claimed one back untried; it and a DEFERRED one may have a new `due`."""
        ...

    def sent(self, parcels: Sequence[Parcel], now: datetime) -> None:
        """Letters that were taken, all in one transaction."""
        ...

    def put_back(self, parcels: Sequence[tuple[Parcel, datetime | None]], now: datetime) -> None:
        """Claimed letters are queued again, untried; due as before, or at the moment given. All in one transaction."""
        ...

    def suppress(self, address: str, why: str, now: datetime) -> None:
        """No more mail to this address, for any digest."""
        ...

    def hold(self, issue: int, now: datetime) -> None:
        """Stop the whole issue until the owner releases it."""
        ...


class Gate(Protocol):
    """Who may be written to now, for all workers together."""

    def grant(self, wanted: int, now: datetime) -> int:
        """How many of these letters may leave within this hour's limit; they count from now on."""
        ...

    def admit(self, domains: Sequence[str], now: datetime) -> Sequence[datetime | None]:
        """For each letter, by its recipient's domain, when it may be tried; None: now, and then it counts."""
        ...

    def give_back(self, granted: int, domains: Iterable[str], now: datetime) -> None:
        """Letters that were given leave and did not go."""
        ...

    def resting(self, domain: str, now: datetime) -> datetime | None:
        """Until when a domain is left alone that has said "later" since."""
        ...

    def well(self, domain: str) -> None:
        """It took a letter."""
        ...

    def later(self, domain: str, now: datetime) -> None:
        """It said "later"."""
        ...

    def away(self, until: datetime) -> None:
        """Our own mail server cannot be reached: nobody needs to try before."""
        ...

    def away_until(self, now: datetime) -> datetime | None:
        """Until when nobody needs to try."""
        ...


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


class ReadingRoom(Protocol):
    """What people may read. Each may raise StoreError."""

    def article(self, key: str) -> Article | None: ...

    def private_feed(self, token: str) -> Feed | None:
        """The private feed that a token opens; None when it opens nothing."""
        ...

    def private_article(self, token: str, key: str) -> Article | None:
        """The article of this key, hidden or not, for who has a token: one of its feed, or one for everybody."""
        ...

    def private_folder(self) -> Path:
        """Where private feeds' documents are."""
        ...

    def newest(self, feed: str, limit: int) -> Sequence[Article]:
        """A feed's last articles, newest first, without hidden ones."""
        ...

    def search(self, words: str, limit: int) -> Sequence[Article]:
        """Published articles that hold all of the words, the best first, without hidden ones."""
        ...

    def issues(self, digest: str, limit: int) -> Sequence[Issue]:
        """A digest's released issues, newest first."""
        ...

    def headlines(self, digest: str, limit: int, before: int | None) -> Sequence[Headline]:
        """A digest's released issues in a line each, newest first; `before` a number, to page on."""
        ...

    def issue(self, digest: str, number: int) -> Issue | None:
        """A released issue, without articles that were hidden since."""
        ...


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants their letters."""

    cadence: str
    hour: str = ""
    """`HH:MM`; empty for the digest's own."""
    timezone: str = ""
    topics: tuple[str, ...] = ()
    """Slugs of feeds; empty for all."""
    pause: int = 0
    """Days from now without letters."""


TokenPurpose = Literal["confirm", "preferences", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of address that a letter has a link to."""

    kind: Literal["move", "object"]
    """To confirm the new address, or to take it back."""
    digest: str
    done: bool = False
    problem: str = ""
    """Why it cannot be done any more."""


class SignUps(Protocol):
    """What people may ask for with an address, or with a token from a letter. Each may raise StoreError."""

    def subscribe(self, digest: str, address: str, cadence: str, evidence: Mapping[str, str]) -> None:
        """Send a confirm letter where one is due; says nothing of what is known. Raises InputError: no address."""
        ...

    def subscription(self, token: str, purpose: TokenPurpose) -> Subscription | None:
        """Whose token it is; None when it was not made by us for this purpose. Changes nothing."""
        ...

    def confirm(self, token: str, evidence: Mapping[str, str]) -> Subscription | None:
        """Confirm; twice is once. Raises InputError when the token has run out."""
        ...

    def prefer(self, token: str, wanted: Preferences) -> Subscription | None:
        """Change how letters come; None when the token is not ours. Raises InputError for what cannot be."""
        ...

    def erase(self, token: str) -> bool:
        """Forget whoever bears the token, but for a keyed hash; False when it is not ours."""
        ...

    def end(self, token: str, *, page: bool = False) -> Subscription | None:
        """Unsubscribe; twice is once. `page` says that a person pressed our button, and no program did."""
        ...

    def move(self, token: str, address: str, evidence: Mapping[str, str]) -> bool:
        """Ask a new address, where that may be; says nothing of what is known of it. False: the token is not ours.

        Raises InputError when it is no address, or what the bearer has already.
        """
        ...

    def change(self, token: str) -> Change | None:
        """What a link about an address is for; None when the token is not ours. Changes nothing."""
        ...

    def settle(self, token: str, evidence: Mapping[str, str]) -> Change | None:
        """Do it; twice is once. Raises InputError when it is too late."""
        ...

    def bounced(self, token: str, kind: str, why: str, body: bytes, signature: str) -> bool | None:
        """A relay says that the letter of this return token came back: True when somebody is written to no more.

        None when `signature` is not that of somebody who knows our secret.
        """
        ...


class OwnersDesk(Protocol):
    """What the owner says of issues that are held. Each may raise StoreError."""

    def held_issue(self, token: str) -> Issue | None:
        """The issue that a link from a preview is about; None when the token is not ours."""
        ...

    def decide(self, token: str, *, approve: bool) -> Issue | None:
        """Release or skip it; decided once, a second word changes nothing."""
        ...


class Pulse(Protocol):
    """How the press is."""

    def ready(self) -> Sequence[str]:
        """Why it cannot serve, a line each; empty when it can."""
        ...

    def cautions(self) -> Sequence[str]:
        """What it cannot do, though it serves, a line each."""
        ...

    def standings(self) -> Sequence[Standing]: ...

    def problems(self) -> Sequence[Problem]: ...

    def figures(self) -> Iterable[Figure]:
        """Everything in figures; survives a database that is away."""
        ...


class FrontDesk(ReadingRoom, SignUps, OwnersDesk, Pulse, Protocol):
    """What the web needs of the press. Called from many threads; the properties may change when the config does."""

    @property
    def config(self) -> Config: ...

    @property
    def templates(self) -> Templates: ...

    @property
    def secret(self) -> bytes: ...

    def now(self) -> datetime: ...
