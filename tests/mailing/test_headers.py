"""Header fields, judged as bytes and read back by the standard library."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.mailing import headers
from chaffinch.text import one_line

ANYTHING = st.text(st.characters(codec="utf-8") | st.sampled_from('\r\n\t\0 :;<>@"\\=?_,'), max_size=300)
FOLDED = re.compile(rb"([!-9;-~]+):( [ -~]*(?:\r\n [ -~]+)*)\r\n")


def value_of(field: bytes, name: str) -> str:
    return str(email.message_from_bytes(field + b"\r\n", policy=email.policy.default)[name])


def shown(field: bytes) -> str:
    """The phrase of a To field; the library keeps the blanks between encoded words there, against RFC 2047 §6.2."""
    phrase = field.decode().replace("\r\n ", " ").strip().removeprefix("To:").removesuffix("<ann@example.org>").strip()
    if phrase.startswith('"'):
        return re.sub(r"\\(.)", r"\1", phrase[1:-1])
    return str(make_header(decode_header(phrase))) if phrase != "ann@example.org" else ""


@given(ANYTHING)
def test_no_subject_can_start_another_field_and_each_is_read_back_as_it_was(value: str) -> None:
    field = headers.text("Subject", value)

    assert FOLDED.fullmatch(field)
    assert all(len(line) <= 78 for line in field.split(b"\r\n"))
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?[bq]\?[^?]*\?=", field))
    assert value_of(field, "Subject") == one_line(value)


@given(ANYTHING)
def test_no_name_can_add_a_recipient(phrase: str) -> None:
    field = headers.named("To", phrase, "ann@example.org")
    parsed = email.message_from_bytes(field + b"\r\n", policy=email.policy.default)

    assert FOLDED.fullmatch(field)
    assert list(parsed.keys()) == ["To"]
    assert [address.addr_spec for address in parsed["To"].addresses] == ["ann@example.org"]
    assert shown(field) == one_line(phrase)


@given(ANYTHING)
def test_what_programs_read_is_plain_or_refused(value: str) -> None:
    try:
        field = headers.machine("List-Unsubscribe", value)
    except ValueError:
        return

    assert FOLDED.fullmatch(field)
    assert b"=?" not in field or "=?" in value
    assert field.count(b":") == 1 + value.count(":")


@pytest.mark.parametrize(
    "hostile", ["a@b.example, evil@c.example", "a@b\r\nBcc: c@d", "ann@exämple.org", "a b@c.example", ""]
)
def test_a_hostile_address_is_refused(hostile: str) -> None:
    with pytest.raises((ValueError, IndexError, email.errors.HeaderParseError)):
        headers.mailbox("To", Address(addr_spec=hostile))


def test_a_long_one_click_address_stays_whole() -> None:
    uri = "<https://news.example.org/unsubscribe/" + "a" * 200 + ">"

    field = headers.machine("List-Unsubscribe", f"{uri}, <mailto:editor@example.org>")

    assert field == f"List-Unsubscribe: {uri},\r\n <mailto:editor@example.org>\r\n".encode()


def test_a_date_says_its_zone() -> None:
    moment = datetime(2026, 11, 2, 7, 5, 9, tzinfo=timezone(timedelta(hours=1)))

    assert headers.date(moment) == b"Date: Mon, 02 Nov 2026 06:05:09 +0000\r\n"
    assert headers.date(moment.astimezone(UTC)) == headers.date(moment)


def test_a_bare_address_has_no_brackets() -> None:
    assert headers.mailbox("To", Address(addr_spec="ann@example.org")) == b"To: ann@example.org\r\n"
