"""Letters as a browser shows them: phone and desk, light and dark."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chaffinch.config import Press
from chaffinch.mailing import letter, notes
from chaffinch.mailing.notes import Note
from chaffinch.model import Article, Content, Digest, Group, Issue, Letter
from chaffinch.pages import Templates
from tests import eyes


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with eyes.opened() as browser:
        yield browser


@pytest.fixture
def written(
    press: Press, digest: Digest, issue: Callable[..., Issue], secret: bytes, article: Callable[..., Article]
) -> dict[str, str]:
    wide = "<table><tr>" + "<td>a cell of a wide table</td>" * 12 + "</tr></table>"
    hostile = article(
        1,
        title="Donaudampfschifffahrtsgesellschaft" * 6,
        url="https://news.example.org/" + "x" * 500,
        html=f"<p>{'unbroken' * 60}</p><pre>{'code ' * 80}</pre>{wide}<blockquote>q</blockquote>",
        publisher="P" * 200,
    )
    plain = [article(number) for number in range(2, 8)]
    kinds = {
        "lead": (plain, digest),
        "full": ([hostile, *plain], replace(digest, content=Content.FULL, group_by=Group.TAG, intro="Good morning.")),
    }
    found = {
        name: letter.render(Letter(issue(*chosen), tuple(chosen)), shape, press, Templates(), secret, {}).html
        for name, (chosen, shape) in kinds.items()
    }
    found["preview"] = letter.render(
        Letter(issue(*plain), tuple(plain)), digest, press, Templates(), secret, {}, f"{press.base_url}/desk/{'t' * 36}"
    ).html
    arabic = replace(digest, language="ar", title="\u0627\u0644\u0633\u0627\u062d\u0644")
    found["right to left"] = letter.render(
        Letter(issue(*plain), tuple(plain)), arabic, press, Templates(), secret, {}
    ).html
    german = replace(digest, language="de")
    found |= {f"{note}-de": notes.render(note, german, press, Templates(), secret).html for note in Note}
    return found | {note: notes.render(note, digest, press, Templates(), secret).html for note in Note}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_letter_is_readable_on_phone_and_desk(browser: Any, written: dict[str, str], scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.route("**/*", lambda route: route.abort())

    for width in (375, 600, 800):
        page.set_viewport_size({"width": width, "height": 900})
        for name, html in written.items():
            page.set_content(html)
            ratio, where = eyes.contrast(page)

            assert eyes.sideways(page) == (0, ""), (name, width)
            assert ratio >= eyes.ENOUGH, (name, width, where)
    page.close()
