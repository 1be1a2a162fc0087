"""What processes of one press tell each other through rows, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from chaffinch.errors import HostBusy
from chaffinch.fetch.politeness import Politeness
from chaffinch.model import Rendition, Source, SourceKind
from chaffinch.newsroom.mirror import Mirror
from chaffinch.ports import RobotsCopy
from chaffinch.store.database import Database
from chaffinch.store.holding import shared_secret
from chaffinch.store.hosts import Hosts
from chaffinch.store.leases import Leases
from chaffinch.store.moments import SharedClock
from chaffinch.store.office import Office
from chaffinch.store.renditions import Renditions
from chaffinch.store.sources import Sources
from chaffinch.store.turns import turn
from chaffinch.store.workers import Workers
from tests.databases import Where

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    opened = Database(where)
    yield opened
    opened.close()


# --------------------------------------------------------------------------------------------------- hosts


def test_a_host_has_one_turn_at_a_time_and_a_pause_after_it(database: Database, clock: Clock) -> None:
    one, other = Hosts(database, clock), Hosts(database, clock, jitter=lambda: 0.0)

    turn = one.take("a.example", 60, at_once=False)
    refused = other.take("a.example", 60, at_once=True)
    elsewhere = other.take("b.example", 60, at_once=False)
    one.give("a.example", turn.token, 2.0)
    paused = other.take("a.example", 60, at_once=False)
    led_on = other.take("a.example", 60, at_once=True)

    assert all(each.token for each in (turn, elsewhere, led_on))
    assert (refused.token, refused.wait) == ("", 0.25)
    assert (paused.token, paused.wait) == ("", 2.0)


def test_the_turn_of_one_who_died_runs_out_and_cannot_be_given_back_then(database: Database, clock: Clock) -> None:
    hosts = Hosts(database, clock)
    dead = hosts.take("a.example", 60, at_once=False)

    clock.now += 61 * SECOND
    next_one = hosts.take("a.example", 60, at_once=False)
    hosts.give("a.example", dead.token, 0.0)

    assert next_one.token
    assert not hosts.take("a.example", 60, at_once=True).token


def test_a_retry_after_holds_the_host_for_every_process(database: Database, clock: Clock) -> None:
    waits: list[float] = []

    def polite() -> Politeness:
        return Politeness(gap=0, wait=lambda s: waits.append(s) or False, rows=Hosts(database, clock))  # type: ignore[func-returns-value]

    polite().hold("a.example", 600.0)

    with pytest.raises(HostBusy, match=r"a\.example asked us to wait: 600 seconds") as busy, polite().turn("a.example"):
        pass
    assert busy.value.retry_after == 600.0
    clock.now += 601 * SECOND
    with polite().turn("a.example"):
        pass
    assert waits == []


def test_a_host_that_others_ask_all_the_while_is_left_for_later(database: Database, clock: Clock) -> None:
    Hosts(database, clock).take("a.example", 60.0, at_once=False)
    polite = Politeness(gap=0, wait=lambda _: False, rows=Hosts(database, clock, jitter=lambda: 0.0))

    with pytest.raises(HostBusy, match="asked by another worker all the while") as busy, polite.turn("a.example"):
        pass
    assert busy.value.retry_after == 30.0


def test_robots_are_asked_for_once_by_all(database: Database, clock: Clock) -> None:
    hosts, copy = Hosts(database, clock), RobotsCopy("User-agent: *\nDisallow: /x", NOW + SECOND)

    hosts.keep_robots("https://a.example:443", RobotsCopy(None, NOW))
    hosts.keep_robots("https://a.example:443", copy)

    assert Hosts(database, clock).robots("https://a.example:443") == copy
    assert hosts.robots("https://b.example:443") is None


# -------------------------------------------------------------------------------------------------- leases


def test_a_lease_is_renewed_by_its_holder_and_passes_when_it_is_not(database: Database, clock: Clock) -> None:
    leases = Leases(database, clock)

    assert leases.hold("clocks", "a", 20)
    assert not leases.hold("clocks", "b", 20)
    clock.now += 15 * SECOND
    assert leases.hold("clocks", "a", 20)
    clock.now += 19 * SECOND
    assert not leases.hold("clocks", "b", 20)
    clock.now += SECOND
    assert leases.hold("clocks", "b", 20)
    leases.give("clocks", "a")
    assert not leases.hold("clocks", "a", 20)
    leases.give("clocks", "b")
    assert leases.hold("clocks", "a", 20)


def test_what_a_dead_worker_visits_or_asks_is_free_and_what_a_living_one_does_is_not(
    database: Database, clock: Clock
) -> None:
    sources, workers = Sources(database), Workers(database, clock)
    three = [Source(slug, None, f"https://{slug}.example/") for slug in ("one", "two", "three")]
    sources.sync(three, [])

    def office(worker: str) -> Office:
        return Office(database, clock, "p", lambda _: [], lambda s, state, o: NOW, lambda _: None, worker=worker)  # type: ignore[arg-type,return-value]

    for worker, source in zip(("living", "dead", ""), three, strict=True):
        assert office(worker).open(source)
        assert Hosts(database, clock, worker).take(f"{source.slug}.example", 75, at_once=False).token
    workers.live("living", 20)
    workers.live("dead", -1)

    assert workers.alive() == ["living"]
    assert workers.dead() == ["dead"]
    assert workers.free(["dead"]) == 1
    workers.bury(["living", "dead"])
    assert not workers.dead()
    assert sources.due(NOW) == ["two"]
    new = Hosts(database, clock, "new")
    free = [source.slug for source in three if new.take(f"{source.slug}.example", 75, at_once=False).token]
    assert free == ["two"]
    assert workers.alive() == ["living"]


def test_who_ends_lives_no_more(database: Database, clock: Clock) -> None:
    workers = Workers(database, clock)
    workers.live("one", 20)

    workers.die("one")

    assert not workers.alive()
    assert workers.dead() == ["one"]


def test_who_comes_back_to_life_is_not_buried(database: Database, clock: Clock) -> None:
    workers = Workers(database, clock)
    workers.live("one", -1)
    dead = workers.dead()
    workers.live("one", 20)

    workers.bury(dead)

    assert dead == ["one"]
    assert workers.alive() == ["one"]


def test_the_first_machines_secret_is_everybodys(database: Database) -> None:
    assert shared_secret(database, b"a" * 32) == b"a" * 32
    assert shared_secret(database, b"b" * 32) == b"a" * 32


def test_a_turn_is_free_again_after_it(database: Database, tmp_path: Path) -> None:
    for _ in range(2):
        with turn(database, tmp_path, "publishing"):
            pass


# ---------------------------------------------------------------------------------------------- renditions


def rendition(name: str, body: bytes) -> Rendition:
    return Rendition("news", name, "text/html; charset=utf-8", body)


def test_a_rendition_is_touched_when_its_bytes_change_and_grows_younger_each_time(database: Database) -> None:
    kept = Renditions(database)

    first = kept.put([rendition("news.atom", b"1"), rendition("news.rss", b"1")], NOW, private=False)
    again = kept.put([rendition("news.atom", b"1"), rendition("news.rss", b"2")], NOW - SECOND, private=False)

    assert (first, again) == (("news.atom", "news.rss"), ("news.rss",))
    shown = [(s.name, s.body, s.modified, s.revision) for s in kept.since(0)]
    assert shown == [("news.atom", b"1", NOW, 1), ("news.rss", b"2", NOW + SECOND, 3)]


def files_of(folder: Path) -> dict[str, tuple[bytes, float]]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            found[str(path.relative_to(folder))] = (path.read_bytes(), path.stat().st_mtime)
    return found


def test_two_machines_show_the_same_bytes_with_the_same_times(database: Database, tmp_path: Path) -> None:
    kept, mirrors = Renditions(database), (Mirror(), Mirror())
    kept.put([rendition("news.atom", b"1"), rendition("news/index.html", b"1</html>")], NOW, private=False)
    mirrors[0].follow(kept, tmp_path / "a", tmp_path / "pa")
    kept.put([rendition("news.atom", b"2")], NOW, private=False)
    kept.put([rendition("gone.atom", b"x"), rendition("secret.atom", b"s")], NOW, private=False)
    kept.put([rendition("secret.atom", b"s")], NOW, private=True)
    mirrors[0].follow(kept, tmp_path / "a", tmp_path / "pa")
    kept.take_away(NOW, beginnings=["gone.", "gone/"])

    for mirror, name in zip(mirrors, "ab", strict=True):
        mirror.follow(kept, tmp_path / name, tmp_path / f"p{name}")

    shown = files_of(tmp_path / "a")
    assert shown == files_of(tmp_path / "b")
    assert {name for name in shown if not name.endswith((".gz", ".br"))} == {"news.atom", "news/index.html"}
    assert shown["news.atom"] == (b"2", (NOW + SECOND).timestamp())
    assert files_of(tmp_path / "pa") == files_of(tmp_path / "pb")
    assert "secret.atom" in files_of(tmp_path / "pa")


def test_a_config_that_is_taken_over_in_pieces_is_taken_over_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_source(number: int) -> Source:
        return Source(f"s{number}", SourceKind.FEED, f"https://host{number}.example/feed.xml")

    monkeypatch.setattr("chaffinch.store.sources._CHUNK", 2)
    remembered = Sources(database)

    remembered.sync([a_source(number) for number in range(5)], ())
    first = [health.slug for health in remembered.health()]
    remembered.sync([a_source(number) for number in (9, 4, 3, 1)], ())

    assert first == ["s0", "s1", "s2", "s3", "s4"]
    assert [health.slug for health in remembered.health()] == ["s1", "s3", "s4", "s9"]


# -------------------------------------------------------------------------------------------------- clocks


def test_machines_whose_clocks_are_apart_go_by_the_databases(
    postgresql: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(postgresql)

    before = _told(database)
    ours = SharedClock(database, clock)
    began = ours()
    clock.now += 90 * SECOND  # and another went on for as long
    later = ours()
    after = _told(database)
    ours.set()
    put_right = ours()
    database.close()

    assert before <= began <= after
    assert later - began == 90 * SECOND
    assert after <= put_right <= after + 60 * SECOND
    assert "seconds behind the database's, which counts here" in caplog.text


def test_a_clock_that_is_right_is_left_alone(postgresql: str, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(postgresql)
    asked: list[datetime] = []

    def right() -> datetime:
        asked.append(_told(database))
        return asked[-1]

    ours = SharedClock(database, right)
    ours.set()
    said = ours()
    database.close()

    assert said == asked[-1]
    assert not caplog.records


def test_a_worker_whose_clock_is_ahead_takes_nothing_from_one_that_lives(postgresql: str) -> None:
    database, right = Database(postgresql), Clock()
    ahead = Clock()
    ahead.now += 60 * SECOND
    first, second = (SharedClock(database, each) for each in (right, ahead))

    Workers(database, first).live("first", 20)
    taken = [Leases(database, whose).hold("clocks", name, 20) for whose, name in ((first, "first"), (second, "second"))]
    living = Workers(database, second).alive()
    database.close()

    assert taken == [True, False]
    assert living == ["first"]


def _told(database: Database) -> datetime:
    with database.ask() as connection:
        told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told.astimezone(UTC)
