"""Lists of other programs, as these write them: who said no there gets nothing here."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from chaffinch.cli.app import run
from chaffinch.config import load
from chaffinch.errors import InputError
from chaffinch.mailing.lists import Incoming, Standing, incoming
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.model import Status
from chaffinch.newsroom import Newsroom
from chaffinch.newsroom.signups import Taken

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CONFIG = '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\n[mail]\nfrom = "d@press.example.org"\n'

LISTMONK = """\
uuid,email,name,attributes,status,subscription_status,created_at,updated_at
1d2f,ida@example.org,"Holm, Ida","{""city"": ""Brackwater""}",enabled,confirmed,2024-03-01 10:00:00+00,2024-03-01
1d30,jon@example.org,Jon,{},enabled,unsubscribed,2024-03-01 10:00:00+00,2024-04-01
1d31,kim@example.org,Kim,{},enabled,unconfirmed,2024-03-01 10:00:00+00,2024-04-01
1d32,lea@example.org,Lea,{},disabled,confirmed,2024-03-01 10:00:00+00,2024-04-01
1d33,max@example.org,Max,{},blocklisted,confirmed,2024-03-01 10:00:00+00,2024-04-01
"""
ON_LISTS = {
    "ida": ("enabled", "confirmed"),
    "jon": ("enabled", "unsubscribed"),
    "kim": ("enabled", "unconfirmed"),
    "lea": ("disabled", "confirmed"),
    "max": ("blocklisted", "confirmed"),
}
LISTMONK_JSON = json.dumps(
    {
        "data": {
            "total": 5,
            "query": "",
            "results": [
                {"email": f"{name}@example.org", "status": status, "lists": [{"subscription_status": of_list}]}
                for name, (status, of_list) in ON_LISTS.items()
            ],
        }
    }
)
MAILCHIMP = """\
"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TAGS,UNSUB_TIME,CLEAN_TIME
"ida@example.org",Ida,2,"2024-03-01 10:00:00",192.0.2.1,"2024-03-01 10:01:00",192.0.2.1,"Town","",""
"jon@example.org",Jon,2,"2024-03-01 10:00:00",192.0.2.2,"","","","2024-04-01 08:00:00",""
"max@example.org",Max,1,"2024-03-01 10:00:00",192.0.2.3,"","","","","2024-05-01 08:00:00"
"""
MAILCHIMP_NEW = """\
Email Address,First Name,Email Marketing Status,Phone
ida@example.org,Ida,Subscribed,
jon@example.org,Jon,Unsubscribed,
kim@example.org,Kim,Non-Subscribed,
max@example.org,Max,Cleaned,
"""
BUTTONDOWN = """\
id,email,notes,tags,metadata,creation_date,type,unsubscription_date,undeliverability_date
s1,ida@example.org,,"town,port",{},2024-03-01T10:00:00Z,regular,,
s2,jon@example.org,,,{},2024-03-01T10:00:00Z,unsubscribed,2024-04-01T10:00:00Z,
s3,kim@example.org,,,{},2024-03-01T10:00:00Z,unactivated,,
s4,lea@example.org,,,{},2024-03-01T10:00:00Z,removed,,
s5,max@example.org,,,{},2024-03-01T10:00:00Z,undeliverable,,2024-04-01T10:00:00Z
"""
LISTS = {
    "listmonk": LISTMONK,
    "listmonk JSON": LISTMONK_JSON,
    "Mailchimp": MAILCHIMP,
    "Mailchimp, all contacts": MAILCHIMP_NEW,
    "Buttondown": BUTTONDOWN,
    "semicolons": MAILCHIMP_NEW.replace(",", ";"),
    "tabs": MAILCHIMP_NEW.replace(",", "\t"),
    "a byte order mark": "\ufeff" + BUTTONDOWN,
    "empty lines first": "\n\n" + MAILCHIMP_NEW,
    "line ends of Windows": MAILCHIMP_NEW.replace("\n", "\r\n"),
}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(CONFIG)
    room = Newsroom(load(tmp_path / "config.toml"), lambda: NOW, children=1)
    yield room
    room.close()


def take(room: Newsroom, written: str) -> Taken:
    return room.sign_ups.take_in(room.post.digest("daily"), StringIO(written), "yes, at the fair", "list.csv")


def subscribed(room: Newsroom) -> list[str]:
    return [row.address for row in room.parts.subscriptions.list("daily", status=Status.CONFIRMED)]


def people(written: str) -> dict[str, Incoming]:
    return {one.address: one for one in incoming(StringIO(written), lambda _: None)}


@pytest.mark.parametrize("origin", LISTS)
def test_only_who_is_subscribed_there_gets_letters_here(room: Newsroom, origin: str) -> None:
    taken = take(room, LISTS[origin])

    assert subscribed(room) == ["ida@example.org"]
    assert (taken.added, taken.unusable) == (1, 0)
    assert room.parts.subscriptions.suppressed(address_hash(room.parts.secret, "max@example.org"))
    assert not room.parts.subscriptions.suppressed(address_hash(room.parts.secret, "jon@example.org"))


def test_what_was_recorded_of_the_consent_is_kept(room: Newsroom) -> None:
    take(room, MAILCHIMP)

    (ida,) = room.parts.subscriptions.list("daily")
    assert ida.evidence["list.csv: optin_ip"] == "192.0.2.1"
    assert ida.evidence["list.csv: confirm_time"] == "2024-03-01 10:01:00"
    assert ida.evidence["consent"] == "yes, at the fair"


@pytest.mark.parametrize("order", [1, -1])
def test_a_no_anywhere_on_the_list_outweighs_every_yes(room: Newsroom, order: int) -> None:
    rows = ["ida@example.org,enabled", "IDA@example.org,disabled", "jon@example.org,enabled", "jon@example.org,enabled"]

    taken = take(room, "email,status\n" + "\n".join(rows[::order]) + "\n")

    assert subscribed(room) == ["jon@example.org"]
    assert (taken.added, taken.passed) == (1, 3)


def test_who_left_here_does_not_come_back_with_a_list(room: Newsroom) -> None:
    take(room, "email\nida@example.org\njon@example.org\n")
    room.sign_ups.remove(room.post.digest("daily"), "ida@example.org")

    again = take(room, "email\nIda@example.org\njon@example.org\n")

    assert again.added == 0
    assert subscribed(room) == ["jon@example.org"]


def test_an_unknown_status_is_no_yes() -> None:
    found = people("email,status\na@example.org,churned\nb@example.org,Active\nc@example.org,\n")

    assert [one.standing for one in found.values()] == [Standing.LEFT, Standing.SUBSCRIBED, Standing.SUBSCRIBED]


def test_a_list_that_breaks_off_in_the_middle_changes_nothing(room: Newsroom) -> None:
    broken = "email,name\n" + "".join(f"a{n}@example.org,x\n" for n in range(2000)) + 'b@example.org,"never closed\n'

    with pytest.raises(InputError, match="no CSV"):
        take(room, broken)

    assert subscribed(room) == []


@pytest.mark.parametrize("written", ['{"data": 3}', "{}", '{"a": {"b": {"c": {"d": {"e": []}}}}}', "name;city\nI;B\n"])
def test_what_holds_no_people_is_refused(room: Newsroom, written: str) -> None:
    with pytest.raises(InputError):
        take(room, written)


def test_a_long_list_takes_no_more_memory_than_a_short_one(room: Newsroom, tmp_path: Path) -> None:
    def peak(count: int, name: str) -> int:
        path = tmp_path / f"{name}.csv"
        with path.open("w") as file:
            file.write("email,name,status\n")
            for number in range(count):
                status = "enabled" if number % 10 else "disabled"
                file.write(f"{name}{number}@example.org,A name of some length,{status}\n")
        tracemalloc.start()
        try:
            with path.open() as file:
                taken = room.sign_ups.take_in(room.post.digest("daily"), file, "yes", "list.csv")
            assert taken.added == count - -(-count // 10)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100, "warm")

    assert peak(1_800, "long") < peak(600, "short") + 200_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_command_reads_what_spreadsheets_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "list.csv").write_text("E-Mail;Name\nida@example.org;Ida \u00d8\nno address;\n", encoding=encoding)
    options = ["--consent", "the fair", "--config", str(tmp_path / "config.toml")]

    status = run(["subscribers", "import", "daily", str(tmp_path / "list.csv"), *options])
    run(["subscribers", "export", "daily", "--json", *options[2:]])

    told, exported = capsys.readouterr().out.split("\n", 1)
    assert status == 0
    assert told == "daily: 1 taken over, 0 passed over, 1 could not be read"
    assert [row["address"] for row in json.loads(exported)] == ["ida@example.org"]
