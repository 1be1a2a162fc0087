"""Other programs that fetch feeds: rss2email makes letters of them, feedparser is in many a reader."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.clients.conftest import Harbour, Wire
from tests.loopback import text_of

R2E = shutil.which("r2e")

R2E_CONFIG = """[DEFAULT]
from = r2e@home.example
to = me@home.example
html-mail = True
email-protocol = smtp
smtp-server = 127.0.0.1
smtp-port = {port}
smtp-auth = False
smtp-ssl = False

[feed.news]
url = {feed}
"""


class Rss2email:
    """An rss2email with a home of its own, that mails one feed."""

    def __init__(self, home: Path, harbour: Harbour, feed: str) -> None:
        if R2E is None:
            pytest.skip("there is no rss2email on this machine")
        home.mkdir()
        self.home, self._office = home, harbour.office
        (home / "config").write_text(R2E_CONFIG.format(port=harbour.office.port, feed=feed), "utf-8")

    def run(self) -> list[str]:
        """One run; the subjects of what it mailed."""
        before = len(self._office.letters)
        command = [str(R2E), "-c", str(self.home / "config"), "-d", str(self.home / "state.json"), "run"]
        environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=30)
        return sorted(str(letter["Subject"]) for letter in self._office.letters[before:])


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_rss2email_sends_each_article_once_and_in_full(harbour: Harbour, tmp_path: Path, form: str) -> None:
    rss2email = Rss2email(tmp_path / "r2e", harbour, harbour.address(form))

    first, second = rss2email.run(), rss2email.run()

    assert first == ["The Häher & Sohn is back", "The Marigold is back", "The Petrel is back"]
    assert second == []
    for letter in harbour.office.letters:
        assert letter["X-RSS-ID"].startswith("tag:")
        assert harbour.SEEN in text_of(letter, "html")
        assert "is not yet in sight." in text_of(letter, "html")


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_rss2email_sends_what_is_new_and_no_edit_again(harbour: Harbour, tmp_path: Path, form: str) -> None:
    rss2email = Rss2email(tmp_path / "r2e", harbour, harbour.address(form))
    rss2email.run()

    harbour.write("Petrel", hour=1, seen="the mayor was among them")
    harbour.write("Osprey")
    harbour.publish()

    assert rss2email.run() == ["The Osprey is back"]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_rss2email_is_told_that_nothing_changed(harbour: Harbour, wire: Wire, tmp_path: Path, form: str) -> None:
    rss2email = Rss2email(tmp_path / "r2e", harbour, wire.address(form))

    for _ in range(3):
        harbour.publish()
        rss2email.run()

    assert wire.statuses == [200, 304, 304]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_rss2email_sees_two_changes_within_one_second(harbour: Harbour, tmp_path: Path, form: str) -> None:
    rss2email = Rss2email(tmp_path / "r2e", harbour, harbour.address(form))
    rss2email.run()

    sent = []
    for hour, ship in enumerate(("Osprey", "Kittiwake")):
        harbour.write(ship, hour=4 + hour)
        harbour.hurry()
        sent += rss2email.run()

    assert sent == ["The Osprey is back", "The Kittiwake is back"]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feedparser_reads_it_without_a_complaint(harbour: Harbour, form: str) -> None:
    feed = feedparser.parse(harbour.address(form))

    assert feed.status == 200
    assert not feed.bozo
    assert feed.feed.title == "News of the Quay"
    assert [(entry.title, entry.author, entry.link) for entry in feed.entries] == [
        ("The Häher & Sohn is back", "Mara Lind", "https://quay.example/ships/haeher"),
        ("The Petrel is back", "Mara Lind", "https://quay.example/ships/petrel"),
        ("The Marigold is back", "Mara Lind", "https://quay.example/ships/marigold"),
    ]
    assert all("is not yet in sight." in entry.content[0].value for entry in feed.entries)


@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("by", ["etag", "modified"])
def test_feedparser_gets_304_until_something_changes(harbour: Harbour, form: str, by: str) -> None:
    first = feedparser.parse(harbour.address(form))
    kept: dict[str, Any] = {by: first[by]}

    harbour.publish()
    again = feedparser.parse(harbour.address(form), **kept)

    assert again.status == 304
    assert again.entries == []

    harbour.write("Osprey")
    harbour.publish()
    changed = feedparser.parse(harbour.address(form), **kept)

    assert changed.status == 200
    assert len(changed.entries) == 4


@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("by", ["etag", "modified"])
def test_feedparser_sees_two_changes_within_one_second(harbour: Harbour, form: str, by: str) -> None:
    kept = feedparser.parse(harbour.address(form))[by]

    for seen in ("half of the town has heard it", "half of the town has smelt it"):
        harbour.write("Petrel", hour=1, seen=seen)
        harbour.hurry()
        told = feedparser.parse(harbour.address(form), **{by: kept})

        assert told.status == 200
        assert len([entry for entry in told.entries if seen in entry.content[0].value]) == 1
        kept = told[by]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_for_feedparser_an_edit_keeps_id_and_date_and_moves_updated(harbour: Harbour, form: str) -> None:
    before = {entry.id: entry for entry in feedparser.parse(harbour.address(form)).entries}

    harbour.write("Petrel", hour=1, seen="the mayor was among them")
    harbour.publish()

    after = {entry.id: entry for entry in feedparser.parse(harbour.address(form)).entries}
    assert set(after) == set(before)
    (edited,) = [key for key in after if after[key].content != before[key].content]
    assert after[edited].published == before[edited].published
    assert after[edited].updated_parsed > before[edited].updated_parsed
    assert all(after[key].updated == before[key].updated for key in after if key != edited)
