"""Golden letters: input × config = message, as files a person can read, and the rules for all of them.

`CHAFFINCH_WRITE_GOLDEN=1` writes the files anew; read the difference before keeping it. `CHAFFINCH_CHECK_EML` may name
a checker program that takes an .eml file and exits with 0 when nothing fails.
"""

import email
import email.policy
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from chaffinch.config import Press
from chaffinch.errors import ConfigError, TemplateError
from chaffinch.mailing import letter, message, notes
from chaffinch.mailing.letter import Rendered
from chaffinch.mailing.message import Letterhead, Message
from chaffinch.mailing.notes import Note
from chaffinch.mailing.tokens import Purpose, read
from chaffinch.model import Article, Content, Digest, Group, Images, Issue, Letter, Publish, Subscription
from chaffinch.pages import Templates

GOLDEN = Path(__file__).parent / "golden"
LONG = "https://news.example.org/" + "x" * 1970
ARABIC = {
    "title": "إعادة فتح جسر الميناء أمام المشاة",
    "publisher": "جريدة الساحل",
    "byline": "",
    "lead": "صوت المجلس على إعادة فتح الجسر القديم أمام المشاة.",
    "html": "<p>صوت المجلس على إعادة فتح الجسر القديم أمام المشاة.</p>",
    "text": "صوت المجلس على إعادة فتح الجسر القديم أمام المشاة.",
    "language": "ar",
}
CHINESE = {
    "title": "老港口大桥十一年后重新向行人开放",
    "lead": "市议会投票决定重新开放老港口大桥，供行人使用。",
    "html": "<p>市议会投票决定重新开放老港口大桥，供行人使用。</p>",
    "text": "市议会投票决定重新开放老港口大桥，供行人使用。",
    "language": "zh",
}
HOSTILE = {
    "title": "</title><script>alert(1)</script>\r\nBcc: eve@example.net {{ 7 * 7 }}",
    "publisher": '"><img src=x onerror=alert(1)>',
    "byline": "{% raw %}\r\n.\r\n",
    "lead": "<b>not bold</b> & {{ secret }}",
    "html": '<p onclick="x()">a<img src="http://x.example/1.gif" width="1"><a href="javascript:x">b</a></p>',
    "text": "a b {{ secret }}",
    "url": "javascript:alert(1)",
    "image": "https://x.example/a.png",
}
WORDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "arabic": ARABIC,
    "chinese": CHINESE,
    "emoji": {"title": "🌉 Bridge opens 👩‍👩‍👧‍👦 🎉", "byline": "Ida 🌊 Holm"},
    "long-url": {"url": LONG},
    "hostile": HOSTILE,
    "bare": {"publisher": "", "byline": "", "lead": "", "html": "", "text": "", "title": "", "url": ""},
}
DIGESTS: dict[str, dict[str, Any]] = {
    "lead": {},
    "full": {"content": Content.FULL},
    "german": {"language": "de", "title": "Der Tagesbrief", "group_by": Group.SOURCE, "intro": "Guten Morgen!"},
}
Make = Callable[..., Article]


@pytest.fixture
def head(press: Press, secret: bytes) -> Letterhead:
    return message.letterhead("Brackwater <digest@example.org>", press.base_url, secret, press.contact or "")


@pytest.fixture
def write(
    press: Press, digest: Digest, issue: Callable[..., Issue], secret: bytes, head: Letterhead, now: datetime,
    subscription: Subscription,
) -> Callable[..., tuple[Rendered, Message]]:  # fmt: skip
    def written(*articles: Article, templates: Templates | None = None, **changed: object) -> tuple[Rendered, Message]:
        changed_digest = replace(digest, **changed)  # type: ignore[arg-type]  # a test names the fields it cares for
        whole = Letter(issue(*articles), articles)
        rendered = letter.render(
            whole, changed_digest, press, templates or Templates(), secret, {"courier": "The Courier"}
        )
        plate = message.set_plate(head, changed_digest, "3", rendered)
        return rendered, message.address(plate, subscription, now)

    return written


def parsed(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def readable(content: bytes) -> str:
    """The message as a person reads it: its header as it is, its parts decoded."""
    text, html = part_of(content, "plain"), part_of(content, "html")
    header = content.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n", "\n")
    return f"{header}\n\n===== text =====\n{text}\n===== html =====\n{html}"


def part_of(content: bytes, kind: str) -> str:
    found = parsed(content).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def keep_the_rules(content: bytes) -> None:
    """The rules of the providers and of the standards, as far as a message shows them."""
    assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    header, _, body = content.partition(b"\r\n\r\n")
    assert content.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", header))
    mail = parsed(content)
    assert not [defect for part in mail.walk() for defect in part.defects]
    names = [name.lower() for name in mail]
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "date", "message-id", "mime-version", "list-id"} <= set(names)
    assert re.fullmatch(r"<[a-z0-9]{26,}@example\.org>", mail["Message-ID"])
    assert mail["Date"].endswith("+0000")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    uris = re.findall(r"<([^<>]+)>", mail["List-Unsubscribe"])
    assert [uri.partition(":")[0] for uri in uris] == ["https", "mailto"]
    assert "ann" not in uris[0]
    assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-generated", "bulk")
    assert 5 <= len(mail["Feedback-ID"].split(":")[-1]) <= 15
    assert 0 < len(str(mail["Subject"])) <= 120
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = part_of(content, "plain"), part_of(content, "html")
    assert "https://press.example.org/unsubscribe/" in text
    assert "1010 Brackwater" in text
    keep_the_rules_of_html(html)
    checker = os.environ.get("CHAFFINCH_CHECK_EML")
    if checker:
        arguments = [sys.executable, checker, "--any-date", "--quiet", "/dev/stdin"]
        found = subprocess.run(arguments, input=content, capture_output=True, check=False)
        failed = {line for line in found.stdout.decode().splitlines() if line.startswith("FAIL")}
        # an article may speak of templates: what looks like a forgotten gap is then its own words
        allowed = {"FAIL text.no-template-left", "FAIL html.no-template-left"} if "{{" in html else set()
        assert failed <= allowed
        assert found.returncode in (0, 1), found.stderr.decode()


def keep_the_rules_of_html(html: str) -> None:
    assert len(html.encode()) <= 100_000
    assert html.lower().startswith("<!doctype html>")
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "form", "iframe", "object", "embed", "input", "button", "link", "base", "svg"])
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert soup.find("meta", attrs={"name": "color-scheme"})
    assert soup.find("meta", attrs={"name": "viewport"})
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 620px" in html
    assert len(soup.find_all(style=True)) >= 5
    assert "1010 Brackwater" in soup.get_text()
    for table in soup.find_all("table"):
        assert table.get("role") == "presentation"
    for picture in soup.find_all("img"):
        assert str(picture["src"]).startswith("https://")
        assert int(str(picture["width"])) > 1
        assert picture.has_attr("alt")
    links = [str(link["href"]) for link in soup.find_all("a")]
    assert all(re.match(r"(https?://[^\s/@]+(/|$)|mailto:[^\s@]+@)", link) for link in links)
    assert [link for link in links if link.startswith("https://press.example.org/unsubscribe/")]
    assert [link for link in links if link.startswith("https://press.example.org/digests/")]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("kind", DIGESTS)
def test_golden_letters(words: str, kind: str, write: Callable[..., tuple[Rendered, Message]], article: Make) -> None:
    articles = [article(1, **WORDS[words]), article(2, **WORDS[words], sources=("coast",))]
    _, sent = write(*articles, **DIGESTS[kind])
    golden = GOLDEN / f"{words}-{kind}.txt"

    if os.environ.get("CHAFFINCH_WRITE_GOLDEN"):
        golden.write_text(readable(sent.content), "utf-8")
    assert readable(sent.content) == golden.read_text("utf-8")
    keep_the_rules(sent.content)


@pytest.mark.parametrize("note", Note)
@pytest.mark.parametrize("language", ["en", "de"])
def test_golden_notes(
    note: Note, language: str, press: Press, digest: Digest, secret: bytes, head: Letterhead, now: datetime,
    subscription: Subscription,
) -> None:  # fmt: skip
    rendered = notes.render(note, replace(digest, language=language), press, Templates(), secret)
    sent = message.address(message.set_plate(head, digest, str(note), rendered), subscription, now)
    golden = GOLDEN / f"{note}-{language}.txt"

    if os.environ.get("CHAFFINCH_WRITE_GOLDEN"):
        golden.write_text(readable(sent.content), "utf-8")
    assert readable(sent.content) == golden.read_text("utf-8")
    keep_the_rules(sent.content)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("kind", ["lead", "full"])
@pytest.mark.parametrize("count", [8, 100])
def test_however_much_there_is_the_letter_keeps_the_rules(
    words: str, kind: str, count: int, write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    long = {"html": WORDS[words].get("html", "<p>word word word</p>") * 200} | {**WORDS[words]}

    _, sent = write(*(article(n, **long) for n in range(1, count + 1)), max_articles=200, **DIGESTS[kind])

    keep_the_rules(sent.content)


def test_what_does_not_fit_is_counted_and_linked(write: Callable[..., tuple[Rendered, Message]], article: Make) -> None:
    rendered, _ = write(*(article(n, url=f"{LONG}{n}") for n in range(200)))

    shown = rendered.html.count(LONG)
    assert 0 < shown < 400
    assert re.search(r"and \d+ more in this issue", rendered.html)
    assert re.search(
        r"and \d+ more in this issue: see them all: https://press\.example\.org/digests/daily/3", rendered.text
    )


def test_full_text_is_cut_at_a_block_and_leads_on(
    write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    html = "".join(f"<p>Paragraph {n} of a very long story.</p>" for n in range(3000))
    text = "\n".join(f"Paragraph {n} of a very long story." for n in range(3000))

    rendered, _ = write(article(1, html=html, text=text), content=Content.FULL)

    shown = re.findall(r"Paragraph (\d+) of a very long story\.</p>", rendered.html)
    assert 100 < len(shown) < 3000
    assert f"Paragraph {shown[-1]} of a very long story." in rendered.text
    assert f"Paragraph {int(shown[-1]) + 2} " not in rendered.text
    assert "Read on at The Brackwater Courier" in rendered.html
    assert "Read on at The Brackwater Courier" in rendered.text


@pytest.mark.parametrize(
    ("publish", "full", "lead"),
    [(Publish.FULL, True, False), (Publish.EXCERPT, False, True), (Publish.LINK, False, False)],
)
def test_a_letter_shows_no_more_than_the_source_allows(
    publish: Publish, full: bool, lead: bool, write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    rendered, _ = write(article(1, publish=publish), content=Content.FULL)

    for part in (rendered.html, rendered.text):
        assert ("2.4 million" in part) is full
        assert ("reopen the harbour bridge to walkers." in part) is lead
        assert "https://news.example.org/2026/1" in part


def test_pictures_follow_the_owners_choice(write: Callable[..., tuple[Rendered, Message]], article: Make) -> None:
    picture = {"image": "https://news.example.org/bridge.jpg"}

    linked, _ = write(article(1, **picture))
    none, _ = write(article(1, **picture, images=Images.NONE))
    plain, _ = write(article(1, image="http://news.example.org/bridge.jpg"))

    assert 'src="https://news.example.org/bridge.jpg" width="536"' in linked.html
    assert "<img" not in none.html
    assert "<img" not in plain.html


def test_nothing_is_counted(write: Callable[..., tuple[Rendered, Message]], article: Make) -> None:
    rendered, sent = write(article(1), content=Content.FULL)
    soup = BeautifulSoup(rendered.html, "html.parser")

    links = {str(link["href"]) for link in soup.find_all("a")}
    ours = {link for link in links if link.startswith("https://press.example.org/")}
    assert links - ours == {"https://news.example.org/2026/1", "https://people.example.org/holm"}
    assert len(ours) == 4  # unsubscribe, preferences, archive, imprint
    assert not soup.find_all("img")
    assert b"http-equiv" not in sent.content


def test_everyone_gets_their_own_token_and_nobody_elses(
    write: Callable[..., tuple[Rendered, Message]], article: Make, secret: bytes, head: Letterhead, digest: Digest,
    now: datetime, subscription: Subscription,
) -> None:  # fmt: skip
    rendered, _ = write(article(1))
    plate = message.set_plate(head, digest, "3", rendered)
    ben = replace(subscription, id="s2345abcdefghijl", address="ben@example.net")

    for person in (subscription, ben):
        sent = message.address(plate, person, now)
        tokens = set(re.findall(r"/unsubscribe/(\w+)", readable(sent.content)))
        assert {read(secret, Purpose.UNSUBSCRIBE, token) for token in tokens} == {person.id}
        assert not any(gap in readable(sent.content) for gap in rendered.gaps.values())
        assert parsed(sent.content)["To"].addresses[0].addr_spec == person.address
    assert message.address(plate, ben, now).id != message.address(plate, subscription, now).id


def test_a_letter_says_the_day_on_which_its_issue_closed(
    press: Press, digest: Digest, issue: Callable[..., Issue], secret: bytes, now: datetime, article: Make
) -> None:
    opening = replace(issue(article(1)), slot=now - timedelta(days=1), closed_at=now)

    rendered = letter.render(Letter(opening, opening.articles), digest, press, Templates(), secret, {})

    assert f"{now.day} {now:%B %Y}" in rendered.text.split("\n\n")[0]


def test_a_second_attempt_has_the_same_name(
    write: Callable[..., tuple[Rendered, Message]], article: Make, head: Letterhead, digest: Digest, now: datetime,
    subscription: Subscription,
) -> None:  # fmt: skip
    rendered, first = write(article(1))
    again = message.address(
        message.set_plate(head, digest, "3", rendered), subscription, now.replace(hour=now.hour + 1)
    )

    assert again.id == first.id
    assert parsed(again.content)["X-Chaffinch-Delivery"] == parsed(first.content)["X-Chaffinch-Delivery"]
    assert parsed(again.content)["Date"] != parsed(first.content)["Date"]


def test_a_confirm_letter_of_another_day_is_another_message(
    press: Press, digest: Digest, secret: bytes, head: Letterhead, now: datetime, subscription: Subscription
) -> None:
    rendered = notes.render(Note.CONFIRM, digest, press, Templates(), secret)

    ids = {
        message.address(
            message.set_plate(head, digest, notes.occasion(Note.CONFIRM, day), rendered), subscription, day
        ).id
        for day in (now, now + timedelta(hours=1), now + timedelta(days=1))
    }

    assert len(ids) == 2


def test_one_click_is_there_on_loopback_too(
    press: Press, digest: Digest, issue: Callable[..., Issue], secret: bytes, now: datetime, article: Make,
    subscription: Subscription,
) -> None:  # fmt: skip
    local = press.model_copy(update={"base_url": "http://127.0.0.1:8750"})
    head = message.letterhead("digest@example.org", local.base_url, secret)
    rendered = letter.render(Letter(issue(article(1)), (article(1),)), digest, local, Templates(), secret, {})

    sent = parsed(message.address(message.set_plate(head, digest, "3", rendered), subscription, now).content)

    assert sent["List-Unsubscribe"].startswith("<http://127.0.0.1:8750/unsubscribe/")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "http://127.0.0.1:8750/unsubscribe/" in rendered.text
    assert "http://127.0.0.1:8750/unsubscribe/" in rendered.html


def test_a_template_of_the_owners_cannot_lose_the_foot(
    tmp_path: Path, write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "digest.html").write_text('{% extends "mail/layout.html" %}{% block foot %}bye{% endblock %}')
    (tmp_path / "mail" / "foot.txt").write_text("bye")
    (tmp_path / "mail" / "digest.txt").write_text("Nothing today.")

    rendered, sent = write(article(1), templates=Templates(tmp_path))

    assert "bye" in rendered.html
    assert rendered.html.index("Harbour Street") < rendered.html.index("</body>")
    assert rendered.text.startswith("Nothing today.\n--\n")
    keep_the_rules(sent.content)


def test_a_template_of_the_owners_changes_one_block_of_ours(
    tmp_path: Path, write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "digest.html").write_text(
        '{% extends "packaged/mail/digest.html" %}{% block item %}<tr><td>{{ item.title }}!</td></tr>{% endblock %}'
    )

    rendered, sent = write(article(1), templates=Templates(tmp_path))

    assert "Harbour bridge reopens, part 1!" in rendered.html
    assert "The council" not in rendered.html
    keep_the_rules(sent.content)


def test_a_template_that_extends_itself_is_told(
    tmp_path: Path, write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "digest.html").write_text('{% extends "mail/digest.html" %}')

    with pytest.raises(TemplateError, match=r"mail/digest\.html"):
        write(article(1), templates=Templates(tmp_path))


def test_the_owners_subject_and_intro_are_filled_in(
    write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    rendered, _ = write(
        article(1),
        title="Fish & Chips",
        subject="{{ digest.title }} no. {{ issue.number }}\r\nBcc: x",
        intro="{{ headlines | length }} & more",
    )

    assert rendered.subject == "Fish & Chips no. 3 Bcc: x"
    assert "1 &amp; more" in rendered.html
    assert "1 & more" in rendered.text


def test_a_subject_that_does_not_compile_is_told(write: Callable[..., tuple[Rendered, Message]], article: Make) -> None:
    with pytest.raises(TemplateError, match="digest daily: subject"):
        write(article(1), subject="{{ digest.")


def test_withdrawn_articles_are_not_in_the_letter(
    write: Callable[..., tuple[Rendered, Message]], article: Make
) -> None:
    rendered, _ = write(article(1, hidden=True), article(2))

    assert "part 1" not in rendered.html + rendered.text
    assert "part 2" in rendered.html


@pytest.mark.parametrize(
    "sender", ["", "no address", "a@b.example, c@d.example", "A <a@b.example>\r\nBcc: c@d.example, x@y.example"]
)
def test_a_sender_that_is_not_one_address_is_told(sender: str) -> None:
    with pytest.raises(ConfigError, match=r"mail\.from"):
        message.letterhead(sender, "https://press.example.org", b"s")


@pytest.mark.parametrize(
    "base", ["https://x.example\r\nBcc: e@f.example", "https://bücher.example", "https://a b.example"]
)
def test_a_base_url_that_cannot_stand_in_a_header_is_told(base: str) -> None:
    with pytest.raises(ConfigError, match="base_url"):
        message.letterhead("a@b.example", base, b"s")
