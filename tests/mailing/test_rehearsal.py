"""A template that would fail is seen before anybody gets a letter."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaffinch.config import Press, load
from chaffinch.mailing import message
from chaffinch.mailing.dkim import Key
from chaffinch.mailing.rehearsal import rehearse
from chaffinch.model import Content, Digest
from chaffinch.newsroom.checking import problems_of
from chaffinch.pages import Templates

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("content", Content)
def test_our_own_templates_pass_whatever_the_articles_are(
    press: Press, secret: bytes, keys: tuple[Key, ...], language: str, content: Content
) -> None:
    digest = Digest("daily", "The Daily", (), ("daily 07:00",), language=language, content=content)
    head = message.letterhead("d@press.example.org", press.base_url, secret, "e@example.org", keys)

    assert list(rehearse(digest, press, Templates(), head, NOW, local=False)) == []


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("digest.txt", "{{ sections[0].items[7].title }} {{ headlines[0][0] }}", "digest.txt"),
        ("foot.html", '<img src="https://count.example.org/" width="1" alt="">', "no tracking pixel"),
        ("goodbye.html", "<p>Bye</p>", "goodbye letter"),
    ],
)
def test_check_tells_of_a_template_that_would_fail(tmp_path: Path, name: str, written: str, said: str) -> None:
    (tmp_path / "templates/mail").mkdir(parents=True)
    (tmp_path / "templates/mail" / name).write_text(written)
    (tmp_path / "config.toml").write_text(
        '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\n[mail]\nfrom = "d@press.example.org"\n'
    )

    found = problems_of(load(tmp_path / "config.toml"))

    assert any(said in line for line in found), found
