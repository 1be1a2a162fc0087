"""Lines of a dump are put together again that were broken at links, bold words and the like.

Some tools that turn a page into text put each of its pieces on a line of its own. A line that begins with a comma or a
full stop tells of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chaffinch.extract import phrases
from chaffinch.extract.punctuation import CLOSERS, ENDS, STOPS
from chaffinch.text import count_words

_FEWEST = 3
_SHARE = 0.005
"""Lines that must begin in the midst of a sentence before a text is taken for broken, and share of all lines."""
_GOES_ON = re.compile(r"[,;.!?:)\]”’»،؛、。，](?=\s|$|\w)(?!\w+\()|['’]s\b")
_STOPPED = re.compile(rf"[{ENDS}:;][{CLOSERS}\]]*$")
_OPEN = re.compile(
    r"(?:[,(\[“„«]|\b(?:a|an|the|of|in|on|at|to|by|for|from|with|and|or|as|is|are|was|were|our|your|their|its|his|her|this"
    r"|der|die|das|den|dem|des|ein|eine|einen|einer|und|oder|von|vom|mit|im|in|am|an|auf|für|zu|zum|zur|bei|aus|le|la"
    r"|les|un|une|de|du|et|ou|par|pour|dans|sur|avec|au|aux|el|los|las|una|del|al|y|o|en|con|por|para|che|di|il|lo|gli"
    r"|della|nel|e|do|da|dos|das|em|no|na|com|het|een|van|met|op|w|z|i))$"
)
"""What a sentence does not end with."""
_LEADS = re.compile(r"The|An|At|From|With|By|Der|Das|Ein|Eine|Im|Am|Von|Vom|Le|Les|Un|Une|Par|El|Los|Las|Una|Por")
"""Words that stand alone on a line only where a link or a name was broken off behind them."""
_SENTENCE = re.compile(rf"[{STOPS}][{CLOSERS}]*\s")
_PROSE = 6
"""Words from which on a line with a whole sentence in it is prose, and has not ended yet."""
_SOME = 3
"""Words that make a line more than an item of a list."""
_LONGEST = 5_000
"""Characters; a paragraph has no more, and what is looked at again with each line is to be short."""


def are_in(lines: Iterable[str]) -> bool:
    """Whether a text seems to be broken so."""
    number = found = 0
    for line in lines:
        number += 1
        found += _GOES_ON.match(line) is not None
    return found >= max(_FEWEST, _SHARE * number)


def goes_on(before: str, line: str) -> bool:
    """Whether a line of such a text goes on with the sentence of the line before, however often that was joined."""
    if len(before) > _LONGEST:
        return False
    if _GOES_ON.match(line):
        return True
    if _is_furniture(line):
        return False
    if _LEADS.fullmatch(before):
        return True
    if _STOPPED.search(before):
        return False
    if _is_open(before) or (_SENTENCE.search(before) and count_words(before) >= _PROSE):
        return True
    return line[:1].islower() and (max(map(count_words, (before, line))) >= _SOME or _is_open(before.lower()))


def joined(before: str, line: str) -> str:
    """Both as one."""
    return before + line if _GOES_ON.match(line) or before[-1:] in "([“„«" else f"{before} {line}"


def _is_furniture(line: str) -> bool:
    """Whether it is a phrase that begins anew; a single word such as Facebook may be a name that a sentence links."""
    return line[:1].isupper() and not line.isalpha() and phrases.is_certain(phrases.kind_of(line))


def _is_open(before: str) -> bool:
    return _OPEN.search(before[-20:]) is not None
