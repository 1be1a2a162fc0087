"""What a daemon says of itself: in three forms, and nobody's address or token in any."""

import io
import json
import logging
import os
import re
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.cli.app import run
from chaffinch.cli.logs import Form, form_wanted, log_to
from chaffinch.errors import ConfigError, StoreError
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.text import discreet
from tests.loopback import TOKEN, PostOffice, Press, Site, eventually, link

Logs = Callable[..., io.StringIO]


@pytest.fixture
def logs() -> Iterator[Logs]:
    """Logging goes to a text, in a form, for as long as a test runs."""
    root, ours = logging.getLogger(), logging.getLogger("chaffinch")
    before = root.handlers[:], root.level, ours.level

    def into(form: str, *, verbose: bool = True) -> io.StringIO:
        stream = io.StringIO()
        log_to(stream, {"CHAFFINCH_LOG": form}, verbose=verbose)
        return stream

    yield into
    root.handlers[:], root.level, ours.level = before[0], before[1], before[2]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def objects(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_is_one_object_a_line_whatever_is_said(logs: Logs) -> None:
    stream, log = logs("json"), logging.getLogger("chaffinch.newsroom.duties")

    log.info(
        "source %s: %s", "wire", 'a "quote"\nand a line', extra={"event": "visited", "new": 3, "tags": {"a": ("b",)}}
    )
    log.warning("digest %s: closed No. %d with %d articles; %s", "daily", 1, 2, "x")
    try:
        int("ann@example.org")
    except ValueError:
        log.exception("%s %s failed", "refresh", "wire")

    first, second, third = objects(stream)
    assert datetime.fromisoformat(str(first.pop("time"))).tzinfo == UTC
    assert first == {
        "level": "info",
        "event": "visited",
        "message": 'source wire: a "quote"\nand a line',
        "logger": "chaffinch.newsroom.duties",
        "new": 3,
        "tags": {"a": ["b"]},
    }
    assert (second["level"], second["event"]) == ("warning", "digest-closed-no-with-articles")
    assert third["event"] == "failed"
    assert "…@example.org" in str(third["trace"])
    assert "ann" not in str(third["trace"])


def test_the_journals_form_has_a_level_on_each_line_and_no_clock(logs: Logs) -> None:
    stream, log = logs("journal"), logging.getLogger("chaffinch.test")

    log.debug("looking")
    log.info("fine")
    log.warning("GET /a\n<3>all is lost")
    log.error("wrong", exc_info=ValueError("x"))

    assert stream.getvalue().splitlines() == [
        "<7>looking",
        "<6>fine",
        "<4>GET /a <3>all is lost",
        "<3>wrong",
        "<3>ValueError: x",
    ]


def test_the_plain_form_begins_with_the_time(logs: Logs) -> None:
    stream = logs("plain", verbose=False)

    logging.getLogger("chaffinch.test").debug("not told")
    logging.getLogger("chaffinch.test").info("fine")

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO fine\n", stream.getvalue())


def test_the_journals_own_stream_is_recognised(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w") as stream:
        found = os.fstat(stream.fileno())
        there = {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}

        assert form_wanted(there, stream) is Form.JOURNAL
        assert form_wanted({"JOURNAL_STREAM": "1:2"}, stream) is Form.PLAIN
        assert form_wanted({**there, "CHAFFINCH_LOG": "json"}, stream) is Form.JSON
    assert form_wanted(there, io.StringIO()) is Form.PLAIN


def test_a_form_that_is_none_is_told() -> None:
    with pytest.raises(ConfigError, match='CHAFFINCH_LOG: "xml" is none of journal, json, plain'):
        form_wanted({"CHAFFINCH_LOG": "xml"}, io.StringIO())


def test_why_it_did_not_start_is_told_in_the_same_form(
    tmp_path: Path, logs: Logs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text('[press]\ntitel = "x"\nbase_url = 3\n', "utf-8")
    logs("plain")  # what the command changes is changed back at the end
    monkeypatch.setenv("CHAFFINCH_LOG", "json")

    status = run(["run", "--config", str(tmp_path / "config.toml")])

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert status == 78
    assert [line["message"].split(": ")[1] for line in lines] == ["press.titel", "press.base_url"]
    assert {(line["event"], line["level"], line["error"]) for line in lines} == {("ended", "error", "ConfigError")}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("GET /unsubscribe/abc234?x=1: gone", "GET /unsubscribe/…?x=1: gone"),
        ("http://h/private/0123abcd/news.atom", "http://h/private/…/news.atom"),
        ("/status?token=hunter2&x=1", "/status?token=…&x=1"),
        ("http://ann:hunter2@wire.example/feed", "http://…@wire.example/feed"),
        ("Authorization: Basic YW5uOmh1bnRlcjI=", "Authorization: Basic …"),
        ('550 <"ann b"@example.org> unknown', "550 <…@example.org> unknown"),
        ("bounce+" + "a2" * 18 + " came back", "bounce+… came back"),
        ("a basic income, at 3 @ noon: /confirm it", "a basic income, at 3 @ noon: /confirm it"),
    ],
)
def test_what_names_a_person_or_opens_a_door_is_cut_out(said: str, left: str) -> None:
    assert discreet(said) == left


@given(st.binary(min_size=10, max_size=10), st.sampled_from(Purpose), st.text(max_size=20))
def test_no_token_of_ours_survives_wherever_it_stands(random: bytes, purpose: Purpose, around: str) -> None:
    from chaffinch.mailing.tokens import new_id

    token = mint(b"secret", purpose, new_id(random))

    assert token not in discreet(f"{around} {token} {around}")
    assert token not in discreet(f"https://news.example.org/{purpose}/{token}")


def test_cutting_twice_is_cutting_once_and_takes_no_time() -> None:
    hostile = "a@" * 20_000 + '"' * 20_000 + "://" * 20_000 + "a2" * 50_000

    once = discreet(hostile)

    assert discreet(once) == once


SOURCES = """
[[source]]
location = "{site}/"
slug = "front"
kind = "index"
every = "1h"
[[source]]
location = "http://fetcher:hunter2@127.0.0.1:9/feed"
slug = "locked"
kind = "feed"
every = "1h"
"""
READER, GONE = "reader.of.letters@home.example", "nobody.any.more@home.example"
STORIES = {name: (f"The {name} comes home at last", name) for name in ("ferry", "eels", "bridge")}


class Refusing(PostOffice):
    """It says in its refusal whom it refuses, as many do."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: object, session: object, envelope: object, address: str, options: list[str]
    ) -> str:
        if address == GONE:
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]  # aiosmtpd's
        return "250 OK"


@pytest.mark.parametrize("form", Form)
def test_a_whole_life_of_subscribers_leaves_no_address_no_token_no_secret(
    tmp_path: Path, logs: Logs, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, site, office = logs(form), Site(STORIES), Refusing()
    logging.getLogger().setLevel(logging.DEBUG)  # whatever the libraries say, too
    site.shown = list(STORIES)
    press = Press(tmp_path, office, SOURCES.format(site=site.url))
    secrets = {READER, GONE, "reader.of.letters", "nobody.any.more", "hunter2", TOKEN}
    secrets.add((tmp_path / "data" / "secret").read_text("ascii"))
    try:
        press.work()
        for address in (READER, GONE):
            with suppress(urllib.error.HTTPError):
                press.post("/digests/daily/subscribe", address=address, cadence="daily 07:00")
        eventually(lambda: len(office.letters) == 1)
        confirm = link(office.letters[0], "confirm")
        press.post(confirm)
        eventually(lambda: len(office.letters) == 2)
        subscriptions = press.room.parts.subscriptions.list("daily")
        tokens = [mint(press.room.parts.secret, purpose, held.id) for held in subscriptions for purpose in Purpose]
        for path in (f"/unsubscribe/{tokens[0]}", f"/preferences/{tokens[1]}", f"/status?token={TOKEN}", confirm + "x"):
            with suppress(urllib.error.HTTPError):
                press.get(path)

        def broken(*_: object) -> None:
            raise StoreError(f"chaffinch.db: the disk is full, thinks {READER}")

        with monkeypatch.context() as patched:
            patched.setattr(type(press.room.parts.subscriptions), "get", broken)
            for token in tokens:
                for door in ("unsubscribe", "confirm", "preferences", "desk"):
                    with suppress(urllib.error.HTTPError):
                        press.get(f"/{door}/{token}")
        press.room.post.close("daily")
        press.work()
    finally:
        press.close()
        office.controller.stop()
        site.server.shutdown()
        site.server.server_close()

    told = stream.getvalue()
    assert len(told.splitlines()) > 10
    assert "…@home.example" in told
    for secret in (*secrets, *tokens, confirm.rpartition("/")[2]):
        assert secret not in told, [line for line in told.splitlines() if secret in line]
