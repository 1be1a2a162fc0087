"""Marks of punctuation, in the scripts that pages are written in."""

from __future__ import annotations

import re

STOPS = ".!?。！？؟۔।॥။።։។"
"""What ends a sentence: Latin, Chinese, Arabic and Urdu, Hindi, Burmese, Amharic, Armenian, Khmer."""
ENDS = STOPS + "…"
"""What a line of prose ends with."""
WIDE_STOPS = "。！？"
"""The stops behind which no blank stands."""
CLOSERS = "\"'”’»)」』）》】〉"
"""What may stand behind a stop."""
SENTENCE_END = re.compile(rf"[{STOPS}](?=\s|$|[{CLOSERS}])|[{WIDE_STOPS}]")
"""Where a sentence ends, within a text."""
_OTHER_COMMAS = "，、،၊፣"


def commas(text: str) -> int:
    """How many commas a text has."""
    return text.count(",") + (0 if text.isascii() else sum(map(text.count, _OTHER_COMMAS)))
