"""The rules of HTTP that feed readers live by, asked of a real server."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
import feedparser
import pytest

from chaffinch.publish.files import write
from chaffinch.publish.press import documents

ATOM = "/feeds/news.atom"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (ATOM, "application/atom+xml; charset=utf-8"),
        ("/feeds/news.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/news.json", "application/feed+json; charset=utf-8"),
        ("/feeds/news/", "text/html; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_each_document_has_its_media_type_and_validators(path: str, media_type: str, visitor: Any) -> None:
    answer = visitor.get(path)

    assert answer.status == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["last-modified"] == "Fri, 20 Nov 2026 08:30:00 GMT"
    assert "max-age=" in answer.headers["cache-control"]
    assert "private" not in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.cookies == []


def test_the_bytes_are_those_of_the_file(visitor: Any, desk: Any) -> None:
    assert visitor.get(ATOM).body == (desk.config.press.feeds_dir / "news.atom").read_bytes()


def test_nothing_changes_between_two_visits(visitor: Any) -> None:
    first, second = visitor.get(ATOM), visitor.get(ATOM)

    assert first.body == second.body
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["last-modified"] == second.headers["last-modified"]


@pytest.mark.parametrize("form", ["{}", '"zz", {}', '"zz", W/{}', "W/{}", "*", '"a,b" , {}'])
def test_who_has_it_gets_304(form: str, visitor: Any) -> None:
    etag = visitor.get(ATOM).headers["etag"]

    answer = visitor.get(ATOM, If_None_Match=form.format(etag))

    assert answer.status == 304
    assert answer.body == b""
    assert answer.headers["etag"] == etag
    assert "content-length" not in answer.headers or answer.headers["content-length"] == "0"
    assert answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"


def test_the_etag_decides_when_both_are_sent(visitor: Any) -> None:
    modified = visitor.get(ATOM).headers["last-modified"]

    assert visitor.get(ATOM, If_None_Match='"zz"', If_Modified_Since=modified).status == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Fri, 20 Nov 2026 08:30:00 GMT", 304),
        ("Fri, 20 Nov 2026 09:30:00 GMT", 304),
        ("Fri, 20 Nov 2026 08:29:59 GMT", 200),
        ("Friday, 20-Nov-26 08:30:00 GMT", 304),
        ("yesterday", 200),
        ("", 200),
    ],
)
def test_the_date_decides_when_it_stands_alone(since: str, status: int, visitor: Any) -> None:
    assert visitor.get(ATOM, If_Modified_Since=since).status == status


@pytest.mark.parametrize(
    ("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)], ids=["gzip", "br"]
)
def test_a_coding_has_its_own_validator(coding: str, unpack: Callable[[bytes], bytes], visitor: Any) -> None:
    plain, coded = visitor.get(ATOM), visitor.get(ATOM, Accept_Encoding=coding)

    assert coded.headers["content-encoding"] == coding
    assert coded.headers["vary"] == "Accept-Encoding"
    assert len(coded.body) < len(plain.body)
    assert unpack(coded.body) == plain.body
    assert coded.headers["etag"] != plain.headers["etag"]
    again = visitor.get(ATOM, Accept_Encoding=coding, If_None_Match=coded.headers["etag"])
    assert again.status == 304
    assert again.headers["etag"] == coded.headers["etag"]


def test_head_is_get_without_the_body(visitor: Any) -> None:
    got, headed = visitor.get(ATOM), visitor.head(ATOM)

    assert headed.status == 200
    assert headed.body == b""
    for name in ("etag", "last-modified", "content-type", "content-length", "cache-control"):
        assert headed.headers[name] == got.headers[name]


def test_it_says_where_it_stands(visitor: Any) -> None:
    assert visitor.get(ATOM).headers["link"] == '<https://news.example.org/feeds/news.atom>; rel="self"'
    assert feedparser.parse(visitor.get(ATOM).body).feed.links[0].href == "https://news.example.org/feeds/news.atom"


def test_a_change_is_seen_at_once(visitor: Any, desk: Any, article_of: Any) -> None:
    before = visitor.get(ATOM)
    articles = [*desk.articles.values(), article_of(0)]
    write(desk.config.press.feeds_dir, documents(desk.config.feeds[0], articles, desk.config.press), desk.now())

    after = visitor.get(ATOM, If_None_Match=before.headers["etag"], If_Modified_Since=before.headers["last-modified"])

    assert after.status == 200
    assert len(feedparser.parse(after.body).entries) == 4
    assert visitor.get(ATOM, If_Modified_Since=before.headers["last-modified"]).status == 200


def test_a_renamed_feed_moves_its_readers_along(visitor: Any) -> None:
    answer = visitor.get("/feeds/old-news.rss")

    assert answer.status == 301
    assert answer.headers["location"] == "/feeds/news.rss"
    assert visitor.get("/feeds/old-news/").headers["location"] == "/feeds/news/"
    assert visitor.get("/feeds/news").headers["location"] == "/feeds/news/"
    assert visitor.get("/feeds/").headers["location"] == "/#feeds"


def test_a_retired_feed_says_that_it_is_gone(visitor: Any) -> None:
    assert visitor.get("/feeds/dead.atom").status == 410


def test_a_feed_that_is_not_built_yet_asks_to_come_back(visitor: Any) -> None:
    answer = visitor.get("/feeds/unbuilt.atom")

    assert answer.status == 503
    assert visitor.get("/feeds/news/1999-01.html").status == 404
    assert visitor.get("/feeds/news/1999-01-2.json").status == 404
    assert answer.headers["retry-after"] == "60"


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/nothing.atom",
        "/feeds/../config.toml",
        "/feeds/%2e%2e/config.toml",
        "/feeds/news.atom/x",
        "/feeds/.news.atom.part",
        "/feeds/news.atom%00",
        "/feeds/README.md",
    ],
)
def test_nothing_else_is_served(path: str, visitor: Any, desk: Any) -> None:
    (desk.config.press.feeds_dir / "README.md").write_text("not for readers")

    assert visitor.get(path).status == 404


def test_other_methods_are_refused_and_preflights_answered(visitor: Any) -> None:
    assert visitor.ask("DELETE", ATOM).status == 405
    assert visitor.post(ATOM).status == 405
    preflight = visitor.ask("OPTIONS", ATOM, Origin="https://reader.example")
    assert preflight.status == 204
    assert "If-None-Match" in preflight.headers["access-control-allow-headers"]


def test_a_feed_url_never_gives_html_whatever_is_accepted(visitor: Any) -> None:
    answer = visitor.get(ATOM, Accept="text/html,application/xhtml+xml")

    assert answer.headers["content-type"].startswith("application/atom+xml")


def test_json_feed_is_json(visitor: Any) -> None:
    assert json.loads(visitor.get("/feeds/news.json").body)["version"].endswith("/1.1")


def test_the_time_on_the_disk_is_last_modified(visitor: Any, desk: Any, article_of: Any) -> None:
    feed, press = desk.config.feeds[0], desk.config.press
    write(press.feeds_dir, documents(feed, [article_of(9)], press), desk.now() + timedelta(hours=2))

    assert visitor.get(ATOM).headers["last-modified"] == "Fri, 20 Nov 2026 10:30:00 GMT"
