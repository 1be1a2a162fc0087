"""Hostile pages end in a clear result."""

import random

import pytest

from chaffinch.errors import ChaffinchError
from chaffinch.extract import extractor, tree
from chaffinch.extract.charset import decode
from chaffinch.model import Draft, Kind, Page, Reference, Repeats, Rules

URL = "https://site.example/a"
SENTENCE = "Zwölf Boxkämpfer jagten am Freitag Viktor quer über den großen Sylter Deich, sagte er."


def extracted(body: bytes, media_type: str = "text/html", charset: str | None = None) -> Draft:
    return extractor.extract(Reference(URL), Page(URL, body, media_type, charset), Rules(), Repeats())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<p " + b" ".join(b"a%d=1" % n for n in range(1_000_000)) + b">x", "attributes"),
        (b"<p " + b" ".join(b"a%d" % n for n in range(1_000_000)) + b">x", "attributes"),
        (b"a" * 50_000_000, "too long"),
        (b"<p>" * 250_000, "tags"),
    ],
    ids=["attributes with values", "attributes without", "one line of 50 MB", "too many tags"],
)
def test_a_page_beyond_measure_is_refused_with_a_reason(body: bytes, problem: str) -> None:
    with pytest.raises(ChaffinchError, match=problem):
        extracted(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"\0" * 100_000, b"<!--" * 1000, b"<", b"<a " * 10_000, b"<script type=application/ld+json>" + b"[" * 50_000],
    ids=["nothing", "zeros", "open comments", "a bracket", "open tags", "deep JSON-LD"],
)
def test_what_is_no_page_is_empty(body: bytes) -> None:
    assert extracted(body).kind is Kind.EMPTY


def test_a_giant_word_in_which_a_day_is_announced_is_read_once() -> None:
    draft = extracted(b"Published 2024 " + b"x" * 1_000_000, "text/plain")  # else this takes most of an hour

    assert draft.why


def test_noise_ends_in_a_clear_result() -> None:
    draft = extracted(random.Random(1).randbytes(2_000_000))

    assert draft.why


@pytest.mark.parametrize("opening", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>", "<span>"])
def test_text_below_a_hundred_thousand_tags_is_not_lost(opening: str) -> None:
    page = opening * (100_000 // opening.count("<")) + SENTENCE

    root = tree.parse(page)

    assert SENTENCE in root.text_content()


@pytest.mark.parametrize(
    "charset",
    ["base64", "big5", "idna", "iso-2022-jp", "nonsense", "punycode", "rot13", "unicode_escape", "utf-16", "utf-32",
     "utf-7", "zip"]
)  # fmt: skip
def test_a_wrong_charset_does_not_spoil_utf8(charset: str) -> None:
    draft = extracted(f"<p>{SENTENCE}</p>".encode() * 9, charset=charset)

    assert SENTENCE in draft.text


@pytest.mark.parametrize("charset", ["cp1252", "iso8859-15"])
def test_euros_are_read_where_nobody_says_the_charset(charset: str) -> None:
    said = "Le billet coûte 12 € par personne, et 8 € pour les élèves; la mairie a décidé d'ouvrir la piscine à Noël."

    assert decode((said * 6).encode(charset)) == said * 6


@pytest.mark.parametrize("charset", ["cp1252", "iso-8859-1", "utf-16"])
def test_the_pages_own_charset_is_read_without_a_transport(charset: str) -> None:
    page = f'<html><head><meta charset="{charset}"></head><body><p>{SENTENCE}</p></body></html>'

    assert SENTENCE in extracted(page.encode(charset)).text
