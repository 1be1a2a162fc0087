"""An article's title, without what the site adds to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import unescape
from itertools import islice

from chaffinch.text import count_words, normalised, one_line

_BREAK = re.compile(r"\s+[|–—•·»«›‹:/\\~-]+\s+|\s*\|+\s*|\s*::\s*|\s+[-–—]\s*$")
_WIDE_BREAK = re.compile(rf"{_BREAK.pattern}|\s*[_｜]+\s*|(?<!\d)\s*[-–—]+\s*(?!\d)")
"""In scripts without blanks none stand around it."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_BAR = "|"
"""What a page's title begins with where only the site's name stands in it, or where a theme writes the bar first."""
_LEADING = re.compile(r"^(?:[|»›>•·/]+\s+)+")
"""What some themes write before each title."""
_MANY = 50
"""Headings; of more no page needs to be asked which is its own."""
_TWICE = re.compile(r"&(?:amp|apos|quot|#\d{2,5});")
_HANDLES = " ¶§🔗"
"""What a heading shows behind its words as a link to itself."""
_LONGEST = 400
_A_HEADLINE = 4
"""Words; a heading of fewer may be a rubric or a site's name."""
_NO_HEADLINE = 30
_LABELLED = re.compile(r"[^\W\d_]+: ")
_AKIN = 0.2
"""Share of a heading's words that what is told must have: the two are often worded for readers and for searchers."""


def choose(
    headings: Iterable[str],
    told: Iterable[str],
    site: Iterable[str],
    headline: str = "",
    *,
    lesser: Iterable[str] = (),
) -> str:
    """The title: a heading that stands within what the page tells others, else what it tells, without the site's name.

    `headings` are the page's h1, `told` its og:title, twitter:title and title element, best first; `headline` is
    JSON-LD's. Of `lesser` headings one is the title where no h1 is: it says what a page's title begins with, or what
    stands there behind the site's name.
    """
    headings = [
        line for line in (_once(one_line(h).rstrip(_HANDLES))[:_LONGEST] for h in islice(headings, _MANY)) if line
    ]
    lesser = [one_line(heading)[:_LONGEST] for heading in islice(lesser, _MANY)]
    lines = [line for line in (one_line(_decoded(line))[:_LONGEST] for line in told) if line]
    told = [*_without_marks(lines, {normalised(heading) for heading in (*headings, *lesser)})]
    names = {normalised(name) for name in site if name}
    plain_told = [normalised(line) for line in told]
    stripped = [without_site(line, names) for line in told]
    pieces = [[normalised(piece) for piece in _break(line).split(line)] for line in told]
    fitting = _beginning(headings, lesser, told, pieces, names)
    fitting += [
        h for h in headings if normalised(h) not in names and any(_within(normalised(h), t) for t in plain_told)
    ]
    if fitting:
        first = fitting[0]
        if normalised(first) not in (begin for begin, *_ in pieces) and _is_at_the_end(first, pieces):
            first = next((heading for heading in fitting if count_words(heading) >= _A_HEADLINE), first)
        return _not_shouted(first, stripped)
    for heading in headings:
        if normalised(heading) == normalised(headline) and headline:
            return heading
    alone = list(dict.fromkeys(heading for heading in headings if normalised(heading)))
    if len(alone) == 1 and normalised(alone[0]) not in names and _is_headline(alone[0], stripped):
        return alone[0]
    if headline and any(_within(normalised(line), normalised(headline)) for line in stripped[:1]):
        return one_line(headline)[:_LONGEST]
    for line in stripped:
        if line and normalised(line) not in names:
            return line
    return one_line(headline)[:_LONGEST] or next(iter(headings), "") or _LEADING.sub("", next(iter(lines), ""))


def _beginning(
    headings: Sequence[str],
    lesser: Sequence[str],
    told: Sequence[str],
    pieces: Sequence[Sequence[str]],
    names: set[str],
) -> list[str]:
    """The headings that say what the page tells up to a break.

    One word is believed where there is no other h1, and only the site's name behind the break. Lesser ones are where no
    h1 may be the headline.
    """
    if not told:
        return []
    own = [heading for heading in headings if normalised(heading) not in names]
    begin = {first for first, *_ in pieces}
    found = [h for h in own if count_words(h) >= _A_HEADLINE and normalised(h) in begin]
    is_word = bool(own) and len(set(map(normalised, headings))) == 1 and count_words(own[0]) == 1
    if not found and is_word and normalised(own[0]) == pieces[0][0]:
        behind = [h for h in lesser if count_words(h) >= _A_HEADLINE and normalised(h) in pieces[0][1:-1]]
        found = behind or own[: len(pieces[0]) == 2]
    if found or any(_may_be(heading, told, pieces) for heading in own):
        return found
    return _lesser(lesser, told[0], names)


def _without_marks(told: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """What the page tells, without marks before it; behind a bar only what begins as one of the page's headings."""
    for line in told:
        rest = _LEADING.sub("", line)
        if rest and (line[0] != _BAR or normalised(_break(rest).split(rest)[0]) in known):
            yield rest


def _lesser(headings: Sequence[str], told: str, names: set[str]) -> list[str]:
    """Those that stand before a break or a colon of the page's title, or last and behind the site's name."""
    pieces = _break(told).split(told)
    begin, longer = normalised(pieces[0]), _before_colons(told, names)
    found = [heading for heading in headings if count_words(heading) > 1 and normalised(heading) == begin]
    found = found or [h for h in headings if count_words(h) >= _A_HEADLINE and normalised(h) in longer]
    if not found and len(pieces) == 2 and _names_site(pieces[0], names):
        last = normalised(pieces[-1])
        found = [h for h in headings if count_words(h) >= _A_HEADLINE and normalised(h) == last]
    return [heading for heading in found if normalised(heading) not in names]


def _before_colons(told: str, names: set[str]) -> list[str]:
    """What stands before each colon of a title that ends in the site's name behind one: `A calm day: Ferries: Quay`."""
    *parts, last = told.split(": ")
    if not parts or not _names_site(last, names):
        return []
    return [normalised(": ".join(parts[: n + 1])) for n in range(len(parts))]


def _is_at_the_end(heading: str, pieces: Iterable[Sequence[str]]) -> bool:
    """Whether it is a few words of the last piece of what is told, where sites tell their names."""
    plain = normalised(heading)
    return count_words(heading) < _A_HEADLINE and any(_within(plain, last) for *_, last in pieces)


def _may_be(heading: str, told: Sequence[str], pieces: Sequence[Sequence[str]]) -> bool:
    """Whether an h1 is of what the page tells, and is not a few words at its end."""
    plain = normalised(heading)
    if _is_at_the_end(heading, pieces):
        return False
    is_told = any(_within(plain, normalised(line)) for line in told) or any(
        _within(first, plain) for first, *_ in pieces
    )
    return is_told or _is_headline(heading, told)


def _decoded(told: str) -> str:
    """The title, of which tools wrote apostrophes and ampersands in code twice; other code may be what it is about."""
    return _TWICE.sub(lambda found: unescape(found[0]), told)


def _once(heading: str) -> str:
    """The heading, of which some themes write a second copy for small screens."""
    words = heading.split()
    half = len(words) // 2
    is_twice = half >= _A_HEADLINE - 1 and words[:half] == words[half:]
    return " ".join(words[:half]) if is_twice else heading


def _not_shouted(heading: str, told: Iterable[str]) -> str:
    """The heading, as the page tells it where it stands in capitals."""
    plain = normalised(heading)
    return next((line for line in told if heading.isupper() and normalised(line) == plain), heading)


def without_site(title: str, names: set[str]) -> str:
    """The title without the parts at its ends that name the site, or are short beside the rest."""
    is_wide = _is_wide(title)
    pieces = [(m.start(), m.end()) for m in _break(title).finditer(title)]
    for start, end in reversed(pieces):
        left, right = title[:start], title[end:]
        if _names_site(right, names) and len(left.split()) >= 1:
            return without_site(left, names)
    if pieces:
        start, end = pieces[0]
        if _names_site(title[:start], names) and title[end:].strip():
            return without_site(title[end:], names)
        start, end = pieces[-1]
        left, right = title[:start], title[end:]
        separator = title[start:end]
        is_bar = any(mark in separator for mark in "|｜_")
        if (
            count_words(left) >= (3 if is_bar else 4)
            and 0 < count_words(right) <= (8 if is_bar else 4)
            and ":" not in separator
            and len(right) < len(left) * (2 if is_bar else 1 if is_wide else 0.5)
        ):
            rest = without_site(left, names)
            more = left[len(rest) :].strip()
            is_more = is_wide or (more[:1] in ("|", "｜") and count_words(more) < _A_HEADLINE)
            return rest if is_more else left.strip()
    return title.strip()


def _is_wide(title: str) -> bool:
    return len(_WIDE.findall(title)) > len(title) // 3


def _break(title: str) -> re.Pattern[str]:
    """What parts the title from what the site adds, as its script does that."""
    return _WIDE_BREAK if _is_wide(title) else _BREAK


def _names_site(part: str, names: set[str]) -> bool:
    plain = normalised(part)
    if not plain:
        return True
    squeezed = plain.replace(" ", "")
    return any(
        name and (plain == name or squeezed == name.replace(" ", "") or (len(name) > 5 and plain.startswith(name)))
        for name in names
    )


def _is_headline(heading: str, told: Iterable[str]) -> bool:
    """Whether the page's only heading is of what the page tells, in other words."""
    plain = normalised(heading)
    words = plain.split()
    if len(words) > _NO_HEADLINE or (heading.isupper() and len(words) > 1):
        return False
    if len(words) < _A_HEADLINE and not (len(words) == 1 and not plain.isascii() and len(plain) > 2 * _A_HEADLINE):
        return False
    parts = words if len(words) > 1 else list(plain)
    for line in map(normalised, told):
        known = set(line.split() if len(words) > 1 else line)
        if known:
            return sum(part in known for part in parts) >= _AKIN * len(parts) and not _is_adorned(heading, line)
    return False


def _is_adorned(heading: str, told: str) -> bool:
    """Whether the heading is what is told with a rubric before it, or with a date or a number at it."""
    plain = normalised(heading)
    if len(told.split()) < _A_HEADLINE - 1 or not _within(told, plain):
        return False
    rest = plain.replace(told, "", 1)
    return (plain.endswith(told) and _LABELLED.match(heading) is not None) or any(map(str.isdigit, rest))


def _within(short: str, long: str) -> bool:
    return bool(short) and (
        short == long or ((len(short.split()) >= 2 or len(short) >= 8) and f" {short} " in f" {long} ")
    )
