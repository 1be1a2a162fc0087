"""Who wrote a text is read from a line beside its headline.

A label says it ("By", "Text:", "Автор:", "文/"), or a name stands beside a date or a role, or a note below the text
tells who that is. Precision comes before recall: whoever took the photographs, an agency, a newspaper or a rubric
wrote nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from chaffinch.extract import beside, creditline, names, widenames
from chaffinch.extract.beside import Near
from chaffinch.extract.creditline import Said
from chaffinch.model import Block, Verdict
from chaffinch.text import normalised

_BIO = re.compile(r"[（／は是은는]|['’]s(?!\w)|\s*(?:,|\(|:|—|–|-|è|é|[a-zß-ÿа-я]{2,}(?!\w)|[\u0590-\u0fff]+(?!\w))")
"""Behind a name at the beginning of a note on its bearer."""
_TALKS = re.compile(r"\d{1,2}:\d\d|(?:19|20)\d\d[年./-]|^:|said|sagt|schrieb")
"""Behind the name of who left a comment."""
_UNKNOWN = 3
"""Words of a line that may be unknown where a day stands in it."""
_FEW = 16
"""The most words of a line of names below a label."""
_PLACE = 4
"""The most words of a line, such as a place, that may stand between a name and its day."""
_BELOW = 3
"""Lines below the headline in which the name may stand of whom a note tells."""
_BIO_WORDS = 6
"""The fewest of such a note."""
_BIO_HEAD = 60
_PARAGRAPH, _SAMPLE = 5000, 50_000
"""Characters behind a name, of a paragraph, and of a text that are looked at."""


class Credit(NamedTuple):
    """A byline; empty where nobody is named for certain."""

    byline: str = ""
    at: int = -1
    """The place of the line that it was read from; -1 where there is none."""


def found(blocks: Sequence[Block], near: Sequence[Near], title: str, language: str) -> Credit:
    """The byline of a text whose lines beside the headline are `near`."""
    said = [creditline.read(each.text, language) for each in near]
    order = sorted(range(len(near)), key=lambda n: (near[n].offset < 0, abs(near[n].offset)))
    common = _common(blocks)
    known = common | set(normalised(title).split())
    bare = [n for n in order if _may_be_bare(blocks, near[n], said[n], known)]
    in_a_note = (_credit(near[n], said[n].bare) for n in bare if _has_bio(blocks, near[n], said[n].bare))
    labelled = (credit for n in order if (credit := _labelled(near, said, n, common)))
    alone = (_credit(near[n], said[n].bare) for n in bare if _is_borne_out(near, said, n))
    return next(chain(in_a_note, labelled, alone, _signed(beside.behind(blocks), language)), Credit())


def _may_be_bare(blocks: Sequence[Block], line: Near, said: Said, known: Collection[str]) -> bool:
    """Whether a line may name the author without a label: with words that the text does not use otherwise."""
    if not said.bare or line.paragraphs > 1 or "list" in blocks[line.at].marks:
        return False
    return not any(names.is_common(name, known) for name in said.bare)


def _labelled(near: Sequence[Near], said: Sequence[Said], n: int, common: Collection[str]) -> Credit | None:
    """Whom a label names, on its own line or on the next."""
    own = said[n]
    if own.labelled and not _are_words(own.labelled, common) and _is_heard(near[n], own):
        return _credit(near[n], own.labelled)
    return _on_next(near, n) if own.awaits else None


def _on_next(near: Sequence[Near], n: int) -> Credit | None:
    """The names on the line below one that ends in a label."""
    if n + 1 >= len(near) or near[n + 1].at != near[n].at + 1 or len(near[n + 1].text.split()) > _FEW:
        return None
    named, rest = names.first(near[n + 1].text)
    return _credit(near[n + 1], named) if names.are_credible(named, rest, surely=True) else None


def _signed(behind: Sequence[Near], language: str) -> Iterator[Credit]:
    """Whom the lines behind the text name."""
    for each in behind:
        said = creditline.read(each.text, language)
        if said.labelled and said.unknown <= _UNKNOWN and creditline.is_signature(each.text):
            yield _credit(each, said.labelled)


def _are_words(labelled: Sequence[str], common: Collection[str]) -> bool:
    """Whether a lone word behind a label is one of the text's own: "By Hand"."""
    return any(" " not in name and name.lower() in common for name in labelled)


def _is_heard(line: Near, said: Said) -> bool:
    """Whether a labelled name is of the text: among its paragraphs a line must say this and nothing else."""
    return not line.paragraphs or said.is_understood


def _is_borne_out(near: Sequence[Near], said: Sequence[Said], n: int) -> bool:
    """Whether a day or a role stands on a name's own line or on one beside it."""
    own = said[n]
    if own.unknown > _UNKNOWN or widenames.is_wide(own.bare[0]):
        return False  # in Chinese, Japanese and Korean a rubric looks like a name
    if own.dated or own.role:
        return True
    if own.unknown or near[n].offset < 0 or (n and said[n - 1].of_other and len(near[n - 1].text.split()) <= 2):
        return False
    if all(name.isupper() and len(name.split()) <= 2 for name in own.bare):
        return False  # "LOCAL NEWS"
    beside = [n + 1, n - 1]
    if n + 1 < len(near) and len(near[n + 1].text.split()) <= _PLACE:
        beside.append(n + 2)
    return any(_bears_out(near[at], said[at], near[n].at) for at in beside if 0 <= at < len(near))


def _bears_out(line: Near, said: Said, named: int) -> bool:
    """Whether a line close to a name tells a day or a role."""
    is_close = line.offset >= 0 and abs(line.at - named) <= 2
    return is_close and (said.dated or said.role) and said.unknown <= _UNKNOWN and not said.of_other


def _has_bio(blocks: Sequence[Block], line: Near, bare: Sequence[str]) -> bool:
    """Whether furniture in the text's second half tells who that is."""
    if not 0 < line.offset <= _BELOW or len(bare) > 1:
        return False
    begin = len(bare[0])
    return any(
        block.words >= _BIO_WORDS and block.text.startswith(bare[0])
        and not _TALKS.search(block.text, begin, begin + _BIO_HEAD) and _BIO.match(block.text, begin)
        for block in blocks[max(line.at + 1, len(blocks) // 2) :]
    )  # fmt: skip


def _common(blocks: Sequence[Block]) -> set[str]:
    """The words that the text writes small."""
    prose = " ".join(block.text[:_PARAGRAPH] for block in blocks if block.verdict is Verdict.CONTENT)[:_SAMPLE]
    return {word for word in re.findall(r"\w+", prose) if word[0].islower()}


def _credit(line: Near, named: Sequence[str]) -> Credit:
    return Credit(", ".join(dict.fromkeys(named)), line.at)
