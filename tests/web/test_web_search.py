"""The page that searches, and the feed of what is wrong."""

from typing import Any

import feedparser


def test_who_searches_finds(visitor: Any) -> None:
    found = visitor.get("/search?q=part%202")

    assert found.status == 200
    assert "1 article<" in found.text
    assert "part 2" in found.text


def test_the_words_come_back_escaped_and_nothing_found_is_said(visitor: Any) -> None:
    found = visitor.get("/search?q=%3Cscript%3E")

    assert "<script>" not in found.text
    assert "&lt;script&gt;" in found.text
    assert "Nothing was found" in found.text


def test_without_words_there_is_a_form(visitor: Any) -> None:
    (form,) = visitor.get("/search").page.xpath("//form[@role='search']")

    assert form.get("method").lower() == "get"
    assert form.xpath(".//label[@for='q']")


def test_what_is_wrong_is_a_feed_for_who_has_the_token(open_press: Any, serve: Any, tmp_path: Any) -> None:
    (tmp_path / "token").write_text("0wner", "utf-8")
    visitor = serve(open_press(web='status_token_file = "token"'))

    told = visitor.get("/status.atom?token=0wner")
    feed = feedparser.parse(told.body)

    assert visitor.get("/status.atom").status == 401
    assert told.headers["content-type"].startswith("application/atom+xml")
    assert [entry.title for entry in feed.entries] == ["source wire: https://wire.example/ <503>"]
    assert visitor.get("/status.atom?token=0wner", If_None_Match=told.headers["etag"]).status == 304


def test_without_a_token_file_there_is_no_such_feed(visitor: Any) -> None:
    assert visitor.get("/status.atom?token=").status == 404
