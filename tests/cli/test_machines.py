"""Machines that share a press know which of them live."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaffinch.cli.machines import Clocks, living
from chaffinch.config import load
from chaffinch.errors import StoreError
from chaffinch.newsroom import Newsroom


@pytest.fixture
def room(postgresql: str, tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(f'[press]\ndatabase_url = "{postgresql}"\n', "utf-8")
    made = Newsroom(load(tmp_path / "config.toml"), children=1)
    yield made
    made.close()


def test_a_command_lives_for_as_long_as_it_works(room: Newsroom) -> None:
    with living(room):
        assert room.parts.leases.alive() == [room.parts.worker]

    assert room.parts.leases.alive() == []
    assert room.parts.leases.dead() == [room.parts.worker]


def test_nobody_is_buried_until_everybody_had_time_to_tell_after_the_database_was_away(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    clocks, leases = Clocks(room, monotonic=lambda: now), room.parts.leases
    leases.live("neighbour", -1)
    hold = type(leases).hold

    def away(*_: object) -> bool:
        raise StoreError("away")

    monkeypatch.setattr(type(leases), "hold", away)
    assert not clocks.count()
    monkeypatch.setattr(type(leases), "hold", hold)

    assert clocks.count()
    assert leases.dead() == ["neighbour"]
    now += 60
    assert clocks.count()
    assert leases.dead() == []
