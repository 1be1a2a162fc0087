"""A backup holds what stood when it was made, whatever goes on meanwhile; a damaged one is told."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from chaffinch.errors import InputError, StoreError
from chaffinch.model import Article, IssueState
from chaffinch.store.articles import insert_article
from chaffinch.store.backups import back_up, unpacked
from chaffinch.store.caution import be_cautious
from chaffinch.store.copying import copy, filled, summed
from chaffinch.store.database import Database
from chaffinch.store.issues import Issues
from chaffinch.store.schema import articles, closings, deliveries, dirty_feeds, issues, notes, pings, sources
from chaffinch.store.schema import subscriptions as people
from chaffinch.store.search import Search
from tests.databases import Press, Where

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SOMEBODY = {"digest": "daily", "cadence": "daily 07:00", "status": "confirmed", "created": NOW}
FILES = {"secret": b"00ff", "private/x.atom": b"<feed/>"}


def article(number: int) -> Article:
    return Article(
        f"tag:a.example,2026:{number}", f"a{number}", "", (), f"Title {number}", NOW, NOW, NOW, text="café harbour"
    )


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    with closing(Database(where)) as database:
        with database.write() as connection:
            connection.execute(insert(sources).values(slug="wire", state={"title": "Wire", "a": [1, None, "é"]}))
            for number in range(1, 251):
                insert_article(connection, article(number))
        yield database


def test_a_backup_holds_everything_and_can_be_opened(database: Database, tmp_path: Path) -> None:
    back_up(database, FILES.items(), tmp_path / "press.backup", NOW)

    with unpacked(tmp_path / "press.backup", tmp_path) as (backup, copied), copied.read() as rows:
        with database.read() as connection:
            assert summed(rows) == summed(connection)
        assert [found.key for found in Search(copied).find("cafe harb", 300)][:1] == ["a250"]
    assert (backup.made, backup.files) == (NOW, FILES)
    assert (tmp_path / "press.backup").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir() if "press" in path.name or "restoring" in path.name) == [
        "press.backup"
    ]


def test_what_is_written_meanwhile_comes_in_whole_or_not_at_all(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(insert(pings).values(feed="news", changed=NOW, due=NOW, tries=0))
        connection.execute(insert(dirty_feeds).values(feed="news", mark="0"))
    enough, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not enough.is_set():
            number += 1
            with database.write() as connection:
                connection.execute(update(pings).values(tries=number))
                connection.execute(update(dirty_feeds).values(mark=str(number)))
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    try:
        for turn in range(3):
            back_up(database, (), tmp_path / f"{turn}.backup", NOW)
    finally:
        enough.set()
        writer.join()

    for turn in range(3):
        with unpacked(tmp_path / f"{turn}.backup", tmp_path) as (_, copied), copied.read() as rows:
            tries, mark = rows.execute(
                select(pings.c.tries, dirty_feeds.c.mark).join(dirty_feeds, pings.c.feed == "news")
            ).one()
            assert str(tries) == mark


def test_a_backup_that_was_damaged_is_told_so(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "chaffinch.db")) as database:
        with database.write() as connection:
            insert_article(connection, article(1))
        back_up(database, FILES.items(), tmp_path / "press.backup", NOW)
    whole = (tmp_path / "press.backup").read_bytes()
    at = whole.index(b"harbour")
    (tmp_path / "press.backup").write_bytes(whole[:at] + b"harbEur" + whole[at + 7 :])

    with (
        pytest.raises(InputError, match="damaged: articles: not what was written"),
        unpacked(tmp_path / "press.backup", tmp_path),
    ):
        pass


def test_a_mistake_of_who_works_with_it_is_not_told_as_damage(tmp_path: Path) -> None:
    def mistaken() -> None:
        with unpacked(tmp_path / "press.backup", tmp_path):
            raise ValueError("ours")

    with closing(Database(tmp_path / "chaffinch.db")) as database:
        back_up(database, FILES.items(), tmp_path / "press.backup", NOW)

    with pytest.raises(ValueError, match="ours"):
        mistaken()

    assert not list(tmp_path.glob(".restoring*"))


@pytest.mark.parametrize("body", [b"", b"no database at all", None])
def test_what_is_no_backup_is_told_so(tmp_path: Path, body: bytes | None) -> None:
    if body is not None:
        (tmp_path / "press.backup").write_bytes(body)

    with pytest.raises(InputError, match="no backup"), unpacked(tmp_path / "press.backup", tmp_path):
        pass


def test_where_nothing_can_be_written_the_old_backup_stands(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "chaffinch.db")) as database, pytest.raises(StoreError, match="cannot be written"):
        back_up(database, (), tmp_path / "nowhere" / "press.backup", NOW)


def test_a_link_is_followed_and_a_folder_or_pipe_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far" / "press.backup")
    os.mkfifo(tmp_path / "pipe")
    with closing(Database(tmp_path / "chaffinch.db")) as database:
        back_up(database, (), tmp_path / "link", NOW)
        for name in ("far", "pipe"):
            with pytest.raises(InputError, match="no plain file"):
                back_up(database, (), tmp_path / name, NOW)

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far" / "press.backup").is_file()
    assert (tmp_path / "pipe").is_fifo()


def test_an_older_programs_backup_leaves_nothing_beside_when_it_was_brought_up_to_date(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "chaffinch.db")) as database:
        back_up(database, (), tmp_path / "press.backup", NOW)
    (tmp_path / "new").mkdir()
    aside = tmp_path / "new" / ".restoring.db.before-upgrade-from-0001"

    with unpacked(tmp_path / "press.backup", tmp_path / "new"):
        aside.touch()

    assert list((tmp_path / "new").iterdir()) == []


def test_copies_keep_their_ids_and_new_rows_come_after_them(
    database: Database, tmp_path: Path, postgresql_press: Press
) -> None:
    other = postgresql_press.fresh()
    with closing(Database(other)) as target:
        with database.read() as rows, target.write() as into:
            sums = copy(rows, into)
        with target.write() as into:
            new = insert_article(into, article(999))
            found = into.execute(select(articles.c.id).where(articles.c.key == "a7")).scalar_one()
            assert "articles" in filled(into)
        with database.read() as rows:
            assert rows.execute(select(articles.c.id).where(articles.c.key == "a7")).scalar_one() == found
            assert rows.execute(select(func.max(articles.c.id))).scalar_one() < new
        assert sums["articles"].rows == 250
    postgresql_press.drop(other)


def test_what_was_brought_back_sends_nothing_that_may_have_gone(database: Database) -> None:
    slot = NOW - timedelta(hours=5)
    issue = Issues(database).close("daily", "daily 07:00", slot, [article(1)], IssueState.OPEN, slot)
    assert issue is not None
    states = ["queued", "deferred", "claimed", "in_flight", "sent", "queued"]
    with database.write() as connection:
        for number, state in enumerate(states):
            connection.execute(insert(people).values(**SOMEBODY, id=f"p{number}", address=f"p{number}@example.org"))
            due = LATER + timedelta(hours=1) if number == 5 else NOW
            row = {"issue": issue.id, "subscription": f"p{number}", "state": state, "due": due, "changed": NOW}
            connection.execute(insert(deliveries).values(row))
        connection.execute(insert(notes).values(kind="welcome", subscription="p0", address="x@example.org", wanted=NOW))

        doubtful = be_cautious(connection, NOW, LATER)

        stand = connection.execute(select(deliveries.c.state).order_by(deliveries.c.id)).scalars().all()
        waiting = connection.execute(select(notes.c.id).where(notes.c.taken.is_(None))).all()
        closed = connection.execute(select(closings.c.slot)).scalar_one()
        enqueued = connection.execute(select(issues.c.enqueued).where(issues.c.id == issue.id)).scalar_one()
    again = Issues(database).close("daily", "daily 07:00", NOW, [article(2)], IssueState.OPEN, LATER)
    following = Issues(database).close(
        "daily", "daily 07:00", LATER + timedelta(1), [article(2)], IssueState.OPEN, LATER
    )

    assert (doubtful, stand) == (4, ["unknown"] * 4 + ["sent", "queued"])
    assert (waiting, closed, enqueued, again) == ([], LATER, True, None)
    assert following is not None
    assert following.number > issue.number + 24
