"""Subscribers decide how their letters come; lists come in and go out."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.config import load
from chaffinch.errors import InputError
from chaffinch.mailing.lists import as_csv, as_object, incoming
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import Status, Subscription
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Preferences

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CONFIG = """
[[source]]
location = "https://a.example.org/"
slug = "a"
[[feed]]
slug = "town"
[[feed]]
slug = "sport"
[[digest]]
slug = "daily"
when = ["daily 07:00", "weekly mon 07:00"]
recipients = ["ann@example.net"]
[[digest]]
slug = "other"
when = ["daily 07:00"]
recipients = ["Ann@example.net"]
[mail]
from = "d@press.example.org"
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(CONFIG)
    room = Newsroom(load(tmp_path / "config.toml"), lambda: NOW, children=1)
    room.take_over()
    yield room
    room.close()


@pytest.fixture
def ann(room: Newsroom) -> Subscription:
    (ann,) = room.parts.subscriptions.list("daily")
    return ann


@pytest.fixture
def token(room: Newsroom, ann: Subscription) -> str:
    return mint(room.parts.secret, Purpose.PREFERENCES, ann.id)


def test_letters_come_as_their_reader_wants_them(room: Newsroom, token: str) -> None:
    wanted = Preferences("weekly mon 07:00", "18:30", "Asia/Tokyo", ("sport", "nonsense"), 14)

    changed = room.sign_ups.prefer(token, wanted)

    assert changed
    assert (changed.cadence, changed.hour, changed.timezone) == ("weekly mon 07:00", 18 * 60 + 30, "Asia/Tokyo")
    assert (changed.topics, changed.paused_until) == (("sport",), NOW + timedelta(days=14))
    assert room.parts.subscriptions.get(changed.id) == changed


def test_all_topics_are_no_choice_of_topics(room: Newsroom, token: str) -> None:
    changed = room.sign_ups.prefer(token, Preferences("daily 07:00", topics=("town", "sport")))

    assert changed
    assert changed.topics == ()
    assert changed.paused_until is None


@pytest.mark.parametrize(
    "wanted",
    [
        Preferences("every 1h"),
        Preferences("daily 07:00", hour="25:00"),
        Preferences("daily 07:00", timezone="../etc/passwd"),
        Preferences("daily 07:00", timezone="Mars/Base"),
        Preferences("daily 07:00", pause=9999),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    room: Newsroom, token: str, ann: Subscription, wanted: Preferences
) -> None:
    with pytest.raises(InputError):
        room.sign_ups.prefer(token, wanted)

    assert room.parts.subscriptions.get(ann.id) == ann


def test_a_token_for_another_purpose_changes_nothing(room: Newsroom, ann: Subscription) -> None:
    token = mint(room.parts.secret, Purpose.UNSUBSCRIBE, ann.id)

    assert room.sign_ups.prefer(token, Preferences("daily 07:00")) is None
    assert not room.sign_ups.erase(token)


def test_of_who_is_erased_only_a_keyed_hash_stays(
    room: Newsroom, token: str, ann: Subscription, tmp_path: Path
) -> None:
    assert room.sign_ups.erase(token)

    left = [*room.parts.subscriptions.list("daily"), *room.parts.subscriptions.list("other")]
    assert [row.status for row in left] == [Status.ENDED, Status.ENDED]
    assert "ann@" not in repr([as_object(row) for row in left]).lower()
    assert room.parts.subscriptions.suppressed(address_hash(room.parts.secret, ann.address))
    assert (
        room.sign_ups.take_in(room.post.digest("daily"), StringIO("email\nann@example.net\n"), "yes", "a.csv").added
        == 0
    )


LISTS = {
    "listmonk": "uuid,email,name,attributes,status,created_at\n"
    "1,one@example.org,One,{},enabled,2024-01-01\n2,two@example.org,Two,{},blocklisted,2024-01-01\n"
    "3,three@example.org,Three,{},disabled,2024-01-01\n",
    "mailchimp": '"Email Address",OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CLEAN_TIME,UNSUB_TIME\n'
    '"one@example.org","2024-01-01","192.0.2.1","2024-01-02","",""\n"two@example.org","","","","2024-05-05",""\n'
    '"three@example.org","","","","","2024-05-05"\n',
    "buttondown": "email,type,creation_date\none@example.org,regular,2024-01-01\ntwo@example.org,undeliverable,\n"
    "three@example.org,unactivated,\n",
    "json": json.dumps(
        {
            "subscribers": [
                {"email": "one@example.org"},
                {"email": "two@example.org", "status": "complained"},
                {"email": 3},
            ]
        }
    ),
}


@pytest.mark.parametrize("origin", LISTS)
def test_who_is_subscribed_elsewhere_is_taken_over_with_their_consent(room: Newsroom, origin: str) -> None:
    digest = room.post.digest("daily")

    first = room.sign_ups.take_in(digest, StringIO(LISTS[origin]), "asked at the fair in May", "list.csv")
    second = room.sign_ups.take_in(digest, StringIO(LISTS[origin]), "asked at the fair in May", "list.csv")

    assert (first.added, second.added) == (1, 0)
    one = room.parts.subscriptions.by_address("daily", "one@example.org")
    assert one
    assert one.status is Status.CONFIRMED
    assert one.evidence["consent"] == "asked at the fair in May"
    assert room.parts.subscriptions.suppressed(address_hash(room.parts.secret, "two@example.org"))
    assert room.parts.subscriptions.by_address("daily", "three@example.org") is None


def test_who_said_no_here_stays_away_whatever_a_list_says(room: Newsroom) -> None:
    digest = room.post.digest("daily")
    room.sign_ups.take_in(digest, StringIO(LISTS["json"]), "yes", "a.json")
    room.sign_ups.remove(digest, "one@example.org")

    assert room.sign_ups.take_in(digest, StringIO(LISTS["json"]), "yes", "a.json").added == 0
    one = room.parts.subscriptions.by_address("daily", "one@example.org")
    assert one
    assert one.status is Status.ENDED


@pytest.mark.parametrize("written", ["", "a,b\n1,2\n", "[", '{"a": "b', "name\nsomebody\n"])
def test_what_is_no_list_is_refused_in_one_line(written: str) -> None:
    with pytest.raises(InputError):
        list(incoming(StringIO(written), lambda _: None))


@given(st.from_regex(r"[a-z+=-][a-z0-9.+=-]{0,8}[a-z]@[a-z]{2,9}\.(?:org|net)", fullmatch=True), st.text(max_size=40))
def test_what_goes_out_comes_in_again(address: str, said: str) -> None:
    if ".." in address:
        return
    person = Subscription("s", address, "daily", "daily 07:00", Status.CONFIRMED, evidence={"consent": said})

    (back,) = incoming(StringIO("".join(as_csv([person]))), lambda _: None)

    assert back.address == address
    assert back.standing.value == "subscribed"
