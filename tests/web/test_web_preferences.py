"""The preferences page, on a real press."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chaffinch.config import load
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import Status, Subscription
from chaffinch.newsroom import Newsroom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(
        '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00", "weekly mon 07:00"]\nrecipients = ["ann@example.net"]\n'
        '[mail]\nfrom = "d@press.example.org"\n'
    )
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    room.take_over()
    yield room
    room.close()


def ann_of(room: Newsroom) -> Subscription:
    (ann,) = room.parts.subscriptions.list("daily")
    return ann


def test_the_page_that_unsubscribes_offers_less_often(room: Newsroom, serve: Callable[[Any], Any]) -> None:
    visitor, ann = serve(room.front), ann_of(room)

    page = visitor.get(f"/unsubscribe/{mint(room.parts.secret, Purpose.UNSUBSCRIBE, ann.id)}")

    assert f"/preferences/{mint(room.parts.secret, Purpose.PREFERENCES, ann.id)}" in page.text


def test_looking_changes_nothing_and_saving_does(room: Newsroom, serve: Callable[[Any], Any]) -> None:
    visitor, before = serve(room.front), ann_of(room)
    path = f"/preferences/{mint(room.parts.secret, Purpose.PREFERENCES, before.id)}"

    seen, told = visitor.get(path), visitor.get(f"{path}/data")
    unchanged = ann_of(room)
    saved = visitor.post(path, {"do": "save", "cadence": "weekly mon 07:00", "hour": "6:30", "pause": "7"})
    refused = visitor.post(path, {"do": "save", "cadence": "weekly mon 07:00", "hour": "noon"})

    assert seen.status == 200
    assert "ann@example.net" in seen.text
    assert json.loads(told.text)["address"] == "ann@example.net"
    assert unchanged == before
    assert saved.status == 200
    assert "paused until" in saved.text
    assert (ann_of(room).cadence, ann_of(room).hour) == ("weekly mon 07:00", 390)
    assert refused.status == 422


def test_erased_is_erased(room: Newsroom, serve: Callable[[Any], Any]) -> None:
    visitor, ann = serve(room.front), ann_of(room)
    path = f"/preferences/{mint(room.parts.secret, Purpose.PREFERENCES, ann.id)}"

    assert visitor.post(path, {"do": "erase"}).status == 200
    assert visitor.get(path).status == 410
    assert ann_of(room).status is Status.ENDED
    assert visitor.get("/preferences/other").status == 404


def test_a_new_address_is_asked_and_only_the_button_moves_anything(
    room: Newsroom, serve: Callable[[Any], Any], tmp_path: Path
) -> None:
    visitor, before = serve(room.front), ann_of(room)
    path = f"/preferences/{mint(room.parts.secret, Purpose.PREFERENCES, before.id)}"

    answers = [visitor.post(path, {"do": "move", "address": name + "@example.org"}) for name in ("anna", "ann\u00e9")]
    (move,) = room.parts.moves.of(before.id)
    link = f"/address/{mint(room.parts.secret, Purpose.MOVE, move.id)}"
    seen = [visitor.head(link).status, visitor.get(link).status]
    unchanged = ann_of(room)
    moved = visitor.post(link, {})
    back = f"/address/{mint(room.parts.secret, Purpose.OBJECT, move.id)}"
    shown = visitor.get(back)
    here = room.parts.subscriptions.get(before.id)

    assert [answer.status for answer in answers] == [200, 422]
    assert "is on its way to it" in answers[0].text
    assert "anna@example.org" not in answers[0].text
    assert (seen, unchanged) == ([200, 200], before)
    assert moved.status == 200
    assert "comes to this address from now on" in moved.text
    assert here
    assert here.address == "anna@example.org"
    assert "Take it back" in shown.text
    assert visitor.post(back, {}).status == 200
    assert visitor.post(link, {}).status == 410
    assert visitor.get("/address/other").status == 404


def test_one_address_gets_the_same_answer_as_any_other(room: Newsroom, serve: Callable[[Any], Any]) -> None:
    visitor, ann = serve(room.front), ann_of(room)
    path = f"/preferences/{mint(room.parts.secret, Purpose.PREFERENCES, ann.id)}"
    barred = address_hash(room.parts.secret, "gone@example.org")
    room.parts.subscriptions.suppress(barred, "bounced", room.parts.clock())

    answers = {visitor.post(path, {"do": "move", "address": f"{name}@example.org"}).text for name in ("gone", "new")}

    assert len(answers) == 1


def test_pages_about_a_letter_speak_its_language(tmp_path: Path, serve: Callable[[Any], Any]) -> None:
    (tmp_path / "config.toml").write_text(
        '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00", "weekly mon 07:00"]\nrecipients = ["ann@example.net"]\n'
        'language = "de-AT"\n[mail]\nfrom = "d@press.example.org"\n'
    )
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    try:
        room.take_over()
        visitor, ann = serve(room.front), ann_of(room)
        page = visitor.get(f"/preferences/{mint(room.parts.secret, Purpose.PREFERENCES, ann.id)}")
        left = visitor.get(f"/unsubscribe/{mint(room.parts.secret, Purpose.UNSUBSCRIBE, ann.id)}")
    finally:
        room.close()

    assert page.page.get("lang") == "de"
    assert page.page.xpath("//option/text()") == ["Jeden Tag um 07:00", "Jeden Montag um 07:00"]
    assert "Diesen Brief abbestellen?" in left.text
