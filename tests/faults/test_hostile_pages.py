"""Pages and feeds made to harm: each costs itself, and the healthy source is published beside it."""

import json

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
import zstandard

from tests.faults.conftest import HEALTHY, Press, Site
from tests.faults.test_sources_fail import whole_page

HUGE = bytes(64 << 20)
LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]><rss version='2.0'><channel><title>&a11;</title>"
    + "<item><title>&a11;</title><guid>1</guid></item></channel></rss>"
).encode()
STEALING = (
    b"<!DOCTYPE rss [<!ENTITY stolen SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel><title>Thief</title>"
    b"<item><title>Look &stolen;</title><guid>1</guid><link>http://127.0.0.1:9/a</link></item></channel></rss>"
)


def body_of(name: str) -> bytes:
    return whole_page(name).partition(b"<body>")[2]


PAGES = {
    "nested": b"<html><body>" + b"<div>" * 100_000 + body_of("Nested"),
    "attributed": b"<html><body><p "
    + b"".join(b'a%d="" ' % n for n in range(600_000))
    + b">x</p>"
    + body_of("Attributed"),
    "oneline": b"<html><body><p>" + b"a long line " * 4_400_000 + b"</p></body></html>",
    "entities": b"<html><body>" + b"&amp;&#x26;&lt;" * 300_000 + body_of("Entities"),
    "open": b"<html><body>" + b"<b><i><table><tr><td><p>" * 20_000 + body_of("Open"),
    "comments": b"<html><body><!--" + b"<!-- --" * 200_000 + body_of("Comments"),
}
"""Told in a line each, or read: never more than that."""
READ = {
    "nuls": whole_page("Nuls").replace(b" the ", b" th\0e "),
    "controls": whole_page("Controls").replace(b" beside ", b" \x01\x08\x0b\x1b[31m\x7f\xef\xbf\xbe beside "),
    "mark": b"\xef\xbb\xbf" + whole_page("Mark"),
}
"""Read in spite of what is in them, and clean afterwards."""


def tables(site: Site, kinds: dict[str, str]) -> str:
    return "".join(
        f'[[source]]\nslug = "s-{name}"\nlocation = "{site.url}/{name}"\nkind = "{kind}"\n'
        for name, kind in kinds.items()
    )


def test_pages_beyond_measure_cost_themselves_only(press: Press, site: Site) -> None:
    for name, page in {**PAGES, **READ}.items():
        site.says(f"/{name}", page)
    press.configure(tables(site, dict.fromkeys([*PAGES, *READ], "page")))

    done = press.once()

    titles = press.titles()
    assert HEALTHY in titles
    assert len(titles) == len(set(titles))
    for name in PAGES:
        assert len(done.lines(f"source s-{name}:")) == 1, done.log
    assert len(done.lines("source s-oneline:", "too big")) == 1
    for name in READ:
        assert f"The {name.capitalize()} returns to the harbour" in titles, done.log
    written = (press.home / "feeds" / "all.json").read_text("utf-8")
    assert not [character for character in json.loads(written)["items"][0]["content_html"] if ord(character) < 9]
    for suffix in ("atom", "rss"):
        assert "\x01" not in (press.home / "feeds" / f"all.{suffix}").read_text("utf-8")


def test_feeds_that_multiply_or_steal_give_nothing(press: Press, site: Site) -> None:
    site.says("/laughs", LAUGHS, "application/rss+xml")
    site.says("/stealing", STEALING, "application/rss+xml")
    press.configure(tables(site, {"laughs": "feed", "stealing": "feed"}))

    done = press.once()

    assert HEALTHY in press.titles()
    published = b"".join(file.read_bytes() for file in (press.home / "feeds").glob("all.*"))
    assert b"root:" not in published
    assert b"hahahaha" not in published
    assert len(done.lines("source s-laughs:")) == 1, done.log
    assert len(done.lines("source s-stealing:")) == 1, done.log


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", brotli.compress(HUGE)),
        ("zstd", zstandard.compress(HUGE, 19)),
        ("br, br", brotli.compress(brotli.compress(HUGE))),
    ],
    ids=["brotli", "zstd", "twice"],
)
def test_a_bomb_in_any_coding_is_one_line(press: Press, site: Site, coding: str, body: bytes) -> None:
    site.says("/bomb", body, Content_Encoding=coding)
    press.configure(tables(site, {"bomb": "page"}))

    done = press.once()

    assert press.titles() == [HEALTHY]
    assert len(done.lines("source s-bomb:", "too big: unpacked it is more")) == 1, done.log


@pytest.mark.parametrize("said", ["utf-16", "utf-7", "ebcdic-cp-us", "x-no-such", "utf-8; charset=latin-1", "\xff\xfe"])
def test_a_charset_that_is_a_lie_spoils_no_words(press: Press, site: Site, said: str) -> None:
    site.says("/page", whole_page("Müller’s Ship"), f"text/html; charset={said}")
    press.configure(tables(site, {"page": "page"}))

    press.once()

    assert press.titles() == [HEALTHY, "The Müller’s Ship returns to the harbour"]
