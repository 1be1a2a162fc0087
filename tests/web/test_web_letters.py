"""What a letter leads to: following its links changes nothing, and its issues are a feed."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from sqlalchemy import select

from chaffinch.config import load
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import Article, Status
from chaffinch.newsroom import Newsroom, notices
from chaffinch.newsroom.holding import Holding
from chaffinch.store.articles import insert_article
from chaffinch.store.schema import metadata

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8750"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """A press that has written a letter of every sort."""
    (tmp_path / "config.toml").write_text(
        '[press]\ncontact = "e@press.example.org"\n[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\n'
        'recipients = ["ann@example.net"]\ngoodbye = true\n'
        '[[digest]]\nslug = "held"\nwhen = ["daily 07:00"]\napprove = true\n'
        '[mail]\nfrom = "d@press.example.org"\n'
    )
    room = Newsroom(load(tmp_path / "config.toml"), lambda: NOW, children=1)
    room.take_over()
    with room.parts.database.write() as connection:
        for number in (1, 2):
            title = f"Ferry & <storm> {number}"
            url = f"https://a.example.org/{number}"
            article = Article(f"tag:a,2026:{number}", f"a{number}", url, ("a",), title, NOW, NOW, NOW, lead="A lead.")
            insert_article(connection, article)
    for issue in room.post.close("daily"):
        room.post.deliver(issue.id)
    (held,) = room.post.close("held")
    Holding(room.parts).show(held.id)
    asked = room.sign_ups.subscribe(room.post.digest("daily"), "bob@example.net", {})
    assert asked
    room.sign_ups.ask(asked)
    cleo, dora = (signed_up(room, name) for name in ("cleo@example.net", "dora@example.net"))
    assert room.front.move(mint(room.parts.secret, Purpose.PREFERENCES, cleo), "cleopatra@example.org", {})
    (done,) = room.parts.moves.of(cleo)
    room.front.settle(mint(room.parts.secret, Purpose.MOVE, done.id), {})
    assert room.front.move(mint(room.parts.secret, Purpose.PREFERENCES, cleo), "kleo@example.org", {})
    room.front.end(mint(room.parts.secret, Purpose.UNSUBSCRIBE, dora), page=True)
    for task in list(notices.due(room.parts)):
        room.perform(task)
    yield room
    room.close()


def signed_up(room: Newsroom, address: str) -> str:
    asked = room.sign_ups.subscribe(room.post.digest("daily"), address, {})
    assert asked
    room.sign_ups.confirm(mint(room.parts.secret, Purpose.CONFIRM, asked), {})
    return asked


def links_of(outbox: Path) -> set[str]:
    """Every address of the press that stands in any letter, in its headers or its parts."""
    found: set[str] = set()
    for file in outbox.glob("*.eml"):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        parts = [str(part.get_content()) for part in letter.walk() if not part.is_multipart()]
        written = " ".join([*parts, str(letter["List-Unsubscribe"]), str(letter["List-Archive"])])
        found |= set(re.findall(rf"{BASE}[^\s\"'<>]*", written))
    return found


def books(room: Newsroom) -> dict[str, list[Any]]:
    with room.parts.database.read() as connection:
        return {table.name: list(connection.execute(select(table)).all()) for table in metadata.sorted_tables}


def test_following_every_link_of_every_letter_changes_nothing(
    room: Newsroom, serve: Callable[[Any], Any], tmp_path: Path
) -> None:
    visitor, links, before = serve(room.front), links_of(tmp_path / "outbox"), books(room)
    paths = {urlsplit(link).path for link in links}

    answers = {path: (visitor.head(path).status, visitor.get(path).status) for path in paths}

    assert {path.split("/")[1] for path in paths} == {
        "address",
        "confirm",
        "desk",
        "digests",
        "preferences",
        "unsubscribe",
    }
    subjects = [email.message_from_bytes(f.read_bytes())["Subject"] for f in (tmp_path / "outbox").glob("*.eml")]
    assert sorted(str(subject).partition(":")[0] for subject in subjects) == [
        "Daily",
        "Please confirm",
        "Please confirm your new address",
        "Please confirm your new address",
        "To approve",
        "Welcome to Daily",
        "Welcome to Daily",
        "You are unsubscribed from Daily",
        "Your address has changed",
    ]
    assert set(answers.values()) <= {
        (200, 200),
        (404, 404),
    }  # 404: what is held has no public page, a preview no reader
    assert sum(answer == (200, 200) for answer in answers.values()) >= 12
    assert books(room) == before


def test_the_issues_are_a_feed(room: Newsroom, serve: Callable[[Any], Any]) -> None:
    visitor = serve(room.front)

    answer = visitor.get("/digests/daily/issues.atom")
    again = visitor.get("/digests/daily/issues.atom", If_None_Match=answer.headers["etag"])
    read = feedparser.parse(answer.body)

    assert answer.status == 200
    assert not read.bozo
    (entry,) = read.entries
    assert entry.title == "No. 1: Ferry & <storm> 2"
    assert entry.link == f"{BASE}/digests/daily/1"
    assert "https://a.example.org/2" in entry.content[0].value
    assert again.status == 304
    assert visitor.get("/digests/none/issues.atom").status == 404
    assert feedparser.parse(visitor.get("/digests/held/issues.atom").body).entries == []
    assert room.parts.subscriptions.count("daily", Status.CONFIRMED) == 2
