"""Marks of punctuation, in the scripts that pages are written in."""

from __future__ import annotations

from functools import partial

STOPS = ".!?。！？؟۔।॥။።։។"
"""What ends a sentence: Latin, Chinese, Arabic and Urdu, Hindi, Burmese, Amharic, Armenian, Khmer."""
ENDS = STOPS + "…"
WIDE_STOPS = "。！？"
"""Those behind which no blank stands."""
CLOSERS = "\"'”’»)"
"""What may stand behind a stop."""
_OTHER_COMMAS = "，、،၊፣"


def commas(text: str) -> int:
    """How many commas a text has."""
    return text.count(",") + (0 if text.isascii() else sum(map(partial(str.count, text), _OTHER_COMMAS)))
