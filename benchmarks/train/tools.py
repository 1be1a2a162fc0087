"""Tools with which people save a page as text, each with options that change what comes out.

Needs resiliparse, and for their dumps inscriptis and html2text; the product needs none of the three.
"""

from __future__ import annotations

import random

from bs4 import BeautifulSoup
from resiliparse.extract.html2text import extract_plain_text

_UNSEEN = ("script", "style", "noscript", "template")
_WRAPPED = 78


def _resiliparse(markup: str, chance: random.Random, *, main: bool) -> str:
    return str(
        extract_plain_text(
            markup, main_content=main, alt_texts=chance.random() < 0.3, links=False,
            preserve_formatting=chance.random() < 0.7, list_bullets=chance.random() < 0.5,
        )
    )  # fmt: skip


def _beautiful_soup(markup: str, chance: random.Random) -> str:
    soup = BeautifulSoup(markup, "lxml")
    for element in soup(_UNSEEN):
        element.decompose()
    between, strip = chance.choice((("", False), ("\n", False), ("\n", True)))
    return soup.get_text(between, strip=strip)


def _inscriptis(markup: str, chance: random.Random) -> str:
    import inscriptis  # type: ignore[import-not-found] # only for training

    return str(inscriptis.get_text(markup))


def _html2text(markup: str, chance: random.Random) -> str:
    import html2text  # type: ignore[import-not-found] # only for training

    writer = html2text.HTML2Text(bodywidth=chance.choice((0, _WRAPPED)))
    writer.ignore_images = True
    writer.ignore_links = chance.random() < 0.5
    return str(writer.handle(markup))


TOOLS = {
    "resiliparse": lambda markup, chance: _resiliparse(markup, chance, main=False),
    "resiliparse, main": lambda markup, chance: _resiliparse(markup, chance, main=True),
    "beautifulsoup": _beautiful_soup,
    "inscriptis": _inscriptis,
    "html2text": _html2text,
}
"""By name; each takes markup that has been checked (`tree.checked`) and a source of chance."""
