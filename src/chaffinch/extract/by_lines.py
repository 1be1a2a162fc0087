"""A plain text's header zone, body and tail are told apart by the shape of its lines.

Prose carries the body: from the first line that is a sentence to the last. What is short and unpunctuated goes where it
stands before or behind that, or under a phrase such as "Related articles". A line of more than twelve words that ends
in a full stop is never dropped here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chaffinch.extract import bylines, dates, phrases, printed
from chaffinch.extract.punctuation import CLOSERS, ENDS
from chaffinch.model import Block, Verdict
from chaffinch.text import normalised

_STOPPED = re.compile(rf"[{ENDS}][{CLOSERS}\]]*$")
_QUOTED = re.compile(r"^[\"“„«‘『「—–-]")
_PARTED = re.compile(r"\s[|›»>/·•]\s|[›»]|^[#@]\w|\bhttps?://\S+$|^\W+$")
_GOES_ON = re.compile(r"[,;،、]$")
_SUBJECT = re.compile(
    r"(?:assunto|asunto|betreff|objet|oggetto|onderwerp|subject)\s?:\s+(?:(?:aw|fwd?|re)\s?:\s+)*(?=\S)",
    re.IGNORECASE,
)
"""What stands before a mail's own headline."""
_LABEL = re.compile(
    r"(?:titel|title|titolo|titre|título)\s?:\s+(?=\S)|(?:标题|標題|タイトル|제목)\s?[:：]\s*(?=\S)", re.IGNORECASE
)
"""What a tool may write before a headline, and a writer, too."""
_ENVELOPE = re.compile(r"(?:from|to|cc|date|sent|reply-to|von|an|gesendet|datum|de|à|para)\s?:\s+\S", re.IGNORECASE)
_LONG = 12
_SAME = 0.9
_HEADING_WORDS = 25
_FIRM = frozenset(("a link's address", "the title", "a date above the text", "the byline"))
_SAID = frozenset(("running text", "a sentence within the text", "a short sentence"))
DRAWN = frozenset(("code", "table"))
"""Marks of what is no headline, whatever it says."""
_OFTEN = 9
"""Copies of a headline in a text, at most."""
_NEAR = 200
"""Lines at either end of a text in which its headline may stand again."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the lines came to: the title, and for each line a verdict with its reason."""

    title: str
    verdicts: list[tuple[Verdict, str]]


def read(blocks: Sequence[Block], title: str = "") -> Read:
    """The text understood. `title` is what is known of it from elsewhere; empty to look for it in the header zone."""
    shapes = [shape_of(block.text, block.words, "list" in block.marks) for block in blocks]
    prose = [at for at, shape in enumerate(shapes) if shape == "prose"]
    begin = prose[0] if prose else len(blocks)
    title = title or _title(blocks, shapes, begin)
    if not prose:
        return Read(title, [_without_prose(b, s, title) for b, s in zip(blocks, shapes, strict=True)])
    verdicts: list[tuple[Verdict, str]] = []
    last = _last(blocks, shapes, prose)
    under = ""
    for at, (block, shape) in enumerate(zip(blocks, shapes, strict=True)):
        if shape == "prose":
            under = ""
        verdict = _verdict(block, shape, title)
        if verdict is None and at < begin:
            verdict = _in_header(block, shape)
        if verdict is None and at > last:
            verdict = (Verdict.BOILERPLATE, "a short line behind the text")
        if verdict is None and under and shape in ("headline", "short"):
            verdict = (Verdict.BOILERPLATE, f"listed under “{under}”")
        if verdict is None:
            verdict = (Verdict.CONTENT, "running text" if shape == "prose" else f"a {shape} within the text")
        elif verdict[1].startswith("phrase") and _heads_a_list(block.text):
            under = block.text
        verdicts.append(verdict)
    return Read(title, verdicts)


def shape_of(text: str, words: int, listed: bool) -> str:
    """What a line looks like: prose, sentence, item, phrase, date, byline, parted, headline or short."""
    stopped = _STOPPED.search(text) is not None
    if phrases.is_pointer(text):
        return "phrase"
    kind = phrases.kind_of(text)
    if kind and (not (words > _LONG and stopped) or phrases.is_telling(text)):
        return "phrase"
    if words > _LONG and (stopped or words > 30):
        return "prose"
    if dates.is_date_line(text):
        return "date"
    if bylines.is_line(text):
        return "byline"
    if words >= 4 and stopped and (words >= 8 or text.count(".") < 2):
        return "prose" if words >= 8 else "sentence"
    if listed and words >= 2:
        return "item"
    if _PARTED.search(text):
        return "parted"
    if stopped or (_QUOTED.match(text) and words >= 2) or text.endswith(":"):
        return "sentence"
    return "headline" if words >= 4 else "short"


def may_be_headline(text: str, shape: str) -> bool:
    """Whether a line has the shape of one, and is whole."""
    return shape in ("headline", "short", "sentence", "prose") and is_whole(text)


def is_whole(text: str) -> bool:
    """Whether a line does not go on in the next, is not of a mail's envelope, and tells no day of publication."""
    if _GOES_ON.search(text) or _ENVELOPE.match(text):
        return False
    return not (printed.says_of_day(text) and dates.in_words(text))


def refrains(blocks: Sequence[Block]) -> frozenset[str]:
    """The lines that are said more often than a headline is: running heads, verses that come again."""
    counts = Counter(block.text for block in blocks)
    return frozenset(text for text, count in counts.items() if count > _OFTEN)


def as_title(headline: str) -> str:
    """A headline without the word that stands before it in a mail."""
    return _SUBJECT.sub("", headline, count=1)


def without_label(title: str) -> str:
    """A title without a label such as "Title:" before it."""
    label = _LABEL.match(title)
    return title[label.end() :] if label else title


def is_firm(reason: str) -> bool:
    """Whether a line that was dropped for that reason is furniture whatever stands around it."""
    return reason in _FIRM


def is_phrase(reason: str) -> bool:
    """Whether a line was dropped for that reason because sites word their furniture so."""
    return reason.startswith("phrase: ")


def is_said(reason: str) -> bool:
    """Whether a line was kept for that reason because it is a sentence."""
    return reason in _SAID


def _title(blocks: Sequence[Block], shapes: Sequence[str], begin: int) -> str:
    """The line of the header zone that is most like a headline: said twice, long enough, near the text."""
    best, best_score = "", 0.0
    said = [normalised(block.text) for block in blocks]
    again_and_again = refrains(blocks)
    ends = [*range(len(blocks))[:_NEAR], *range(len(blocks))[_NEAR:][-_NEAR:]]
    for at in range(min(begin + 1, len(blocks), 60)):
        block, shape = blocks[at], shapes[at]
        sentence = shape in ("prose", "sentence")
        if DRAWN & block.marks or not may_be_headline(block.text, shape) or not 1 <= block.words <= _HEADING_WORDS:
            continue
        if block.text in again_and_again:
            continue
        is_long = shape == "prose" and block.words > _LONG  # two sentences may be alike and are no headline
        again = any(said[at] == said[n] if is_long else alike(said[at], said[n]) for n in ends if n != at)
        if sentence and (
            (at == begin and not again) or (_STOPPED.search(block.text) and not again and block.words > 14)
        ):
            continue
        if shape == "headline" and begin == len(blocks):
            return block.text  # no line is near the text where none is surely text: the first one counts
        score = (
            min(block.words, 9) / 3
            + 4 * (again and block.words > 2)
            - 0.15 * max(0, begin - at - 1) * (block.words < 5)
        )
        score -= 1.5 * (sentence and not block.text.endswith("?"))
        if score > best_score:
            best, best_score = block.text, score
    return as_title(best)


def _verdict(block: Block, shape: str, title: str) -> tuple[Verdict, str] | None:
    if "address" in block.marks:
        return Verdict.BOILERPLATE, "a link's address"
    if title and block.words <= _HEADING_WORDS + 5:
        said, known = normalised(block.text), normalised(title)
        if said == known or (alike(said, known) and not (shape == "prose" and block.words > _LONG)):
            return Verdict.BOILERPLATE, "the title"
    if shape == "phrase":
        kind = "related" if phrases.is_pointer(block.text) else phrases.kind_of(block.text)
        return (Verdict.BOILERPLATE, f"phrase: {kind}") if phrases.is_certain(kind) else None
    return None


def _heads_a_list(text: str) -> bool:
    """Whether a known phrase is of what stands below it; one that points to something has said it."""
    return phrases.kind_of(text) in ("popular", "related") and not phrases.is_pointer(text)


def _in_header(block: Block, shape: str) -> tuple[Verdict, str] | None:
    if shape == "date":
        return Verdict.BOILERPLATE, "a date above the text"
    if shape == "byline":
        return Verdict.BOILERPLATE, "the byline"
    if shape in ("phrase", "parted", "short", "item"):
        return Verdict.BOILERPLATE, "a short line above the text"
    if shape == "headline" and block.words < 8:
        return Verdict.BOILERPLATE, "a short line above the text"
    return None


def _last(blocks: Sequence[Block], shapes: Sequence[str], prose: list[int]) -> int:
    """The last line of the body: sentences and list items may follow the last prose, until something else does."""
    at = prose[-1]
    while at + 1 < len(blocks) and shapes[at + 1] in ("sentence", "item"):
        at += 1
    return at


def _without_prose(block: Block, shape: str, title: str) -> tuple[Verdict, str]:
    verdict = _verdict(block, shape, title)
    if verdict:
        return verdict
    if shape in ("date", "byline", "phrase", "parted"):
        return Verdict.BOILERPLATE, f"a {shape} line"
    if shape in ("sentence", "item"):
        return Verdict.CONTENT, "a short sentence"
    return Verdict.BOILERPLATE, "a short line in a text without prose"


def alike(one: str, other: str) -> bool:
    """Whether two normalised lines say the same, or nearly."""
    if not one or not other:
        return False
    if one == other:
        return True
    if not 12 <= len(one) <= 300 or not 0.8 < len(one) / len(other) < 1.25:
        return False
    ours, theirs = Counter(one.split()), Counter(other.split())
    if min(len(ours), len(theirs)) < 4:  # few words, or a script without blanks: the letters decide
        ours, theirs = Counter(one), Counter(other)
        return one[:4] == other[:4] and 2 * (ours & theirs).total() >= 0.95 * (ours.total() + theirs.total())
    return 2 * (ours & theirs).total() >= _SAME * (ours.total() + theirs.total())
