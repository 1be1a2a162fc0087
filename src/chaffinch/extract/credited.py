"""Who wrote a plain text is read from a line beside its headline.

A label says it ("By", "Text:", "Автор:", "文/"), or a name stands beside a date or a role, or a note below the text
tells who that is. Precision comes before recall: whoever took the photographs, an agency, a newspaper or a rubric
wrote nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from chaffinch.extract import creditline, names
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
_SAMPLE = 50_000
"""Characters."""


class Credit(NamedTuple):
    """A byline, and the place of the line that it was read from."""

    byline: str
    at: int


def found(blocks: Sequence[Block], near: Sequence[Near], behind: Sequence[Near], title: str, language: str) -> Credit:
    """The byline of a text whose lines beside the headline are `near`; empty where nobody is named for certain."""
    said = [creditline.read(each.text, language) for each in near]
    order = sorted(range(len(near)), key=lambda n: (near[n].offset < 0, abs(near[n].offset)))
    common = _common(blocks)
    known = common | set(normalised(title).split())
    bare = [n for n in order if _may_be_bare(blocks, near[n], said[n], known)]
    for n in bare:
        if _has_bio(blocks, near[n], said[n].bare):
            return Credit(_joined(said[n].bare), near[n].at)
    for n in order:
        if said[n].labelled and not _are_words(said[n].labelled, common) and _is_heard(near[n], said[n]):
            return Credit(_joined(said[n].labelled), near[n].at)
        if said[n].awaits and (credit := _on_next(near, n)):
            return credit
    for n in bare:
        if not names.is_wide(said[n].bare[0]) and _is_borne_out(near, said, n):
            return Credit(_joined(said[n].bare), near[n].at)
    return _signed(behind, language)


def _may_be_bare(blocks: Sequence[Block], line: Near, said: Said, known: Collection[str]) -> bool:
    """Whether a line may name the author without a label: with words that the text does not use otherwise."""
    if not said.bare or line.paragraphs > 1 or "list" in blocks[line.at].marks:
        return False
    return not any(names.is_common(name, known) for name in said.bare)


def _on_next(near: Sequence[Near], n: int) -> Credit | None:
    """The names on the line below one that ends in a label."""
    if n + 1 >= len(near) or near[n + 1].at != near[n].at + 1 or len(near[n + 1].text.split()) > _FEW:
        return None
    found, rest = names.first(near[n + 1].text)
    return Credit(_joined(found), near[n + 1].at) if names.are_credible(found, rest, surely=True) else None


def _signed(behind: Sequence[Near], language: str) -> Credit:
    for each in behind:
        said = creditline.read(each.text, language)
        if said.labelled and said.unknown <= _UNKNOWN and creditline.is_signature(each.text):
            return Credit(_joined(said.labelled), each.at)
    return Credit("", -1)


def _are_words(labelled: Sequence[str], common: Collection[str]) -> bool:
    """Whether a lone word behind a label is one of the text's own: "By Hand"."""
    return any(" " not in name and name.lower() in common for name in labelled)


def _is_heard(line: Near, said: Said) -> bool:
    """Whether a labelled name is of the text: among its paragraphs a line must say this and nothing else."""
    return not line.paragraphs or said.is_understood


def _is_borne_out(near: Sequence[Near], said: Sequence[Said], n: int) -> bool:
    """Whether a day or a role stands on a name's own line or on the next ones."""
    own = said[n]
    if own.unknown > _UNKNOWN:
        return False
    if own.dated or own.role:
        return True
    if own.unknown or near[n].offset < 0 or (n and said[n - 1].of_other and len(near[n - 1].text.split()) <= 2):
        return False
    capitals = all(name.isupper() and len(name.split()) < 3 for name in own.bare)
    for step in (1, -1, 2):
        at = n + step
        if not 0 <= at < len(near) or near[at].offset < 0 or abs(near[at].at - near[n].at) > 2 or capitals:
            continue
        if step == 2 and len(near[n + 1].text.split()) > 4:
            continue
        if (said[at].dated or said[at].role) and said[at].unknown <= _UNKNOWN and not said[at].of_other:
            return True
    return False


def _has_bio(blocks: Sequence[Block], line: Near, bare: Sequence[str]) -> bool:
    """Whether furniture in the text's second half tells who that is."""
    if not 0 < line.offset <= 3 or len(bare) > 1:
        return False
    return any(
        block.words > 5 and block.text.startswith(bare[0])
        and not _TALKS.search(block.text, len(bare[0]), len(bare[0]) + 60) and _BIO.match(block.text, len(bare[0]))
        for block in blocks[max(line.at + 1, len(blocks) // 2) :]
    )  # fmt: skip


def _common(blocks: Sequence[Block]) -> set[str]:
    prose = " ".join(block.text[:5000] for block in blocks if block.verdict is Verdict.CONTENT)[:_SAMPLE]
    return {word for word in re.findall(r"\w+", prose) if word[0].islower()}


def _joined(said: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(said))
