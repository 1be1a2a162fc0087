"""A press that dies at any of its named points goes on from there: nothing lost, nothing twice, nothing half."""

import itertools
import json
import re
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import pytest

from chaffinch.config import load
from chaffinch.killpoints import POINTS
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import DeliveryState
from chaffinch.newsroom import Newsroom
from tests.databases import Press as Databases
from tests.faults.conftest import story
from tests.faults.nest import Nest
from tests.loopback import PostOffice

T = TypeVar("T")
DIED = -signal.SIGKILL
THE_DAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
"""When a trial begins; the days before made the press what it is then."""
SLOT = timedelta(hours=1)
READERS = ("a@example.org", "b@example.org", "c@example.org")
SHARED_ONLY = {"entered"}
"""Points that one machine alone does not pass."""


class Hub:
    """It is told of feeds that changed."""

    def __init__(self) -> None:
        self.told = 0
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                hub.told += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Trials:
    """Copies of one press, on the morning when there is something to do at every point."""

    def __init__(self, home: Path, databases: Databases | None) -> None:
        self.nest, self.office, self.hub = Nest(), PostOffice(), Hub()
        self._databases, self._seed = databases, home / "seed"
        self._url = databases.fresh() if databases else ""
        (self._seed / "articles").mkdir(parents=True)
        self._configure(self._seed, self._url)
        self.news(self._seed, "Albatross")
        assert self.nest.life(self._seed, THE_DAY - timedelta(days=2)) == 0
        self.news(self._seed, "Bittern")
        assert self.nest.life(self._seed, THE_DAY - timedelta(days=1)) == 0
        with room_of(self._seed) as room:
            for digest in ("daily", "held"):
                room.post.skip(digest)  # over SMTP the first issue waits; from now on they go by themselves
        self.stir(self._seed, "Curlew", THE_DAY)

    def press(self, home: Path) -> str:
        """A copy of the press in this folder; its database's URL, when it has one."""
        shutil.copytree(self._seed, home, dirs_exist_ok=True)
        url = self._databases.copied(self._url) if self._databases else ""
        self._configure(home, url)
        self.office.letters.clear()
        self.hub.told = 0
        return url

    def wrong(self, home: Path) -> list[str]:
        """What does not hold in a press whose trial is over."""
        wanted = [file.read_text("utf-8").partition("\n")[0] for file in sorted((home / "articles").iterdir())]
        entries = json.loads((home / "feeds/all.json").read_bytes())["items"]
        wrong = [f"lost: {title}" for title in set(wanted) - {entry["title"] for entry in entries}]
        wrong += [f"published twice: {title}" for title in twice(entry["title"] for entry in entries)]
        wrong += [f"an id twice: {name}" for name in twice(entry["id"] for entry in entries)]
        wrong += [f"unfinished: {part}" for part in (home / "feeds").rglob("*.part")]
        wrong += [
            f"sent twice: {name}" for name in twice(letter["X-Chaffinch-Delivery"] for letter in self.office.letters)
        ]
        wrong += [] if self.hub.told else ["the hub was not told"]
        with room_of(home) as room:
            wrong += [f"not built: {feed}" for feed in room.parts.articles.dirty()]
            for digest in (digest for digest in room.status().digests if digest.issues):
                letters = [letter for letter in self.office.letters if _is_of(letter, digest.slug)]
                unknown = digest.letters.get(DeliveryState.UNKNOWN, 0)
                told = digest.letters.get(DeliveryState.SENT, 0) + unknown
                if sum(digest.letters.values()) != told or not told - unknown <= len(letters) <= told:
                    wrong.append(f"{digest.slug}: {len(letters)} letters arrived: {digest.letters}")
                read = [(letter["To"], title) for letter in letters for title in wanted if title in _text_of(letter)]
                wrong += [f"{digest.slug}: read twice: {twice_read}" for twice_read in twice(read)]
                doubted = {doubt.address for doubt in room.post.doubtful() if doubt.issue.startswith(digest.slug)}
                unread = {(reader, title) for reader in READERS for title in wanted[2:]} - set(read)
                wrong += [f"{digest.slug}: not read: {miss}" for miss in unread if miss[0] not in doubted]
        return wrong

    def close(self) -> None:
        self.nest.close()
        self.office.controller.stop()
        self.hub.server.shutdown()
        self.hub.server.server_close()

    def _configure(self, home: Path, url: str) -> None:
        digests = (
            f'[[digest]]\nslug = "{slug}"\n{how}'
            for slug, how in (
                ("daily", f'when = ["every 1h"]\nrecipients = {json.dumps(READERS)}'),
                ("held", f'when = ["every 1h"]\nrecipients = {json.dumps(READERS)}\nhold = "30m"'),
                ("calm", 'when = ["monthly 1 07:00"]'),  # what people sign up for: no issue of it closes here
            )
        )
        told = (
            f"""
            [press]
            base_url = "https://press.example.org"
            contact = "owner@example.org"
            postal_address = "1 Harbour Lane"
            {f'database_url = "{url}"' if url else ""}
            [fetch]
            allow_private = ["127.0.0.0/8"]
            [mail]
            from = "Press <press@example.org>"
            transport = "smtp"
            host = "127.0.0.1"
            port = {self.office.port}
            security = "none"
            [[source]]
            location = "articles"
            [[feed]]
            slug = "all"
            hub = "{self.hub.url}"
            """,
            *digests,
        )
        (home / "config.toml").write_text("\n".join(told), "utf-8")

    def stir(self, home: Path, ship: str, now: datetime) -> None:
        """Something happens: an article, somebody who asks for letters, and somebody who has said yes."""
        self.news(home, ship)
        with room_of(home, now) as room:
            asks, hears = (
                room.sign_ups.subscribe(room.post.digest("calm"), f"{ship.replace(' ', '-')}-{who}@example.org", {})
                for who in ("asks", "hears")
            )
            assert asks
            assert hears
            room.parts.subscriptions.claim_asking(hears, room.parts.clock())
            room.sign_ups.confirm(mint(room.parts.secret, Purpose.CONFIRM, hears), {})

    def news(self, home: Path, ship: str) -> None:
        (home / f"articles/{ship.lower()}.txt").write_text(story(ship), "utf-8")


@contextmanager
def room_of(home: Path, now: datetime = THE_DAY) -> Iterator[Newsroom]:
    """A press's newsroom at a moment."""
    room = Newsroom(load(home / "config.toml"), lambda: now)
    try:
        yield room
    finally:
        room.close()


def twice(things: Iterable[T]) -> list[T]:
    """What comes more than once."""
    return [thing for thing, number in Counter(things).items() if number > 1]


def _is_of(letter: EmailMessage, digest: str) -> bool:
    """Whether a letter is one of the digest's issues: not a preview, not a welcome."""
    return re.fullmatch(rf"{digest}/\d+/.*", letter["X-Chaffinch-Delivery"]) is not None


def _text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def trials(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    databases = request.getfixturevalue("postgresql_press") if engine == "postgresql" else None
    made = Trials(tmp_path_factory.mktemp(engine), databases)
    yield made
    made.close()


def passed(engine: str) -> list[str]:
    """The points that a press on this engine passes."""
    return [point for point in POINTS if engine == "postgresql" or point not in SHARED_ONLY]


def test_a_press_that_dies_at_each_of_its_points_in_turn_keeps_its_history(
    engine: str, trials: Trials, tmp_path: Path
) -> None:
    trials.press(tmp_path)
    now = THE_DAY

    for number, point in enumerate(passed(engine)):
        trials.stir(tmp_path, f"dunlin {number}", now)
        assert trials.nest.life(tmp_path, now, point) == DIED, (point, log_of(tmp_path))
        now += SLOT
    ends = [trials.nest.life(tmp_path, now + later) for later in (timedelta(0), timedelta(hours=2))]

    assert ends == [0, 0], log_of(tmp_path)
    assert "\n".join(trials.wrong(tmp_path)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("point", POINTS)
def test_a_press_that_dies_at_a_named_point_goes_on_from_there(
    point: str, engine: str, trials: Trials, tmp_path: Path
) -> None:
    if point not in passed(engine):
        pytest.skip("one machine alone does not pass it")
    trials.press(tmp_path)

    ends = lives(trials, tmp_path, point)

    assert sorted(ends) == [DIED, 0, 0], log_of(tmp_path)
    assert "\n".join(trials.wrong(tmp_path)) == ""


@pytest.mark.soak
def test_a_press_that_dies_after_any_of_its_transactions_goes_on_from_there(trials: Trials, tmp_path: Path) -> None:
    for number in itertools.count(1):
        home = tmp_path / str(number)
        trials.press(home)

        ends = lives(trials, home, f"committed:{number}")

        assert trials.wrong(home) == [], (number, log_of(home))
        if DIED not in ends:
            break
    assert number > 30


def lives(trials: Trials, home: Path, point: str) -> list[int]:
    """How three lives of a press ended, hours apart; whichever passes the point first dies there."""
    ends: list[int] = []
    for hours in (0, 2, 4):
        armed = "" if DIED in ends else point
        ends.append(trials.nest.life(home, THE_DAY + timedelta(hours=hours), armed))
    return ends


def log_of(home: Path) -> str:
    return (home / "log").read_text("utf-8")
