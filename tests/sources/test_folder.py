"""Folders of dumps: what is listed, in which order, and what is read."""

import gzip
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.errors import FetchError, ReadError, Refused
from chaffinch.model import Certainty, Listing, Metadata, Page, Source, SourceKind, SourceState, Validators
from chaffinch.sources import folder
from chaffinch.sources.files import Files

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class NoWeb:
    """A folder needs no fetcher."""

    def get(self, url: str, validators: Validators | None = None) -> Page:
        raise AssertionError(url)


def a_source(path: Path) -> Source:
    return Source(slug="dumps", kind=SourceKind.FOLDER, location=str(path))


def listed(path: Path) -> Listing:
    return folder.read(a_source(path), SourceState(), NoWeb())


def names(listing: Listing) -> list[str]:
    return [reference.url.rpartition("/")[2] for reference in listing.references]


def put(path: Path, text: str = "Some text.", at: datetime = NOON) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


# ------------------------------------------------------------------------------------------ listing


def test_dumps_and_saved_pages_are_listed_newest_first_with_those_below(tmp_path: Path) -> None:
    put(tmp_path / "old.txt", at=NOON - timedelta(hours=2))
    put(tmp_path / "deep" / "er" / "new.HTML")
    put(tmp_path / "middle.htm", at=NOON - timedelta(hours=1))
    put(tmp_path / "oldest.html.gz", at=NOON - timedelta(hours=3))

    listing = listed(tmp_path)

    assert names(listing) == ["new.HTML", "middle.htm", "old.txt", "oldest.html.gz"]
    assert listing.references[0].published == NOON
    assert listing.references[0].certainty is Certainty.SOURCE
    assert listing.state.published_at[0] == NOON
    assert listing.problems == ()


def test_what_is_no_finished_document_is_left_out_in_silence(tmp_path: Path) -> None:
    put(tmp_path / "good.txt")
    for name in (".hidden.txt", "draft.txt~", "half.txt.part", "half.html.tmp", "photo.jpg", "README"):
        put(tmp_path / name, "x")
    put(tmp_path / ".git" / "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()

    listing = listed(tmp_path)

    assert names(listing) == ["good.txt"]
    assert listing.problems == ()


def test_a_link_is_followed_inside_the_folder_and_not_out_of_it(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside" / "secret.txt")
    home = tmp_path / "home"
    put(home / "real.txt")
    (home / "inside.txt").symlink_to(home / "real.txt")
    (home / "leak.txt").symlink_to(outside)
    (home / "way-out").symlink_to(outside.parent)
    (home / "circle").symlink_to(home)

    listing = listed(home)

    assert sorted(names(listing)) == ["inside.txt", "real.txt"]
    assert listing.problems == ("leak.txt: a link that leads out of the folder; it is not followed",)


def test_files_of_one_minute_stand_in_the_natural_order_of_their_names(tmp_path: Path) -> None:
    for number in range(1, 301):
        put(tmp_path / f"story {number}.txt", at=NOON + timedelta(seconds=(number * 37) % 60))

    references = listed(tmp_path).references

    assert [r.url.rpartition("%20")[2] for r in references] == [f"{number}.txt" for number in range(300, 0, -1)]
    times = [r.published for r in references if r.published]
    assert max(times) <= NOON + timedelta(seconds=59)
    assert all(later - earlier >= timedelta(seconds=1) for later, earlier in pairwise(times))


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 200)), max_size=30, unique=True))
def test_times_are_strictly_in_order_and_never_later_than_the_newest_file(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("dumps")
    for name, seconds in files:
        put(path / f"{name}-{seconds}.txt", at=NOON + timedelta(seconds=seconds))

    times = [reference.published for reference in listed(path).references if reference.published]

    assert len(times) == len(files)
    assert all(later - earlier >= timedelta(seconds=1) for later, earlier in pairwise(times))
    assert not times or times[0] == NOON + timedelta(seconds=max(seconds for _, seconds in files))


@given(st.text(alphabet="aB2-. ", max_size=5), st.integers(0, 10**9), st.integers(0, 10**9))
def test_natural_order_goes_by_the_value_of_numbers(word: str, one: int, other: int) -> None:
    first, second = (folder.natural(f"{word}x{number}.txt") for number in (one, other))

    assert (first < second) == (one < other)


@given(st.lists(st.text(alphabet="aA029-. /", max_size=8), unique=True), st.randoms())
def test_natural_order_is_the_same_however_the_files_came(words: list[str], random: Random) -> None:
    ordered = sorted(words, key=folder.natural)
    random.shuffle(words)

    assert sorted(words, key=folder.natural) == ordered


def test_a_change_of_file_or_sidecar_is_another_revision(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "first")
    revisions = [listed(tmp_path).references[0].revision]
    revisions.append(listed(tmp_path).references[0].revision)
    put(tmp_path / "a.txt", "second")
    revisions.append(listed(tmp_path).references[0].revision)
    put(tmp_path / "a.toml", 'title = "A"')
    revisions.append(listed(tmp_path).references[0].revision)

    assert revisions[0] == revisions[1]
    assert len(set(revisions)) == 3


@pytest.mark.parametrize(("name", "why"), [("nowhere", "no such folder"), ("a.txt", "a folder is wanted")])
def test_a_folder_that_cannot_be_read_is_one_clear_line(tmp_path: Path, name: str, why: str) -> None:
    put(tmp_path / "a.txt")

    with pytest.raises(ReadError, match=why) as caught:
        listed(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_an_empty_file_is_told_and_left_out(tmp_path: Path) -> None:
    put(tmp_path / "good.txt")
    put(tmp_path / "empty.txt", "")

    listing = listed(tmp_path)

    assert names(listing) == ["good.txt"]
    assert listing.problems == ("empty.txt: empty; it is read once something stands in it",)


def test_an_empty_folder_lists_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path) == Listing((), SourceState())


def test_names_of_any_bytes_are_listed_and_read(tmp_path: Path) -> None:
    odd = [b"caf\xe9.txt", "日本 50%?#.txt".encode(), b"line\nbreak.txt"]
    for name in odd:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as stream:  # noqa: PTH118, PTH123 - names in bytes
            stream.write(b"body of " + name)

    references = listed(tmp_path).references

    bodies = {Files(tmp_path).get(reference.url).body for reference in references}
    assert bodies == {b"body of " + name for name in odd}


# ------------------------------------------------------------------------------------------ reading


def get(path: Path, name: str) -> Page:
    return Files(path).get(folder.file_url(str(path / name)))


def test_a_dump_comes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\x00 caf\xe9\n")

    page = get(tmp_path, "a.txt")

    assert (page.body, page.media_type, page.charset, page.told) == (b"\xff\x00 caf\xe9\n", "text/plain", None, None)


def test_a_packed_page_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>Hi</p>"))

    page = get(tmp_path, "a.html.gz")

    assert (page.body, page.media_type) == (b"<p>Hi</p>", "text/html")


def test_front_matter_and_sidecar_are_told_and_the_sidecar_wins(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "---\ntitle: Front\nbyline: Ann\npublished: 2026-11-20\n---\nBody.\n")
    put(tmp_path / "a.toml", 'title = "Beside"\nurl = "https://a.example/1"\ntags = ["x", "y"]\n')

    page = get(tmp_path, "a.txt")

    assert page.body == b"Body.\n"
    assert page.told == Metadata(
        title="Beside",
        byline="Ann",
        canonical="https://a.example/1",
        published=datetime(2026, 11, 20, tzinfo=UTC),
        certainty=Certainty.SURE,
        tags=("x", "y"),
    )


def test_a_sidecar_alone_is_told_also_beside_a_packed_page(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>Hi</p>"))
    put(tmp_path / "a.toml", "published = 2026-11-20T10:00:00+01:00\n")

    told = get(tmp_path, "a.html.gz").told

    assert told == Metadata(published=datetime(2026, 11, 20, 9, tzinfo=UTC), certainty=Certainty.SURE)


@pytest.mark.parametrize(
    ("sidecar", "why"),
    [
        ('titel = "A"', r'^a\.toml: unknown key "titel"; did you mean "title"\?$'),
        ("title = ", r"^a\.toml: no TOML: Invalid value"),
        ('published = "yesterday"', r"^a\.toml: published: a date such as"),
        ("title = 3", r"^a\.toml: title: a text is wanted$"),
        ('url = "javascript:x"', r"^a\.toml: url: an http\(s\) URL is wanted$"),
        ("a = " + "[" * 20_000, r"^a\.toml: "),
    ],
)
def test_a_mistake_in_a_sidecar_is_one_clear_line(tmp_path: Path, sidecar: str, why: str) -> None:
    put(tmp_path / "a.txt")
    put(tmp_path / "a.toml", sidecar)

    with pytest.raises(FetchError, match=why):
        get(tmp_path, "a.txt")


def test_files_outside_of_the_folder_are_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    put(home / "a.txt")
    secret = put(tmp_path / "secret.txt")
    (home / "leak.txt").symlink_to(secret)
    put(tmp_path / "homely" / "b.txt")
    files = Files(home)

    for url in (
        folder.file_url(str(secret)),
        folder.file_url(str(home / "leak.txt")),
        folder.file_url(str(home / ".." / "secret.txt")),
        folder.file_url(str(home)) + "/%2e%2e/secret.txt",
        folder.file_url(str(tmp_path / "homely" / "b.txt")),
        "file://elsewhere.example" + str(home / "a.txt"),
        "https://example.org/a.txt",
        "file:///%00",
    ):
        with pytest.raises(Refused):
            files.get(url)


def test_a_sidecar_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "home" / "a.txt")
    (tmp_path / "home" / "a.toml").symlink_to(put(tmp_path / "secret.toml", 'title = "x"'))

    with pytest.raises(Refused, match=r"a\.toml"):
        get(tmp_path / "home", "a.txt")


def test_what_went_away_is_too_big_or_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes(bytes((8 << 20) + 1))
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(bytes(64 << 20), 1))
    (tmp_path / "half.html.gz").write_bytes(gzip.compress(b"<p>Hi</p>" * 999)[:-20])
    os.mkfifo(tmp_path / "pipe.txt")

    for name, why in (
        ("big.txt", "too big"),
        ("bomb.html.gz", "too big"),
        ("half.html.gz", "breaks off"),
        ("gone.txt", "No such file"),
        ("pipe.txt", "no regular file"),
    ):
        with pytest.raises(FetchError, match=why) as caught:
            get(tmp_path, name)
        assert str(caught.value).startswith(name)


def test_a_renamed_file_keeps_its_body_and_its_time(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "The same text.")
    before = listed(tmp_path).references[0]
    path.rename(tmp_path / "b.txt")

    after = listed(tmp_path).references[0]

    assert replace(after, url=before.url) == before
    assert get(tmp_path, "b.txt").body == b"The same text."
