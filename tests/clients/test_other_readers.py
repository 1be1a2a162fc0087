"""Other programs that fetch feeds: rss2email makes letters of them, feedparser is in many a reader."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.clients.conftest import Harbour
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


@pytest.mark.skipif(R2E is None, reason="there is no rss2email on this machine")
def test_rss2email_sends_each_article_once(harbour: Harbour, tmp_path: Path) -> None:
    home = tmp_path / "r2e"
    home.mkdir()
    (home / "config").write_text(R2E_CONFIG.format(port=harbour.office.port, feed=harbour.address("atom")), "utf-8")

    def run() -> None:
        assert R2E is not None
        command = [R2E, "-c", str(home / "config"), "-d", str(home / "state.json"), "run"]
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=30)

    run()
    run()

    subjects = sorted(str(letter["Subject"]) for letter in harbour.office.letters)
    assert subjects == ["The Häher & Sohn is back", "The Marigold is back", "The Petrel is back"]
    for letter in harbour.office.letters:
        assert letter["X-RSS-ID"].startswith("tag:")
        assert "is not yet in sight." in text_of(letter, "html")

    harbour.write("Petrel", hour=1, seen="the mayor was among them")
    harbour.write("Osprey")
    harbour.publish()
    run()

    assert [letter["Subject"] for letter in harbour.office.letters[3:]] == ["The Osprey is back"]


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
