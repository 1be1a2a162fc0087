"""The press in a browser: on a phone and on a desk, by day and by night, with a keyboard, without a script."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest

from tests import eyes
from tests.clients.conftest import Town, picture
from tests.loopback import TOKEN, eventually, link

PAGES: Mapping[str, Callable[[Town], str]] = {
    "home": lambda town: "/",
    "landing page": lambda town: "/feeds/news/",
    "archive": lambda town: "/feeds/brief/archive.html",
    "month of the archive": lambda town: "/feeds/brief/2025-09.html",
    "search": lambda town: "/search?q=ferry",
    "article": lambda town: town.article("The Marigold"),
    "unwieldy article": lambda town: town.article("Rindfleisch"),
    "article from right to left": lambda town: town.article("قایق"),
    "digest": lambda town: "/digests/daily/",
    "issue": lambda town: "/digests/daily/1",
    "confirm": lambda town: town.confirm,
    "unsubscribe": lambda town: town.unsubscribe,
    "nothing there": lambda town: "/nothing/stands/here",
    "status": lambda town: f"/status?token={TOKEN}",
}
WIDTHS = (320, 375, 1200)
"""Pixels; 320 is also what a window of 1280 has at four times the size of text (WCAG 2.2, 1.4.10)."""

LISTENING = """
window.refused = [];
document.addEventListener('securitypolicyviolation', event => refused.push(event.violatedDirective + event.blockedURI));
"""


class Visitor:
    """A browser's window, and a note of everything that went wrong in it."""

    def __init__(self, page: Any, home: str) -> None:
        self.page, self.home = page, home
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        page.add_init_script(LISTENING)
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self._send)

    def go(self, path: str) -> int:
        """Open a page of the press; its status."""
        answer = self.page.goto(urljoin(self.home, path))
        status: int = answer.status
        if status == 404:  # the browser tells of the page itself
            self.complaints = [text for text in self.complaints if "404" not in text]
        return status

    @property
    def refused(self) -> list[str]:
        """What the page's own policy did not let pass."""
        found: list[str] = self.page.evaluate("refused")
        return found

    def _send(self, route: Any) -> None:
        asked = route.request
        if asked.url.startswith(self.home + "/"):
            route.continue_()
        elif asked.resource_type == "image" and "/articles/" in self.page.url:  # linked from where they stand
            route.fulfill(body=picture(2000, 900), content_type="image/png")
        else:
            self.foreign.append(asked.url)
            route.abort()


@pytest.fixture
def visit(browser: Any, town: Town) -> Iterator[Callable[[], Visitor]]:
    opened = []

    def visitor(**wishes: Any) -> Visitor:
        page = browser.new_page(**wishes)
        opened.append(page)
        return Visitor(page, town.press.url)

    yield visitor
    for page in opened:
        page.close()


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_is_whole_and_readable(visit: Callable[[], Visitor], town: Town, kind: str) -> None:
    visitor = visit()

    status = visitor.go(PAGES[kind](town))

    assert status == (404 if kind == "nothing there" else 200)
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        ratio, where = eyes.contrast(visitor.page)
        assert ratio >= eyes.ENOUGH, (scheme, where)
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 800})
        assert eyes.sideways(visitor.page) == (0, ""), width
    assert visitor.foreign == []
    assert visitor.complaints == []
    assert visitor.refused == []


def test_dark_is_dark_and_light_is_light(visit: Callable[[], Visitor]) -> None:
    visitor = visit()
    visitor.go("/")

    grounds = {}
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        colour = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        grounds[scheme] = sum(colour) / 3

    assert grounds["light"] > 230
    assert grounds["dark"] < 40


def test_what_is_too_wide_scrolls_by_itself_or_shrinks(visit: Callable[[], Visitor], town: Town) -> None:
    visitor = visit()
    visitor.page.set_viewport_size({"width": 375, "height": 800})
    visitor.go(town.article("Rindfleisch"))

    widths = visitor.page.evaluate(
        "Object.fromEntries(['img', 'table', 'pre'].map(tag => [tag, document.querySelector('.prose ' + tag)])"
        ".map(([tag, e]) => [tag, [e.getBoundingClientRect().width, e.scrollWidth, e.naturalWidth ?? 0]]))"
    )

    assert widths["img"][0] <= 375
    assert widths["img"][2] == 2000
    for tag in ("table", "pre"):
        assert widths[tag][0] <= 375 < widths[tag][1], tag


@pytest.mark.parametrize("kind", ["home", "landing page", "article", "digest", "confirm"])
def test_the_first_tab_offers_to_skip_to_the_content(visit: Callable[[], Visitor], town: Town, kind: str) -> None:
    visitor = visit()
    visitor.go(PAGES[kind](town))
    focused = "document.activeElement"

    visitor.page.keyboard.press("Tab")
    place = visitor.page.evaluate(f"{focused}.getBoundingClientRect().toJSON()")
    assert visitor.page.evaluate(f"{focused}.textContent") == "Skip to the content"
    assert place["left"] >= 0
    assert place["top"] >= 0

    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate(f"{focused}.id") == "content"
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(f"!{focused}.closest('header')")


def test_the_form_can_be_sent_with_the_keyboard_alone(visit: Callable[[], Visitor], town: Town) -> None:
    visitor = visit()
    visitor.go("/digests/daily/")
    town.press.clock.now += timedelta(seconds=10)

    for _ in range(20):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.name") == "address":
            break
    visitor.page.keyboard.type("keys@home.example")
    outline = visitor.page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_selector("#subscribed-page")

    assert outline >= 2
    assert visitor.complaints == []


def test_a_person_signs_up_confirms_and_leaves(visit: Callable[[], Visitor], town: Town) -> None:
    page = (visitor := visit()).page
    subscriptions = town.press.room.parts.subscriptions

    def status() -> str:
        return next((row.status.value for row in subscriptions.list("daily") if row.address == "ada@home.example"), "")

    visitor.go("/")
    page.get_by_role("link", name="The Daily Quay").click()
    page.get_by_label("Your mail address").fill("ada@home.example")
    before = len(town.office.letters)
    town.press.clock.now += timedelta(seconds=10)
    page.get_by_role("button", name="Subscribe").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Check your mail"
    eventually(lambda: len(town.office.letters) > before)
    asking = town.office.letters[-1]
    assert asking["To"] == "ada@home.example"

    page.goto(link(asking, "confirm"))
    assert status() == "pending"
    page.get_by_role("button", name="Yes, send it to me").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are subscribed"
    assert status() == "confirmed"
    eventually(lambda: len(town.office.letters) > before + 1)

    page.goto(link(town.office.letters[-1], "unsubscribe"))
    assert status() == "confirmed"
    page.get_by_role("button", name="Unsubscribe").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are unsubscribed"
    assert status() == "ended"

    assert visitor.foreign == []
    assert visitor.complaints == []
    assert page.context.cookies() == []


def test_a_form_sent_too_fast_keeps_what_was_typed(visit: Callable[[], Visitor], town: Town) -> None:
    page = (visitor := visit()).page
    visitor.go("/digests/daily/")

    page.get_by_label("Your mail address").fill("hasty@home.example")
    page.get_by_role("button", name="Subscribe").click()

    assert "once more" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Your mail address").input_value() == "hasty@home.example"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert eyes.contrast(page)[0] >= eyes.ENOUGH, scheme


def test_the_browser_itself_refuses_what_is_no_address(visit: Callable[[], Visitor], town: Town) -> None:
    page = (visitor := visit()).page
    visitor.go("/digests/daily/")

    page.get_by_label("Your mail address").fill("nobody")
    page.get_by_role("button", name="Subscribe").click()

    assert page.evaluate("document.querySelector('#address:invalid') !== null")
    assert page.url.endswith("/digests/daily/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_letters_are_readable_on_phone_and_desk(browser: Any, town: Town, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.route("**/*", lambda route: route.fulfill(body=picture(2000, 900), content_type="image/png"))

    for name, html in {"issue": town.letter, "confirm": town.asking}.items():
        page.set_content(html)
        for width in (375, 600):
            page.set_viewport_size({"width": width, "height": 800})
            assert eyes.sideways(page) == (0, ""), (name, width)
        ratio, where = eyes.contrast(page)
        assert ratio >= eyes.ENOUGH, (name, where)
    page.close()
