"""The line above a text in which it tells its own address, as tools write it that save pages: `URL: https://…`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chaffinch import urls
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block

_LABELS = (
    "url", "url source", "source url", "page url", "original url", "canonical url", "canonical", "permalink",
    "adresse", "lien", "enlace", "indirizzo", "endereço", "adres", "адрес", "ссылка",
    "链接", "原文链接", "網址", "原文連結", "原文", "リンク", "원문", "الرابط", "لینک",
)  # fmt: skip
"""Not "source" or "link": these lead to others as often."""
_LINE = re.compile(rf"(?:({'|'.join(_LABELS)})\s?[:：]\s*)?<?(https?://[^\s<>]+)>?", re.IGNORECASE)
_ABOVE = 12
"""Blocks at a text's beginning."""


def found(blocks: Sequence[Block]) -> tuple[int, str] | None:
    """The place of that line, and the address; None where there is none.

    Without a label it is the text's first line. It stands above the first sentence, and is no front page's.
    """
    for at, block in enumerate(blocks[:_ABOVE]):
        if (line := _LINE.fullmatch(block.text)) and (line[1] or at == 0):
            return None if urls.is_front(line[2]) or not urls.is_web(line[2]) else (at, line[2])
        if is_sentence(block):
            return None
    return None
