"""No letter tells us that it was read: no pixel, no rewritten link, nothing of a reader's own but ways to leave."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from chaffinch.config import Press
from chaffinch.mailing import letter, message, notes
from chaffinch.mailing.letter import Rendered
from chaffinch.mailing.notes import Note
from chaffinch.mailing.opened import Opened, opened
from chaffinch.model import Article, Content, Digest, Issue, Letter, Subscription
from chaffinch.pages import Templates

OWN = {"address", "confirm", "preferences", "unsubscribe"}
"""Where a link may lead that is one reader's own: each is a page with a button."""
PICTURE = "https://news.example.org/bridge.jpg?size=large&v=2"
LINKED = "https://news.example.org/2026/1?from=feed&utm_source=theirs#top"

OTHERS = {f"https://news.example.org/2026/{number}" for number in (2, 3)} | {"https://people.example.org/holm"}
THEIRS = {LINKED, f"{LINKED}&n=2", *OTHERS}
"""Every link of the articles, as these have it."""


@pytest.fixture
def drawn(
    press: Press, digest: Digest, issue: Callable[..., Issue], article: Callable[..., Article], secret: bytes
) -> dict[str, Rendered]:
    body = f'<p>Text with <a href="{LINKED}&amp;n=2">a link</a></p><img src="{PICTURE}" alt="The bridge">'
    articles = (article(1, url=LINKED, image=PICTURE, html=body, text="Text with a link"), article(2), article(3))
    whole, pages = Letter(issue(*articles), articles), Templates()
    found = {
        content.value: letter.render(whole, replace(digest, content=content), press, pages, secret, {})
        for content in Content
    }
    found["preview"] = letter.render(whole, digest, press, pages, secret, {}, f"{press.base_url}/desk/{'t' * 36}")
    return found | {note.value: notes.render(note, digest, press, pages, secret) for note in Note}


@pytest.fixture
def sent(press: Press, digest: Digest, secret: bytes, now: datetime) -> Callable[[Rendered, str], Opened]:
    def write(rendered: Rendered, reader: str) -> Opened:
        head = message.letterhead("d@press.example.org", press.base_url, secret)
        person = Subscription(f"s2345abcdefghij{reader}", f"{reader}@example.net", "daily", "daily 07:00")
        return opened(message.address(message.set_plate(head, digest, "3", rendered), person, now).content)

    return write


def links_of(one: Opened) -> list[str]:
    assert one.page is not None
    return [link for _, attribute, link, _ in one.page.iterlinks() if attribute == "href"]


def test_nothing_is_loaded_when_a_letter_is_opened_but_an_articles_own_pictures(
    drawn: dict[str, Rendered], sent: Callable[[Rendered, str], Opened]
) -> None:
    for name, rendered in drawn.items():
        one = sent(rendered, "a")
        assert one.page is not None
        loaded = {link for _, attribute, link, _ in one.page.iterlinks() if attribute != "href"}
        assert loaded <= ({PICTURE} if name in ("lead", "full", "preview") else set()), name
        assert not one.page.xpath("//link | //script | //iframe | //object | //embed | //*[@background]"), name
        assert not re.search(r"url\s*\(|@import|@font-face", one.html), name
        for picture in one.page.iter("img"):
            assert int(picture.get("width")) > 1, name


def test_links_are_the_articles_own_letter_by_letter(
    drawn: dict[str, Rendered], sent: Callable[[Rendered, str], Opened], press: Press
) -> None:
    for name in ("lead", "full", "preview"):
        one = sent(drawn[name], "a")

        foreign = {link for link in links_of(one) if not link.startswith(press.base_url)}

        assert LINKED in foreign, name
        assert foreign <= THEIRS, name
        assert LINKED in one.text, name


def test_two_readers_letters_differ_in_nothing_but_the_ways_to_leave(
    drawn: dict[str, Rendered], sent: Callable[[Rendered, str], Opened], press: Press
) -> None:
    for name, rendered in drawn.items():
        ann, ben = sent(rendered, "a"), sent(rendered, "b")

        own = set(links_of(ann)) ^ set(links_of(ben))

        assert own, name
        assert {link.removeprefix(f"{press.base_url}/").partition("/")[0] for link in own} <= OWN, name
        for purpose in OWN:
            token = re.compile(rf"(/{purpose}/)\w+")
            ann = replace(ann, text=token.sub(r"\1", ann.text), html=token.sub(r"\1", ann.html))
            ben = replace(ben, text=token.sub(r"\1", ben.text), html=token.sub(r"\1", ben.html))
        assert (ann.text, ann.html) == (ben.text, ben.html), name
