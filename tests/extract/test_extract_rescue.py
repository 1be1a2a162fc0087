"""What a page carries for machines: used where its own text is only a piece, and only where it is this article's."""

import json

import pytest

from chaffinch.extract import extractor
from chaffinch.model import Draft, Kind, Page, Reference, Repeats, Rules

TITLE = "The ferry runs again in winter"
LINES = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "mail boat")
]
MARKUP = "<h2>At the pier</h2>" + "".join(f"<p>{line}</p>" for line in LINES) + '<p>See <a href="/tides">tides</a>.</p>'


def extracted(
    data: object, script: str = '<script id="__NEXT_DATA__" type="application/json">JSON-HERE</script>'
) -> Draft:
    page = (
        f"<html><head><title>{TITLE}</title></head><body><div id=app><h1>{TITLE}</h1><p>{LINES[0]}</p></div>"
        + script.replace("JSON-HERE", json.dumps(data).replace("</", "<\\/"))
        + "</body></html>"
    )
    url = "https://site.example/notes/ferry"
    return extractor.extract(Reference(url), Page(url, page.encode(), "text/html"), Rules(), Repeats())


def test_an_article_in_a_pages_data_is_taken_with_its_structure() -> None:
    draft = extracted({"props": {"post": {"title": TITLE, "content": {"rendered": MARKUP}, "id": 7}}})

    assert draft.kind is Kind.ARTICLE
    assert draft.text.split("\n") == ["At the pier", *LINES, "See tides."]
    assert "<h2>At the pier</h2>" in draft.html
    assert '<a href="https://site.example/tides">' in draft.html


def test_a_list_of_paragraphs_in_a_pages_data_is_taken_in_order() -> None:
    blocks = [{"type": "paragraph", "text": line} for line in LINES]

    assert extracted({"story": {"headline": TITLE, "body": blocks}}).text.split("\n") == LINES


def test_state_that_a_script_assigns_is_read_too() -> None:
    data = {"article": {"title": TITLE, "body": MARKUP}}

    draft = extracted(data, "<script>window.__INITIAL_STATE__ = JSON-HERE; start();</script>")

    assert LINES[4] in draft.text


@pytest.mark.parametrize(
    "data",
    [
        {"post": {"title": "Another story of the sea", "content": MARKUP}},
        {"post": {"title": TITLE, "content": " ".join(LINES) + " And then the..."}},
        {"post": {"title": TITLE, "content": " ".join(["tide", "gull", "buoy"] * 60)}},
        {"post": {"title": TITLE, "content": f"<p>{LINES[1]}</p>"}},
        {"post": {"title": TITLE, "content": None, "body": 7}},
        "{",
    ],
    ids=["another article's", "cut off", "no sentences", "no longer", "of another type", "no object"],
)
def test_other_data_is_left_alone(data: object) -> None:
    assert extracted(data).text == LINES[0]


def test_data_that_is_no_json_is_passed_over() -> None:
    assert extracted({}, f'<script type="application/json">{{"title": "{TITLE}", </script>').text == LINES[0]
    assert extracted({}, f"<script>window.__NUXT__ = function() {{ {TITLE} }}</script>").text == LINES[0]


def test_data_of_great_depth_does_no_harm() -> None:
    deep = f'<script type="application/json">{{"title": "{TITLE}", "body": {"[" * 50_000}</script>'

    assert extracted({}, deep).text == LINES[0]
