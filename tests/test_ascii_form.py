"""A URL as RFC 3986 writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.urls import ascii_form, is_web


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("https://gazette.example/a?x=1&y=2#z", "https://gazette.example/a?x=1&y=2#z"),
        ("https://gazette.example/straße?q=ä b", "https://gazette.example/stra%C3%9Fe?q=%C3%A4%20b"),
        ("https://exämple.org/", "https://xn--exmple-cua.org/"),
        ("https://gazette.example/100%/%41", "https://gazette.example/100%25/%41"),
        ("HTTPS://Gazette.Example:8443/", "https://gazette.example:8443/"),
        ("https://[2001:db8::1]:80/", "https://[2001:db8::1]:80/"),
        (' https://gazette.example/"<a> ', "https://gazette.example/%22%3Ca%3E"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://a b.example/", ""),
        ("https://a.example:99999/", ""),
        ("https://a.example/\ud800", ""),
        ("", ""),
    ],
)
def test_what_is_not_allowed_is_encoded(written: str, form: str) -> None:
    assert ascii_form(written) == form


@given(st.text(max_size=40).map("https://a.example/".__add__) | st.text(max_size=40).map("http://".__add__))
def test_the_form_is_ascii_and_its_own_form(written: str) -> None:
    form = ascii_form(written)

    assert form.isascii()
    assert form == "" or is_web(form)
    assert ascii_form(form) == form
