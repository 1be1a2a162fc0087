"""Letters judged: ours are good whatever their articles say, and each rule finds what it is for."""

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from chaffinch.config import Press
from chaffinch.errors import TemplateError
from chaffinch.mailing import letter, lint, message, notes
from chaffinch.mailing.dkim import Key
from chaffinch.mailing.lint import RULES, failures
from chaffinch.mailing.notes import Note
from chaffinch.model import Article, Content, Digest, Group, Issue, Letter, Subscription
from chaffinch.pages import Templates

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SENDER = "The Brackwater Press <digest@press.example.org>"
WORDS = {
    "ascii": "The ferry sails again after a long and quiet winter",
    "arabic": "\u0627\u0644\u0639\u0628\u0627\u0631\u0629 \u062a\u0628\u062d\u0631 \u0645\u0646 "
    "\u062c\u062f\u064a\u062f \u0628\u0639\u062f \u0634\u062a\u0627\u0621",
    "chinese": "\u6e21\u8f6e\u5728\u6f2b\u957f\u7684\u51ac\u5929\u4e4b\u540e\u518d\u6b21\u8d77\u822a",
    "emoji": "\U0001f6a2 sails \U0001f469\u200d\U0001f680 again \U0001f389\U0001f389",
    "long-url": "The ferry sails again",
}  # fmt: skip


@pytest.fixture
def contents(article: Callable[..., Article]) -> Callable[[str, int], tuple[Article, ...]]:
    def make(words: str, count: int) -> tuple[Article, ...]:
        said = WORDS[words]
        tail = "?q=" + "a1" * 990 if words == "long-url" else ""
        return tuple(
            article(
                number,
                title=f"{said} {number}",
                lead=f"{said}, {number} times over.",
                html=f"<p>{said}.</p>" * 12,
                text=f"{said}.\n" * 12,
                url=f"https://news.example.org/{number}{tail}",
            )
            for number in range(1, count + 1)
        )

    return make


@pytest.fixture
def letters(
    press: Press,
    digest: Digest,
    issue: Callable[..., Issue],
    subscription: Subscription,
    secret: bytes,
    keys: tuple[Key, ...],
) -> Callable[..., dict[str, bytes]]:
    """Every letter there is, with these articles, by its name."""

    def write(*articles: Article, templates: Templates | None = None, every: bool = False) -> dict[str, bytes]:
        pages = templates or Templates()
        head = message.letterhead(SENDER, press.base_url, secret, "editor@example.org", keys)
        drawn, whole = {}, Letter(issue(*articles, note="A word from the editor."), articles)
        for content, group in (
            product(Content, (None, *Group)) if every else ((Content.LEAD, None), (Content.FULL, None))
        ):
            shaped = replace(digest, content=content, group_by=group, max_articles=200, intro="Good morning.")
            name = f"{content.value}-{group.value if group else 'plain'}"
            drawn[name] = letter.render(whole, shaped, press, pages, secret, {})
        for language in ("en", "de") if every else ("en",):
            shown = replace(digest, language=language)
            desk = f"{press.base_url}/desk/{'t' * 36}"
            drawn[f"preview-{language}"] = letter.render(whole, shown, press, pages, secret, {}, desk)
            for note in Note:
                drawn[f"{note.value}-{language}"] = notes.render(note, shown, press, pages, secret)
        return {
            name: message.address(message.set_plate(head, digest, f"{name}-3", one), subscription, NOW).content
            for name, one in drawn.items()
        }

    return write


@pytest.mark.parametrize("count", [1, 8, 100])
@pytest.mark.parametrize("words", WORDS)
def test_our_letters_keep_every_rule(
    letters: Callable[..., dict[str, bytes]],
    contents: Callable[[str, int], tuple[Article, ...]],
    words: str,
    count: int,
) -> None:
    for name, raw in letters(*contents(words, count), every=count == 8).items():
        assert failures(lint.lint(raw, NOW)) == (), name


@pytest.mark.skipif("CHAFFINCH_CHECK_EML" not in os.environ, reason="CHAFFINCH_CHECK_EML names no other checker")
@pytest.mark.parametrize("count", [1, 8, 100])
@pytest.mark.parametrize("words", WORDS)
def test_another_checker_agrees(
    letters: Callable[..., dict[str, bytes]],
    contents: Callable[[str, int], tuple[Article, ...]],
    verified: Callable[[bytes], list[bool]],
    keys: tuple[Key, ...],
    words: str,
    count: int,
) -> None:
    checker = loaded(Path(os.environ["CHAFFINCH_CHECK_EML"]))
    records = {f"{key.name}.": key.record.encode() for key in keys}

    for name, raw in letters(*contents(words, count), every=True).items():
        judged = checker.check(raw, records, NOW)
        assert [rule for rule in judged if rule[1] == "FAIL"] == [], name
        assert len([rule for rule in judged if rule[0].endswith((".valid rsa-sha256", ".valid ed25519-sha256"))]) == 2


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("another_checker", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["another_checker"] = module
    spec.loader.exec_module(module)
    return module


def test_no_words_of_an_article_keep_an_issue_from_going_out(
    letters: Callable[..., dict[str, bytes]], article: Callable[..., Article]
) -> None:
    said = "Re: {{ 7 * 7 }} {% if %} undefined None &amp; &nbsp; <p>hello</p> https://elsewhere.example.org/"
    hostile = article(1, title=said, lead=said, html=f"<p>{said}</p>", text=said, url="http://192.0.2.1/x")

    for raw in letters(hostile).values():
        lint.judge(raw, NOW, local=False)


BREAKS = {
    "line ends": (b"\r\nDate", b"\nDate"),
    "no zero octets": (b"\r\n\r\n", b"\r\n\r\n\0"),
    "lines of 998 octets": (b"\r\nDate", b"\r\nX-Long: " + b"a" * 1000 + b"\r\nDate"),
    "headers in ASCII": (b"Subject: ", "Subject: ä".encode()),
    "headers there": (b"MIME-Version: 1.0\r\n", b""),
    "headers once": (b"\r\nDate", b"\r\nTo: ann@example.net\r\nDate"),
    "no encoded words where programs read": (b"Feedback-ID: ", b"Feedback-ID: =?utf-8?q?a?= "),
    "one sender": (b"From: ", b"From: else@example.org, "),
    "Date": (b"+0000", b"-0000"),
    "Message-ID": (b"Message-ID: <", b"Message-ID: <a b"),
    "List-Id": (b"<daily.press.example.org>", b"<daily>"),
    "List-Unsubscribe": (b"<https://press.example.org/unsub", b"<http://press.example.org/unsub"),
    "one-click unsubscribing": (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Once"),
    "one recipient": (b"To: ", b"To: bob@example.net, "),
    "written by a program": (b"Auto-Submitted: auto-generated\r\nPrecedence: bulk", b"X-A: b"),
    "codings": (b"charset=utf-8", b"charset=latin-1"),
    "DKIM covers the headers": (b"list-unsubscribe-post:", b""),
    "DKIM is sound": (b" s=rsa2026;", b" s=rsa2026; l=20;"),
    "no active content": (b"</h1>", b"<form></form></h1>"),
    "not clipped": (b"</h1>", b"x=\r\n" * 120_000 + b"</h1>"),
    "a way out": (b"nsubscrib", b"nfollow"),
    "some text": (b"text/plain", b"text/x-other"),
    "language": (b"<html lang", b"<html data"),
    "no scripts at elements": (b"<h1 ", b'<h1 onclick=3D"x()" '),
    "tables that only lay out say so": (b'role=3D"presentation"', b""),
    "no tracking pixel": (b"</h1>", b'<img alt=3D"" src=3D"https://a.example.org/" width=3D"1"></h1>'),
    "pictures over https": (b"</h1>", b'<img alt=3D"" src=3D"http://a.example.org/" width=3D"9"></h1>'),
    "pictures in words": (b"</h1>", b'<img src=3D"https://a.example.org/" width=3D"9"></h1>'),
    "whole links": (b"</h1>", b'<a href=3D"/relative">x</a></h1>'),
    "honest links": (b"</h1>", b'<a href=3D"https://a.example.org/">https://b.example.org/</a></h1>'),
    "no template left over": (b"</h1>", b"{{ press }}</h1>"),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_each_rule_finds_what_it_is_for(
    letters: Callable[..., dict[str, bytes]], article: Callable[..., Article], rule: str
) -> None:
    raw = letters(article(1))["lead-plain"]
    before, after = BREAKS[rule]
    assert before in raw

    broken = raw.replace(before, after)

    assert rule in {finding.rule for finding in failures(lint.lint(broken, NOW))}


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names)) >= 60
    assert set(BREAKS) <= set(names)


def test_letters_that_stay_here_need_no_https_and_no_key(
    press: Press, digest: Digest, secret: bytes, subscription: Subscription
) -> None:
    here = press.model_copy(update={"base_url": "http://127.0.0.1:8750"})
    head = message.letterhead(SENDER, here.base_url, secret)
    drawn = notes.render(Note.WELCOME, digest, here, Templates(), secret)
    raw = message.address(message.set_plate(head, digest, "welcome", drawn), subscription, NOW).content

    assert failures(lint.lint(raw, NOW, local=True)) == ()
    assert failures(lint.lint(raw, NOW))


def test_a_template_that_would_be_refused_stops_the_letter(
    letters: Callable[..., dict[str, bytes]], article: Callable[..., Article], tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "foot.html").write_text('<p><img src="https://count.example.org/" width="1" alt=""></p>')

    raw = letters(article(1), templates=Templates(tmp_path))["lead-plain"]

    with pytest.raises(TemplateError, match="no tracking pixel"):
        lint.judge(raw, NOW, local=True)


@pytest.mark.parametrize(
    "raw", [b"", b"hello", b"\xff\xfe\0", b"Content-Type: multipart/mixed\r\n\r\n", b"A: b\r\n\r\n<"]
)
def test_what_is_no_letter_fails_without_a_fuss(raw: bytes) -> None:
    assert failures(lint.lint(raw, NOW))
    assert re.search("[a-z]", str(lint.lint(raw, NOW)[0]))
