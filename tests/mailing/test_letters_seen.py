"""Letters as a browser shows them: phone and desk, light and dark."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chaffinch.config import Press
from chaffinch.mailing import letter, notes
from chaffinch.mailing.notes import Note
from chaffinch.model import Article, Content, Digest, Group, Issue, Letter
from chaffinch.pages import Templates

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

# The lowest contrast of any visible text with what stands behind it (WCAG 2.2, relative luminance).
CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = parse(c).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
                       return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
                        if (parse(c)[3] !== 0) return c } return 'rgb(255, 255, 255)' };
  let worst = [21, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.getClientRects().length) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 200)];
  }
  return worst;
}"""  # noqa: E501 - a script


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


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
    return found | {note: notes.render(note, digest, press, Templates(), secret).html for note in Note}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_letter_is_readable_on_phone_and_desk(browser: Any, written: dict[str, str], scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.route("**/*", lambda route: route.abort())

    for width in (375, 600, 800):
        page.set_viewport_size({"width": width, "height": 900})
        for name, html in written.items():
            page.set_content(html)
            sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            contrast, where = page.evaluate(CONTRAST)

            assert sideways <= 0, (name, width)
            assert contrast >= 4.5, (name, width, where)
    page.close()
