"""The pages around a letter as a browser shows them: phone and desk, light and dark, both our languages."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chaffinch.config import load
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import Article
from chaffinch.newsroom import Newsroom
from chaffinch.store.articles import insert_article
from tests import eyes

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CONFIG = """
[press]
title = "The Brackwater Press"
contact = "e@press.example.org"
language = "{language}"
[[feed]]
slug = "town"
title = "Donaudampfschifffahrtsgesellschaftsnachrichten aus dem Hafen und der Stadt"
[[feed]]
slug = "sport"
[[digest]]
slug = "daily"
title = "The Daily Digest of the Donaudampfschifffahrtsgesellschaft"
when = ["daily 07:00", "weekly mon 07:00", "monthly last fri 18:00"]
timezone = "America/Argentina/ComodRivadavia"
recipients = ["ann.of.the.very.long.and.unbroken.name@example.net"]
approve = true
[mail]
from = "d@press.example.org"
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with eyes.opened() as browser:
        yield browser


@pytest.fixture
def shown(tmp_path: Path, serve: Callable[[Any], Any]) -> Iterator[Callable[[str], dict[str, str]]]:
    """Every page, by its name, in a language."""
    rooms = []

    def show(language: str) -> dict[str, str]:
        (tmp_path / "config.toml").write_text(CONFIG.format(language=language))
        room = Newsroom(load(tmp_path / "config.toml"), lambda: NOW, children=1)
        rooms.append(room)
        room.take_over()
        with room.parts.database.write() as connection:
            title = "Donaudampfschifffahrtsgesellschaft" * 3
            insert_article(connection, Article("tag:a,2026:1", "a1", "https://a.org/1", ("a",), title, NOW, NOW, NOW))
        held = room.post.close("daily")[0]
        (ann,) = room.parts.subscriptions.list("daily")
        asked = room.sign_ups.subscribe(room.post.digest("daily"), "bob@example.net", {})
        assert asked
        room.front.move(mint(room.parts.secret, Purpose.PREFERENCES, ann.id), "anna@example.org", {})
        (move,) = room.parts.moves.of(ann.id)
        visitor = serve(room.front)

        def page(path: str, purpose: Purpose, about: str) -> str:
            return str(visitor.get(f"/{path}/{mint(room.parts.secret, purpose, about)}").text)

        pages = {
            "digest": visitor.get("/digests/daily/").text,
            "confirm": page("confirm", Purpose.CONFIRM, asked),
            "unsubscribe": page("unsubscribe", Purpose.UNSUBSCRIBE, ann.id),
            "preferences": page("preferences", Purpose.PREFERENCES, ann.id),
            "new address": page("address", Purpose.MOVE, move.id),
            "desk": page("desk", Purpose.DESK, str(held.id)),
            "none of ours": visitor.get("/preferences/none").text,
        }
        token = mint(room.parts.secret, Purpose.PREFERENCES, ann.id)
        said = visitor.post(f"/preferences/{token}", {"do": "save", "cadence": "daily 07:00", "hour": "noon"})
        pages["refused"] = said.text
        visitor.post(f"/address/{mint(room.parts.secret, Purpose.MOVE, move.id)}", {})
        pages["take back"] = page("address", Purpose.OBJECT, move.id)
        pages["changed"] = page("address", Purpose.MOVE, move.id)
        pages["erased"] = visitor.post(f"/preferences/{token}", {"do": "erase"}).text
        return pages

    yield show
    for room in rooms:
        room.close()


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_about_a_letter_is_readable_on_phone_and_desk(
    browser: Any, shown: Callable[[str], dict[str, str]], language: str
) -> None:
    pages = shown(language)

    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        for width in (375, 600):
            page.set_viewport_size({"width": width, "height": 800})
            for name, html in pages.items():
                page.set_content(html)
                ratio, where = eyes.contrast(page)

                assert eyes.sideways(page) == (0, ""), (name, width)
                assert ratio >= eyes.ENOUGH, (name, width, scheme, where)
        page.close()
    assert len(set(pages.values())) == 11
