"""The day on which a plain text was published is read from a line beside its headline.

A day that stands above it and nothing else is not taken: whoever saves a page may write the day there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from chaffinch.extract import creditline, dates, printed
from chaffinch.extract.beside import Near
from chaffinch.model import Block, Verdict

_UNKNOWN = 6
"""Words of a line with a day that may say anything: a place, a newspaper."""
_SHORT, _LONG = 16, 30
"""Words of a line, and of one that says who and when and nothing else."""
_CLOSE = 2
"""Lines above the headline."""
_PER_PARAGRAPH = 3
"""Lines as which a paragraph between counts."""
_MANY = 3
"""Days; more are those of a list or of a calendar."""
_BEHIND = 3
"""Lines behind the text in which its day may stand alone."""
_ENDS = ".!?。"
_DATELINE = re.compile(r"\s*(?:\([^()]{1,30}\)|/[\w -]{2,20}/|г\.|года)?\s*[.,]?\s*(?:[-–—]{1,2}|/[\w -]{2,20}/|:)")
"""Behind the day with which an agency's or an office's text begins."""
_SENTENCE = re.compile(r"(?<!\bSt)[.!?]\s")
_ELSEWHERE = re.compile(
    r"\W{0,3}(?:(?:photo|foto|picture|image|bild)\W{1,3})?(?:abgerufen|accessed|application|apply|archived|aufgenommen"
    r"|begin|beginn|begins|born|captured|closing|consulté|consultado|descargado|died|doors|downloaded|einlass|endet|ends|event"
    r"|geboren|gedruckt|gespeichert|gestorben|heruntergeladen|heute|imprimé|née?|next|nächste[rs]?|printed|recorded"
    r"|retrieved|saved|scheduled|shot|taken|today|téléchargé)\b|\(\*\s",
    re.IGNORECASE,
)
"""What begins a line whose day is of an event, a life, a picture, or of who read the page."""
_OF_EVENT = re.compile(
    r"\W{0,3}(?:admission|doors|entry|tickets?|venue|when|where|eintritt|einlass|wann|wo|où|quand|entrée|cuándo|dónde"
    r"|entradas?|ingresso|dove|onde|waar|wanneer|toegang|gdzie|kiedy|wstęp|nerede|giriş|где|когда|вход|会場|場所|入場料"
    r"|地点|地點|门票|門票|장소|입장료)\s?[:：]",
    re.IGNORECASE,
)
"""The label of a line that tells of an event; the day beside it is the event's."""
_LABELLED = re.compile(
    r"\W{0,3}(?:date|day|datum|tag|dag|fecha|data|dia|día|jour|дата|tarih|日時|日期|時間|时间|일시)\s?[:：]",
    re.IGNORECASE,
)
"""The label of a line that tells a day."""
_BESIDE = 3
"""Lines between a labelled day and such a line, at most."""
_PICTURED = re.compile(r"\b(?:bild|credit|foto|image|photo|picture)|фото|[写寫]真|사진|[攝摄图圖]", re.IGNORECASE)
"""In a line that names nobody but who made a picture; that of an editor may tell the day, too."""
_LEAD = 12
"""Words of a line that is no paragraph."""
_PLACE = 5
"""Words before the day of a dateline."""
_HEAD = 120
"""Characters of a paragraph in which a dateline stands."""


class Day(NamedTuple):
    """A day of publication."""

    told: printed.Printed
    at: int = -1
    """The place of the line that says it; -1 where that is the text's own."""


def found(blocks: Sequence[Block], near: Sequence[Near], language: str) -> Day | None:
    """The day of publication; "Published" is believed most, a day that was told without a word next."""
    own: list[tuple[int, int, Day]] = []
    for line in near:
        if _is_of_event(line, near):
            continue
        said = creditline.read(line.text, language)
        days = printed.of_line(blocks, line.at, language, _LONG if said.is_understood else _SHORT)
        far = abs(line.offset) + _PER_PARAGRAPH * line.paragraphs
        own += [(int(day.says), far, Day(day, line.at)) for day in days if _is_own(line, day, said)]
    if not own:
        return _alone(blocks, language) or _dateline(blocks, language)
    if len({day.told.moment.date() for *_, day in own}) > _MANY:
        return None
    return min(own, key=lambda each: each[:2])[-1]


def _is_of_event(line: Near, near: Sequence[Near]) -> bool:
    """Whether a line tells of an event, or of a day beside lines that do, behind a label as theirs."""
    if _OF_EVENT.match(line.text):
        return True
    is_labelled = _LABELLED.match(line.text) is not None
    return is_labelled and any(_OF_EVENT.match(other.text) for other in near if abs(other.at - line.at) <= _BESIDE)


def _is_own(line: Near, day: printed.Printed, said: creditline.Said) -> bool:
    """Whether a day beside the headline is the article's."""
    if day.says is printed.Says.PUBLISHED:
        return True
    is_signed = bool(said.labelled or said.bare)
    if _ELSEWHERE.match(line.text) or (said.of_other and not is_signed and _PICTURED.search(line.text)):
        return False
    if line.offset < 0:
        return is_signed and said.is_understood and line.offset >= -_CLOSE and day.says is printed.Says.NOTHING
    if line.text[-1:] in _ENDS and said.unknown > 1:
        return False
    return said.unknown <= (0 if line.paragraphs else _UNKNOWN)


def _alone(blocks: Sequence[Block], language: str) -> Day | None:
    """The day that lines down to the text's end call the day of publication, where it is one."""
    last = max((at for at, block in enumerate(blocks) if block.verdict is Verdict.CONTENT), default=-1)
    days = [
        Day(told, at)
        for at, block in enumerate(blocks[: last + _BEHIND])
        if dates.is_date_line(block.text, language)
        for told in printed.of_line(blocks, at, language)
        if told.says is printed.Says.PUBLISHED
    ]
    if len({day.told.moment for day in days}) == 1:
        return days[0]
    moment = printed.originally(blocks, language=language)
    return Day(printed.Printed(moment, printed.Says.PUBLISHED)) if moment else None


def _dateline(blocks: Sequence[Block], language: str) -> Day | None:
    """The day in `LODWAR, 6 October 2022 – The number …`, with which the text begins or what stands below its lead."""
    begin = next((at for at, block in enumerate(blocks) if block.reason == "the title"), 0)
    prose = (block.text[:_HEAD] for block in blocks[begin:] if block.verdict is Verdict.CONTENT and block.words > _LEAD)
    for head in islice(prose, 2):
        start, end, moment = next(dates.each(head, language), (0, 0, None))
        place = head[:start]
        is_place = place[:1].isupper() and len(place.split()) <= _PLACE and not _SENTENCE.search(place)
        if moment and is_place and _DATELINE.match(head, end):
            return Day(printed.Printed(moment, printed.Says.NOTHING))
    return None
