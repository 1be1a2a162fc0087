"""One parse a page: the outline's serves the extraction, and nothing but speed changes by it."""

from dataclasses import replace
from pathlib import Path

import pytest

from chaffinch.extract import extractor, parsed, tree
from chaffinch.extract.children import Children
from chaffinch.model import Kind, Page, Reference, Repeats, Rules

URL = "https://site.example/a"
PAGE = Page(URL, (Path(__file__).parent / "golden" / "harbour.html").read_bytes(), "text/html")


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A note of every parse."""
    noted: list[str] = []
    grown = tree.grown
    monkeypatch.setattr(parsed, "_SHELF", parsed._Shelf())
    monkeypatch.setattr(tree, "grown", lambda markup: noted.append(markup) or grown(markup))  # type: ignore[func-returns-value]
    return noted


def test_a_page_is_parsed_once_for_outline_and_extraction(parses: list[str]) -> None:
    alone = extractor.extract(Reference(URL), PAGE, Rules(), Repeats())
    parses.clear()

    _ = extractor.outline(PAGE)
    after = extractor.extract(Reference(URL), PAGE, Rules(), Repeats())

    assert after == alone
    assert len(parses) == 1


def test_what_was_kept_serves_once_and_only_the_same_page(parses: list[str]) -> None:
    _ = extractor.outline(PAGE)
    other = extractor.extract(Reference(URL), replace(PAGE, body=PAGE.body + b"<!-- 2 -->"), Rules(), Repeats())
    _ = extractor.extract(Reference(URL), PAGE, Rules(), Repeats())
    _ = extractor.extract(Reference(URL), PAGE, Rules(), Repeats())

    assert other.kind is Kind.ARTICLE
    assert len(parses) == 3


def test_what_is_kept_is_bounded(parses: list[str]) -> None:
    big = b"<p>" + b"A line of the log. " * 20_000 + b"</p>"
    pages = [replace(PAGE, url=f"{URL}/{n}", body=big + str(n).encode()) for n in range(20)]

    for page in pages:
        _ = extractor.outline(page)

    assert 0 < parsed._SHELF._size <= parsed._MOST
    assert len(parsed._SHELF._pages) == parsed._MOST // len(parses[0])


def test_a_page_goes_to_the_child_that_had_it() -> None:
    children = Children(3)

    first = [children._chosen(f"{URL}/{n}") for n in range(3)]
    for child in first:
        children._busy[child] -= 1

    assert [children._chosen(f"{URL}/{n}") for n in (2, 1)] == [first[2], first[1]]
    assert children._chosen(f"{URL}/1") == first[0], "its own is busy, so the idle one takes it"
    children.close()
