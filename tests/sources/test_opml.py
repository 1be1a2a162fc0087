"""Subscription lists."""

import pytest

from chaffinch.errors import ReadError
from chaffinch.sources.opml import Subscribed, read_opml


def opml(outlines: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def test_feeds_come_in_order_with_the_folders_they_stand_in() -> None:
    feeds = read_opml(
        opml(
            '<outline text="News"><outline title="World"><outline type="rss" text=" A &amp; B " '
            'xmlUrl="https://a.example/feed" htmlUrl="https://a.example/" category="/asia, oil"/></outline>'
            '<outline text="B" XMLURL="feed://b.example/rss"/></outline>'
            '<outline text="Empty folder"/><outline text="C" xmlUrl="feed:https://c.example/atom"/>'
        )
    )

    assert feeds == (
        Subscribed("A & B", "https://a.example/feed", "https://a.example/", ("News", "World", "asia", "oil")),
        Subscribed("B", "http://b.example/rss", "", ("News",)),
        Subscribed("C", "https://c.example/atom"),
    )


def test_a_feed_that_stands_twice_is_read_once_and_what_is_no_url_not_at_all() -> None:
    feeds = read_opml(
        opml(
            '<outline text="A" xmlUrl="https://a.example/"/><outline text="Again" xmlUrl="https://a.example/"/>'
            '<outline text="File" xmlUrl="file:///etc/passwd" htmlUrl="javascript:x"/>'
        )
    )

    assert [feed.title for feed in feeds] == ["A"]


def test_of_a_list_that_breaks_off_what_could_be_read_is_used() -> None:
    broken = opml('<outline text="A" xmlUrl="https://a.example/"/>').partition(b"</body>")[0] + b"<outl"

    assert [feed.url for feed in read_opml(broken)] == ["https://a.example/"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0",
        b"hello",
        b"<html><body/></html>",
        b"<opml><bo",
        b"<outline>" * 100_000,
        b'<!DOCTYPE opml [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;"/></body></opml>',
        b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body>&a;</body></opml>',
    ],
)
def test_what_is_no_list_is_one_clear_line(body: bytes) -> None:
    with pytest.raises(ReadError, match=r"^my\.opml: .+") as caught:
        read_opml(body, "my.opml")
    assert "\n" not in str(caught.value)
