"""The preferences page, on a real press."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chaffinch.config import load
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
