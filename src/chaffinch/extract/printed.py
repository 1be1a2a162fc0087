"""The day of publication as a reader sees it on the page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from itertools import pairwise

from chaffinch.extract import bylines, dates
from chaffinch.extract.punctuation import STOPS
from chaffinch.model import Block
from chaffinch.text import is_said, normalised


class Says(IntEnum):
    """What the words at a date say of it; the first is believed most, the last not at all."""

    PUBLISHED = 0
    NOTHING = 1
    UPDATED = 2
    ELSE = 3


@dataclass(frozen=True, slots=True)
class Printed:
    """A date that stands on the page, and what is said of it there."""

    moment: datetime
    says: Says


_PUBLISHED = (
    r"\b(?:publi|posted|veröffentlicht|erschienen|geplaatst|gepubliceerd|opublikowan|опубликован|yayın)|发布|発表|公開"
)
_UPDATED = (
    r"\b(?:updat|modifi|reviewed|revised|aktualisiert|mis à jour|actualizado|aggiornat|atualizad|bijgewerkt|обновл"
    r"|zaktualizowan|güncelle|last edited|checked)|更新"
)
_OF_DAY = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (_PUBLISHED, _UPDATED))
"""With these the titles were found that the line model learned from; what is added below would change them."""
_SAYS_PUBLISHED = re.compile(
    rf"{_PUBLISHED}|\b(?:pubblicat|paru |parue |mis en ligne|udgivet|julkaistu|megjelent|közzétéve|vydáno|zveřejněno"
    r"|dodano|δημοσ|опубліковано|objavljen|diterbitkan|tayang|xuất bản|đăng|eklenme|for (?:immediate )?release)"
    r"|نشر|نُشر|تاریخ انتشار|منتشر|प्रकाशित|पब्लिश|发表|發布|發表|發佈|刊登|投稿日|配信|掲載"
    r"|등록|입력|승인|게시|เผยแพร่|פורסם",
    re.IGNORECASE,
)
_SAYS_UPDATED = re.compile(
    rf"{_UPDATED}|\b(?:aktualizac|aktualizov|actualisé|actualizad|ενημέρωση|uppdaterad|oppdatert|opdateret|päivitetty"
    r"|frissítve|diperbarui|оновлен|actualizat|изменен|cập nhật|geändert|gewijzigd)"
    r"|تحديث|تحدیث|به‌روزرسانی|بروزرسانی|अपडेट|修改|수정|แก้ไข",
    re.IGNORECASE,
)
_ORIGINALLY = re.compile(
    r"\b(?:originally|first|initially)\s+(?:published|posted|written)\b|\bursprünglich\b.{0,40}\b(?:veröffentlicht|erschienen)",
    re.IGNORECASE,
)
_SAYS_ELSE = re.compile(
    r"\b(?:closed|closes|deadline|due|events?|expires?|hours|open|opens|starts?|today|valid|when|geöffnet|ouvert|abierto)\b"
    r"\W*(?:(?:at|by|from|on|till|to|until)\b\W*)?$",
    re.IGNORECASE,
)
"""Right before a date; elsewhere in its line "Open Source" is a rubric."""
_OF_PAGES = re.compile(r"\b(?:web)?(?:page|site)\b", re.IGNORECASE)
"""A page that was updated is a template's business, not an article's."""
_RANGE = re.compile(r"\s*(?:[-–—]|to|until|through|bis|au|al|до)\s*", re.IGNORECASE)
_LIFE = re.compile(r"\b1\d{3}\s*[-–—]\s*$")
"""Before the day on which somebody died: that of the birth is too long ago to be read."""
_NUMBER = re.compile(r"\[\d+\]")
_ABOVE = 8
_BELOW = 14
"""Blocks with words around the headline among which a date is the article's."""
_PARAGRAPHS = 2
"""Paragraphs of running text; behind them dates are of what the text tells."""
_SHORT = 16
_LONGEST = 120
_MANY = 3
_LABEL = 4
"""Words that a label before a date may have."""
_LABELLED = 16
"""Characters at a line's beginning in which they stand."""
_CLOSE = 4
"""Blocks; so near to a headline even an aside is of its article."""
_NEAR = 40
"""Characters; so near before a date it is said of the date."""
_OWN = 3
"""Blocks below the headline whose dates are read more freely."""
_LETTERS = re.compile(r"[^\W\d_]+")
_TIME = re.compile(r"\d:\d\d")
_NAME = 3
"""Words that may stand beside a date with its time."""
_LONG = 30
"""Words that such a line may have."""
_ASIDE = frozenset(("aside", "footer", "list"))
_NEVER = frozenset(("nav", "hidden", "dialog"))


def beside(
    blocks: Sequence[Block], title: str, *, language: str = "", not_these: Collection[date] = ()
) -> Printed | None:
    """The date beside the headline: the one that says "published", else the nearest, "updated" ones last.

    `not_these` are days of which the page's markup says that they are something else.
    """
    worded = _worded(blocks)
    plain = normalised(title)
    heads = [at for at, b in enumerate(worded) if plain and b.words <= 60 and is_said(b.text, plain, b.words)]
    heads += [at for at, block in enumerate(worded) if block.tag == "h1"]
    if not heads:
        return None
    head = heads[0]
    series = _series(worded, language)
    found: list[tuple[int, int, datetime]] = []
    listed: list[tuple[int, int, datetime]] = []
    for at in [*range(max(0, head - _ABOVE), head), *range(head + 1, _end(worded, head))]:
        is_own = head < at <= head + _OWN
        is_one_of_many = _shape(worded[at]) in series and not _is_the_headlines(worded, at, head, language)
        for told in _of_own_line(worded, at, language) if is_own else of_line(worded, at, language):
            if told.moment.date() not in not_these and not is_one_of_many:
                candidate = (int(told.says), abs(at - head) + 3 * (at < head), told.moment)
                (listed if _ASIDE & worded[at].marks else found).append(candidate)
    if len({moment.date() for *_, moment in listed}) == 1:  # several are of other articles
        found += [candidate for candidate in listed if candidate[1] <= _CLOSE]
    if not found or len({moment.date() for *_, moment in found}) > _MANY:
        return None
    says, _, moment = min(found)
    return Printed(moment, Says(says))


def alone(blocks: Sequence[Block], *, language: str = "", not_these: Collection[date] = ()) -> Printed | None:
    """The day of the lines that say "published" and a date, else of all lines that are a date, where it is one day."""
    worded = _worded(blocks)
    lines = [
        told
        for at, block in enumerate(worded)
        if dates.is_date_line(block.text, language)
        for told in of_line(worded, at, language)
        if told.moment.date() not in not_these
    ]
    for says in (Says.PUBLISHED, Says.NOTHING):
        chosen = {told.moment: told for told in lines if told.says <= says}
        if chosen:
            return chosen.popitem()[1] if len(chosen) == 1 else None
    return None


def originally(blocks: Sequence[Block], *, language: str = "") -> datetime | None:
    """The day in a sentence like "This article was originally published on 3 June 2024", where one is named."""
    days = set()
    for block in blocks:
        if block.words and not _NEVER & block.marks and (said := _ORIGINALLY.search(block.text)):
            rest = block.text[said.end() :]
            days |= {
                moment
                for at, _, moment in dates.each(rest[: 2 * _NEAR], language)
                if at <= _NEAR and _said(rest[:at]) is not Says.UPDATED
            }
    return days.pop() if len(days) == 1 else None


def says_of_day(text: str) -> bool:
    """Whether a line begins with what is said of a day: "Published on", "Last updated"."""
    return any(said.search(text[:_LABELLED]) for said in _OF_DAY)


def says_updated(text: str) -> bool:
    """Whether the words before a date call it the day of an update or a review."""
    return _said(text[-_NEAR:]) is Says.UPDATED


def _worded(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with words in which dates are looked for; a masthead above the headline shows the day of the visit."""
    head = next((at for at, block in enumerate(blocks) if block.tag == "h1"), len(blocks))
    is_own = head < len(blocks) and "header" in blocks[head].marks
    return [
        block
        for at, block in enumerate(blocks)
        if block.words and not _NEVER & block.marks and (is_own or at >= head or "header" not in block.marks)
    ]


def _series(worded: Sequence[Block], language: str) -> set[str]:
    """The places of which many on the page hold a date, each another one: teasers, comments, a calendar's days."""
    days: dict[str, set[datetime]] = {}
    for block in worded:
        if block.words <= _SHORT and len(block.text) < _LONGEST and (day := dates.in_words(block.text, language)):
            days.setdefault(_shape(block), set()).add(day)
    return {shape for shape, each in days.items() if len(each) > _MANY}


def _is_the_headlines(worded: Sequence[Block], at: int, head: int, language: str) -> bool:
    """Whether it is right below the headline, and the next lines hold no date in such a place."""
    others = worded[at + 1 : at + 1 + _BELOW]
    shape = _shape(worded[at])
    return at == head + 1 and not any(
        _shape(other) == shape and dates.in_words(other.text, language) for other in others
    )


def _of_own_line(worded: Sequence[Block], at: int, language: str) -> Iterator[Printed]:
    """The dates of a line right below the headline: it may be longer where it says "published" or who wrote.

    A year of two digits is read there, too.
    """
    text = worded[at].text
    is_labelled = says_of_day(text) or bylines.begins(text)
    if worded[at].words > _SHORT:
        if text[-1] not in STOPS and (is_labelled or "|" in text):
            yield from (each for each in of_line(worded, at, language, _LONG) if each.says is not Says.UPDATED)
        return
    told = list(of_line(worded, at, language))
    yield from told
    if not told and (is_labelled or _dates_itself(text)):
        for start, _, moment in dates.with_short_years(text, language):
            yield Printed(moment, _said(text[:start]))


def _dates_itself(text: str) -> bool:
    """Whether a line is a date and nothing else, or has a time of day and no more than a name."""
    others = [word for word in _LETTERS.findall(text) if word.lower() not in ("am", "pm", "a", "p", "m")]
    return not others or (len(others) <= _NAME and _TIME.search(text) is not None)


def _shape(block: Block) -> str:
    return _NUMBER.sub("", block.path)


def of_line(worded: Sequence[Block], at: int, language: str, most: int = _SHORT) -> Iterator[Printed]:
    """The dates of a line of so many words at most, each with what is said before it, there or in a label above."""
    text = worded[at].text
    if worded[at].words > most or len(text) >= _LONGEST * most / _SHORT:
        return
    found = list(dates.each(text, language))
    if any(_RANGE.fullmatch(text[end:start]) for (_, end, _), (start, _, _) in pairwise(found)):
        return  # from one day to another: an event
    last = 0
    for start, end, moment in found:
        before = text[last:start]
        says = _said(before)
        if says is Says.NOTHING and not last and not before.strip() and at and _is_label(worded[at - 1], language):
            says = _said(worded[at - 1].text)
        last = end
        if says is Says.ELSE or text[end:].strip() == ":" or _LIFE.search(before):
            continue
        if says is Says.UPDATED and (_OF_PAGES.search(before) or _ORIGINALLY.search(text)):
            continue
        yield Printed(dates.with_time(text, start) or moment, says)


def _is_label(block: Block, language: str) -> bool:
    """Whether a block is a few words that may say what the date below them is of; where it has one it is of that."""
    return block.words <= _LABEL and dates.in_words(block.text, language) is None


def _said(before: str) -> Says:
    """What stands nearest to the date counts."""
    published = max((m.start() for m in _SAYS_PUBLISHED.finditer(before)), default=-1)
    updated = max((m.start() for m in _SAYS_UPDATED.finditer(before)), default=-1)
    if updated > published:
        return Says.UPDATED
    if published >= 0:
        return Says.PUBLISHED
    return Says.ELSE if _SAYS_ELSE.search(before) else Says.NOTHING


def _end(worded: Sequence[Block], head: int) -> int:
    paragraphs = 0
    for at in range(head + 1, min(len(worded), head + 1 + _BELOW)):
        paragraphs += worded[at].words > 25 and worded[at].linked_words * 2 < worded[at].words
        if paragraphs > _PARAGRAPHS:
            return at
    return min(len(worded), head + 1 + _BELOW)
