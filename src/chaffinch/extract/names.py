"""The names that a piece of a line begins with.

What has no capitals, as Arabic, is taken word by word up to a comma.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from chaffinch.extract import creditwords, widenames

_SURE_ROLES, _ROLES = creditwords.words("role"), creditwords.words("role", "rubric role")
_OFFICE = creditwords.words("office")
"""Behind a name the first word of what somebody is."""
_NOBODY = creditwords.words("nobody")
_NO_NAME = creditwords.words("nobody", "no name")
_PARTICLES, _AND = creditwords.words("particle"), creditwords.words("and")
_TITLES = re.compile(r"^the (?=(?:very |right |most )?(?:rev|hon))", re.IGNORECASE)
_DOCTOR = re.compile(r"(?:adv|av|avv|dipl|dott|dr|drs|hab|inż|ing|ir|ks|mag|med|mgr|mr|op|pfr|prof|rev)\.\s(?=\S)")
"""What is written small before a name."""
_CASELESS = re.compile(r"[\u0590-\u0fff\u1000-\u109f]")
"""Letters of the scripts from Hebrew to Burmese, which have no capitals."""
_CASELESS_WORD = re.compile(r"[^\W\d_][\w\u0300-\u0fff\u200c\".'’-]*")
_SIGNED = re.compile(r"^[\"'“”‘’«»*_\s]+|[\"'“”‘’«»*_\s.,;:]+$")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’‘·-])*")
_WROTE = re.compile(r"\((?:now|text|words|texte|texto|testo|tekst|tekst og foto)\b", re.IGNORECASE)
"""Behind a name, where others are credited with something else."""
_PLACE = 5
"""The most words of what may follow a name and a comma."""
_OFFICE_WORDS = 8
"""The most words that say what somebody is."""
_ABBREVIATED = 4
"""Letters; a word of more that ends in a stop ends a sentence."""
_AROUND = ',;:.()[]"“”«»*_'
_INITIAL = re.compile(r"(?:^|[\s.])\w\.$")
_MOST, _CASELESS_MOST = 6, 5
"""The most words of a name."""
_SURELY_FOLLOW, _FOLLOW, _PART_FOLLOW = 8, 6, 16
"""The most words that may follow a name behind a sure label, behind another, and behind a comma or a bracket."""
_LONGEST = 1000
"""Characters of a text whose first names are read."""


def first(text: str) -> tuple[list[str], str]:
    """The names that a text begins with, and what follows them."""
    text = _TITLES.sub("", _SIGNED.sub("", text[:_LONGEST]))
    if not text:
        return [], ""
    if widenames.is_wide(text):
        return widenames.first(text)
    if _CASELESS.match(text):
        return _caseless_names(text)
    title = _DOCTOR.match(text)
    names, rest = _cased_names(text[title.end() if title else 0 :].split())
    return [title[0] + names[0], *names[1:]] if title and names else names, rest


def alone(piece: str) -> list[str]:
    """The names that a piece of a line is and nothing else, but for a role behind."""
    if _CASELESS.match(piece):
        name, _, rest = piece.partition(",") if "," in piece else piece.partition("،")
        words = name.split()
        is_short = 2 <= len(words) <= 4 and len(rest.split()) < 3 and all(map(_CASELESS_WORD.fullmatch, words))
        return [name] if is_short else []
    if widenames.is_wide(piece):
        return [piece] if widenames.is_name(piece) else []
    if not (piece[:1].isupper() or _DOCTOR.match(piece)):
        return []
    names, rest = first(piece)
    if rest and not (creditwords.is_filler(rest) or _WROTE.match(rest) or (rest[0] == "," and _may_follow(rest))):
        return []
    return names if all(map(_is_whole, names)) else []


def are_credible(names: Sequence[str], rest: str, *, surely: bool) -> bool:
    """Whether names behind a label are some, by what follows them; one that says it `surely` is believed more."""
    if not names or rest[:1].isdigit() or any(name.lower() in _NO_NAME for name in names):
        return False
    words = [] if creditwords.is_filler(rest) else rest.split()
    if not words or rest[:1] in ",(–-" or (not names[0].isascii() and widenames.is_wide(names[0])):
        return len(words) <= _PART_FOLLOW
    if " " not in names[0]:
        return False  # "By Popular demand"
    return len(words) <= (_SURELY_FOLLOW if surely else _FOLLOW) or is_role(rest)


def is_role(text: str) -> bool:
    """Whether it says what somebody is."""
    return _has_one_of(_SURE_ROLES, text)


def is_common(name: str, known: Collection[str]) -> bool:
    """Whether a name has a word, small ones aside, that is among the known ones."""
    if widenames.is_wide(name):
        return name in known
    return any(word in known for word in re.findall(r"\w{3,}", name.lower()) if word not in _PARTICLES)


def _cased_names(tokens: list[str]) -> tuple[list[str], str]:
    names: list[str] = []
    at, behind_comma = 0, False
    while at < len(tokens):
        words, end = _run(tokens, at)
        if any(word.lower().strip(".") in _NOBODY for word in words):
            return [], " ".join(tokens)
        if not (name := _name(words, behind_comma=behind_comma)):
            break
        names.append(name)
        at, behind_comma = end, tokens[end - 1][-1] in ",;."
        if at < len(tokens) and _is_and(tokens[at]):
            at, behind_comma = at + 1, False
        elif not behind_comma:
            break
    rest = " ".join(tokens[at:])
    return names, f", {rest}" if rest and at and tokens[at - 1][-1] in ",;" else rest


def _run(tokens: Sequence[str], at: int) -> tuple[list[str], int]:
    """The words from there on that may be one name, and where they end."""
    words: list[str] = []
    for here, each in enumerate(tokens[at:], at):
        core = each.strip(_AROUND)
        low = core.lower()
        if each.islower() and low in _PARTICLES and not (words and low in _AND):
            words.append(core)
            continue
        if each[-1] == ":" or each[0] in "([" or not core[:1].isupper() or any(map(str.isdigit, core)):
            return words, here
        if (low in _SURE_ROLES and each[-1] != ".") or (low in _OFFICE and len(words) > 1):
            return words, here
        words.append(each.strip('"“”«»*_').rstrip(",;:"))
        if each[-1] in ",;" or (each[-1] == "." and len(core) > _ABBREVIATED and core[1:].islower()):
            return words, here + 1
    return words, len(tokens)


def _is_and(word: str) -> bool:
    return word == "+" or (word in _AND and not word.isupper())


def _name(words: list[str], *, behind_comma: bool) -> str:
    """The name that words make, or nothing; behind a comma a place or an office may stand."""
    while words and words[-1].islower():
        words.pop()
    capital = [word for word in words if word[:1].isupper()]
    if not capital or len(words) > _MOST or len("".join(capital)) < 2 or not all(map(_WORD.fullmatch, words)):
        return ""
    if behind_comma and (len(capital) < 2 or any(word.lower().strip(".") in _ROLES for word in capital)):
        return ""
    name = " ".join(words)
    return name if _INITIAL.search(name) else name.rstrip(".")


def _is_whole(name: str) -> bool:
    """Whether a name that stands without a label has a first and a last one, and no word of a rubric."""
    if not name.isascii() and (widenames.is_wide(name) or _CASELESS.match(name)):
        return False
    words = _DOCTOR.sub("", name).split()
    capital = [word for word in words if word[:1].isupper()]
    if not 2 <= len(capital) <= 4 or all(len(word.strip(".")) == 1 for word in capital):
        return False
    plain = {word.lower().strip(".'’") for word in words}
    return not plain & _NO_NAME and not plain & _ROLES


def _may_follow(rest: str) -> bool:
    """Whether what stands behind a name and a comma is a place or an office."""
    return len(rest.split()) <= _PLACE or _is_office(rest)


def _is_office(text: str) -> bool:
    """Whether what follows a name and a comma says what somebody is, though it may say other things elsewhere."""
    return _has_one_of(_ROLES, text)


def _has_one_of(roles: Collection[str], text: str) -> bool:
    words = re.findall(r"[\w-]+", text.lower())
    return 0 < len(words) <= _OFFICE_WORDS and any(word in roles for word in words) and text[-1:] not in ".!?"


def _caseless_names(text: str) -> tuple[list[str], str]:
    name, *rest = re.split(r"\s*[,،؛;(\[|/:]\s*|\s[-–—]\s", text)
    words = name.split()
    return ([name], " ".join(rest)) if 1 <= len(words) <= _CASELESS_MOST and not words[0].isdigit() else ([], text)
