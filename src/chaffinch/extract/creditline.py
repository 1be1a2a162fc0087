"""A short line says who made an article and when.

It is cut where days, times, labels and bars stand; each piece is a name, a role, or nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from chaffinch.extract import creditwords, dates, names, widenames

_LABELS = re.compile(
    r"(?:(?<=[\n,;.·(])\s{0,9}|(?<=\n)[^\w\n\x00]{0,9}|^[^\w\n\x00]{0,9}|(?<=\s)(?=[^\n:：]{1,24}[:：]))"
    rf"(?:(?P<other>{creditwords.pattern('other')})(?:\s+(?:by|von|par|por|di|door|av|и|przez)\b|\s*[:：/|｜=＝]"
    r"|(?=\s+[A-ZÀ-Þ]))"
    rf"|{creditwords.pattern('label')}\s*(?:[:：]|[/｜|=＝](?=\s*\S))"
    rf"|{creditwords.pattern('wide')}\s*(?:[/|｜／=＝\u3000 ]|(?<=・))\s*"
    rf"|(?P<by>{creditwords.pattern('by')})(?:\s+(?=\S)|(?=\n|$)))",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"\s*(?:[|•⋅∙◦│｜►▸★☆⏱●■]+|\s[·~]+\s|//+|\s/\s|\s-{1,3}\s|\s?—\s?|\s–\s|[<>›»→←]+|[·](?=\s)|\s[·])\s*"
)
_MINUTES = rf"\d{{1,3}}[\s-]*{creditwords.pattern('minutes')}\b\.?"
_NOISE = re.compile(
    r"(?:(?<=\n)|(?<=\s)|^)(?:"
    rf"(?:(?:first|last|originally|zuletzt|dernière|última|ultimo|mis\s+à\s+jour)\s+)?{creditwords.pattern('day')}"
    r"(?:\s+(?:on|at|am|um|le|à|el|il|op|om|dnia|den|w|в|kl\.?|em|a|lúc|ngày|pada|dne))?\s*[:：]?(?=\s|$|\d)"
    r"|\(?\d{1,2}(?:\s?[:.hH]\s?\d{2}(?:[:.]\d{2})?|\s?[hH](?=\W|$))\)?(?:\s*(?:uhr|hs|hrs|ч|godz|น|น\.))?\.?"
    r"(?:\s*[ap]\.?m\b\.?)?(?:\s+(?:[A-Z]{2,4}T?\b(?:[+-]\d+)?|Uhr))?"
    r"|\d{1,2}\s*(?:am|pm|uhr|時|点|시)\b|午前|午後|上午|下午|오전|오후"
    rf"|{creditwords.pattern('reading')}\s*:?\s*(?:ca\.?\s*)?\d*\s*\w*|(?:ca\.?\s*)?{_MINUTES}"
    r"(?:\s*(?:read|de\s+lect?ura|de\s+lecture|di\s+lettura|de\s+leitura|czytania|lesezeit|lesen|leestijd|чтения|okuma))?"
    rf"|\d[\d,.]{{0,9}}\s*{creditwords.pattern('counted')}\b|vu\s+[\d\s]{{1,12}}fois|il\s+y\s+a\s+\d+\s+\w+"
    r"|(?:today|yesterday|heute|gestern|hoy|ayer|aujourd'hui|oggi|ieri)(?=\s|$)"
    r"|(?:no\s+|leave\s+a\s+|add\s+a\s+)?comments?(?=\n|$)|@[\w.]{2,40}|\S{1,64}@[\w.-]{3,80}"
    r")",
    re.IGNORECASE,
)
"""Times, reading times, counts, addresses, and what is said of a day."""
_WEEKDAYS = re.compile(rf"(?<!\w){creditwords.pattern('weekday')}(?!\w),?", re.IGNORECASE)
_LINK_NUMBER = re.compile(r"\[\d{1,4}\]")
"""As lynx writes it."""
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=(?:Published|Updated|Posted|Reviewed|Last )(?![a-z]))|(?<=^By)(?=[A-Z][a-z])")
"""Where a tool has joined what stood side by side: `ByAnn`, `OtherPublished`."""
_AROUND = " \t*_#>[](),;:–—-"
_LONGEST = 200
"""Characters."""
_FEW = 16
"""Words; more of them that end in a stop are a sentence."""
_DAY, _SURE, _BY, _ELSE = "\x00", "\x01", "\x02", "\x03"
"""Marks of a day, of a label that is one for certain, of another, and of one that credits with something else."""


class Said(NamedTuple):
    """What a short line says of who wrote and when."""

    labelled: tuple[str, ...] = ()
    """Names behind a label."""
    bare: tuple[str, ...] = ()
    """What could be a name by itself."""
    awaits: bool = False
    """It ends in a label."""
    of_other: bool = False
    """It credits somebody with something else."""
    dated: bool = False
    role: bool = False
    unknown: int = 0
    """Words that are nothing of that kind."""

    @property
    def is_understood(self) -> bool:
        """Whether it says that and nothing else."""
        return not self.unknown and bool(self.labelled or self.bare or self.awaits or self.dated or self.role)


def read(text: str, language: str = "") -> Said:
    """What a line says; a long one or a sentence says nothing of the kind."""
    words = len(text.split())
    if len(text) > _LONGEST or (words > _FEW and text[-1:] in ".!?。"):
        return Said(unknown=words)
    text = _GLUED.sub(" ", _LINK_NUMBER.sub("", text))
    line, last = "", 0
    for start, end, _ in dates.each(text, language):
        line, last = f"{line}{text[last:start]}\n{_DAY}\n", end
    line = _BREAKS.sub("\n", f"{line}{text[last:]}")
    line = _LABELS.sub(_marked, line)
    line = _WEEKDAYS.sub("\n", _NOISE.sub("\n", line))
    return _weighed([piece for each in line.split("\n") if (piece := each.strip(_AROUND))])


def is_signature(text: str) -> bool:
    """Whether a line's label stands before authors' names and nothing else: "By" may be anything's."""
    label = _LABELS.search(text)
    return label is None or not label["by"] or " " in label["by"].strip()


def _marked(found: re.Match[str]) -> str:
    return f"\n{_ELSE if found['other'] else _BY if found['by'] else _SURE}\n"


def _weighed(pieces: Sequence[str]) -> Said:
    parts: list[Said] = []
    label, of_other = "", False
    for piece in pieces:
        if piece == _DAY:
            parts.append(Said(dated=True))
        elif piece in (_SURE, _BY, _ELSE):
            label, of_other = piece, of_other or piece == _ELSE
        elif any(map(str.isalnum, piece)) and not creditwords.is_filler(piece):
            parts.append(_of_piece(piece, label, of_other=of_other))
            label = ""
    return Said(
        tuple(name for part in parts for name in part.labelled),
        tuple(name for part in parts for name in part.bare),
        awaits=label in (_SURE, _BY),
        of_other=of_other,
        dated=any(part.dated for part in parts),
        role=any(part.role for part in parts) or names.is_role(" ".join(pieces)),
        unknown=sum(part.unknown for part in parts),
    )


def _of_piece(piece: str, label: str, *, of_other: bool) -> Said:
    if label == _ELSE:
        return Said()
    if label:
        found, rest = names.first(piece)
        if names.are_credible(found, rest, surely=label == _SURE):
            return Said(labelled=tuple(found))
    elif wide := widenames.credited(piece):
        return Said(labelled=(wide,))
    elif not of_other and (found := names.alone(piece)):
        return Said(bare=tuple(found))
    elif names.is_role(piece):
        return Said(role=True)
    return Said(unknown=len(piece.split()))
