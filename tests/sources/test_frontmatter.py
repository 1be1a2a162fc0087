"""What stands between two lines of `---`, and what is only text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.errors import ReadError
from chaffinch.sources import frontmatter


def test_keys_are_cut_off_and_the_body_keeps_its_bytes() -> None:
    body = b'---\r\nTitle: "The: Title"\r\npublisher:\r\n\r\nbyline: Ann\r\n---\r\n\r\nCaf\xe9\r\n'

    keys, rest = frontmatter.cut(body)

    assert keys == {"title": "The: Title", "publisher": "", "byline": "Ann"}
    assert rest == b"\r\nCaf\xe9\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"---",
        b"---\n",
        b"---\n---\nText\n",
        b"---\ntitle: never closed\n\nText\n",
        b"---\ntitle: A\n- a list\n---\nText\n",
        b"---\nA sentence without a colon\n---\nText\n",
        b"---\nAt 10:30 he said: no\n---\nText\n",
        b"\n---\ntitle: not at the start\n---\nText\n",
        b"--- title: A ---\nText",
        b"---\n" + b"key: value\n" * 65 + b"---\nText\n",
    ],
)
def test_what_is_no_whole_front_matter_stays_text(body: bytes) -> None:
    assert frontmatter.cut(body) == ({}, body)


def test_other_encodings_are_read() -> None:
    text = "---\ntitle: Grün\n---\nKörper\n"

    assert frontmatter.cut(text.encode("cp1252")) == ({"title": "Grün"}, "Körper\n".encode("cp1252"))
    assert frontmatter.cut(text.encode("utf-8-sig")) == ({"title": "Grün"}, "Körper\n".encode())
    keys, rest = frontmatter.cut(text.encode("utf-16"))
    assert (keys, rest.decode("utf-16")) == ({"title": "Grün"}, "Körper\n")


_VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda value: value[0] not in "\"'"
)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_-]{0,9}", fullmatch=True), _VALUES, min_size=1), st.binary())
def test_what_was_written_is_read_back(keys: dict[str, str], body: bytes) -> None:
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())

    assert frontmatter.cut(f"---\n{lines}---\n".encode() + body) == (keys, body)


@given(st.binary())
def test_nothing_is_lost_of_what_has_no_keys(body: bytes) -> None:
    keys, rest = frontmatter.cut(b"---\n" + body)

    assert keys or rest == b"---\n" + body


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T14:30", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("2026-11-22 14:30:05", datetime(2026, 11, 22, 14, 30, 5, tzinfo=UTC)),
        ("2026-11-22T14:30:00Z", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("2026-11-22T14:30:00.5+0530", datetime(2026, 11, 22, 9, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_dates_are_iso_8601(written: str, meant: datetime) -> None:
    assert frontmatter.moment(written) == meant


@pytest.mark.parametrize(
    "written", ["", "22.11.2026", "2026-13-01", "2026-02-30", "20261122", "2026-11-22T25:00", "0001-01-01T00:00+12:00"]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert frontmatter.moment(written) is None


def test_tags_are_told_with_commas_or_as_a_list() -> None:
    assert frontmatter.told({"tags": '[asia, "oil" , asia,]'}, "a").tags == ("asia", "oil")
    assert frontmatter.told({"tags": ["asia", "oil"]}, "a").tags == ("asia", "oil")


def test_an_unknown_key_is_told_with_what_was_meant() -> None:
    with pytest.raises(ReadError, match=r'^a\.txt: unknown key "publishd"; did you mean "published"\?$'):
        frontmatter.told({"publishd": "2026-11-22"}, "a.txt")
    with pytest.raises(ReadError, match="known are byline, description"):
        frontmatter.told({"zzz": "1"}, "a.txt")
