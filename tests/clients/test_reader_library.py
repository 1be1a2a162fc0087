"""reader, a library that feed readers are built on, follows a press in all three formats."""

import sys
from collections.abc import Iterator
from pathlib import Path

import feedparser_sgmllib
import pytest
from reader import Entry, Reader, make_reader

from tests.clients.conftest import Harbour, Wire

# Its own copy of feedparser wants a module of Python 2 under the name that feedparser's own dependency gave up.
sys.modules.setdefault("sgmllib", feedparser_sgmllib)

FORMS = ("atom", "rss", "json")


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(wire: Wire, form: str, tmp_path: Path) -> Iterator[Reader]:
    reader = make_reader(str(tmp_path / "reader.sqlite"))
    reader.add_feed(wire.address(form))
    reader.update_feed(wire.address(form))
    yield reader
    reader.close()


def entries(reader: Reader) -> dict[str, Entry]:
    return {entry.id: entry for entry in reader.get_entries()}


def test_it_holds_every_article_in_full(harbour: Harbour, reader: Reader) -> None:
    found = sorted(entries(reader).values(), key=lambda entry: str(entry.published))

    assert [(entry.title, entry.authors_str, entry.link, str(entry.published)) for entry in found] == [
        ("The Marigold is back", "Mara Lind", "https://quay.example/ships/marigold", "2026-03-02 00:00:00+00:00"),
        ("The Petrel is back", "Mara Lind", "https://quay.example/ships/petrel", "2026-03-02 01:00:00+00:00"),
        ("The Häher & Sohn is back", "Mara Lind", "https://quay.example/ships/haeher", "2026-03-02 02:00:00+00:00"),
    ]
    for entry in found:
        told = entry.content[0].value
        assert harbour.SEEN in told
        assert "is true &amp; &lt;written down&gt;; " in told
        assert told.rstrip().endswith("is not yet in sight.</p>")
    assert [feed.title for feed in reader.get_feeds()] == ["News of the Quay"]


def test_an_unchanged_feed_is_not_sent_again(harbour: Harbour, wire: Wire, reader: Reader, form: str) -> None:
    for _ in range(3):
        harbour.publish()
        assert reader.update_feed(wire.address(form)) is None

    assert wire.statuses == [200, 304, 304, 304]


def test_an_edit_is_an_update_and_no_new_entry(harbour: Harbour, wire: Wire, reader: Reader, form: str) -> None:
    before = entries(reader)
    for entry in before.values():
        reader.mark_entry_as_read(entry)

    harbour.write("Petrel", hour=1, seen="the mayor was among them, and so was her dog")
    harbour.publish()
    told = reader.update_feed(wire.address(form))

    assert told is not None
    assert (told.new, told.modified) == (0, 1)
    after = entries(reader)
    assert set(after) == set(before)
    (edited,) = [entry for key, entry in after.items() if entry.content != before[key].content]
    assert "so was her dog" in edited.content[0].value
    assert edited.published == before[edited.id].published
    assert edited.read


def test_a_new_article_is_one_entry_more_and_what_was_read_stays_read(
    harbour: Harbour, wire: Wire, reader: Reader, form: str
) -> None:
    before = entries(reader)
    for entry in before.values():
        reader.mark_entry_as_read(entry)

    harbour.write("Osprey")
    harbour.publish()
    told = reader.update_feed(wire.address(form))

    assert told is not None
    assert (told.new, told.modified) == (1, 0)
    (unread,) = reader.get_entries(read=False)
    assert "crates of lemons" in unread.content[0].value
    assert len(entries(reader)) == len(before) + 1


def test_two_changes_within_one_second_are_both_seen(harbour: Harbour, wire: Wire, reader: Reader, form: str) -> None:
    for seen in ("half of the town has heard it", "half of the town has smelt it"):
        harbour.write("Petrel", hour=1, seen=seen)
        harbour.hurry()
        reader.update_feed(wire.address(form))

        assert len([entry for entry in entries(reader).values() if seen in entry.content[0].value]) == 1
    assert len(entries(reader)) == 3
