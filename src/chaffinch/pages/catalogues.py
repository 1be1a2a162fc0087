"""A language's words stand in a file, `translations/LANGUAGE.po` (GNU gettext's form)."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from chaffinch.errors import InputError, TemplateError
from chaffinch.pages.packaged import packaged_templates
from chaffinch.pages.tongue import ENGLISH, PLACE, Catalogue, Tongue
from chaffinch.text import one_line, shorten, xml_safe

FOLDER = "translations"
SOURCES = "messages.pot"
"""All our sentences, without a language."""

_LARGEST = 1_000_000
"""Octets of a catalogue; ours have a twentieth of that."""
_TRIED = 1_000
"""Numbers that a rule for plurals must stand."""
_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_OPENED = re.compile(r'\s*(?:msg\w+(?:\[\d+\])?\s*)?"')
_CLOSED = re.compile(_OPENED.pattern + r'(?:[^"\\]|\\.)*"\s*')
"""A line with a text in quotes; Babel takes one without its end for a shorter text."""
_MARKUP = re.compile(r"</?[a-z!]|&#?\w+;", re.IGNORECASE)
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNREADABLE = (PoFileError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What Babel raises for files that are none."""


@dataclass(frozen=True, slots=True)
class Read:
    """A catalogue as it was read, without the sentences that cannot be used."""

    catalogue: Catalogue
    problems: Sequence[str] = field(default=())
    """A line for each of those: file, line, what is wrong."""


def tongue(folders: Sequence[Path], language: str) -> Tongue:
    """The tongue for readers of a language: its own, or that of its nearest kin, else English.

    The first folder wins, sentence by sentence. Raises TemplateError when a catalogue cannot be read.
    """
    names = names_of(language)
    there = [(name, folder / FOLDER / f"{name}.po") for name in names for folder in folders]
    found = [(name, path) for name, path in there if path.is_file()]
    if not found:
        english = [folder / FOLDER / "en.po" for folder in folders]
        return Tongue(catalogues=[read(path).catalogue for path in english if path.is_file()])
    best = found[0][0]
    catalogues = [read(path).catalogue for _, path in found]
    return Tongue(best.replace("_", "-"), _locale(best), catalogues)


def files_of(folders: Sequence[Path], language: str) -> list[Path]:
    """The files that `tongue` reads, were they there."""
    return [folder / FOLDER / f"{name}.po" for name in (*names_of(language), "en") for folder in folders]


def names_of(language: str) -> list[str]:
    """What a catalogue for this language may be called, the nearest first: `pt_BR`, `pt`."""
    if not _TAG.fullmatch(language):
        return []
    first, *rest = re.split("[-_]", language)
    parts = [first.lower(), *(part.upper() if len(part) == 2 else part.capitalize() for part in rest)]
    return ["_".join(parts[:length]) for length in range(len(parts), 0, -1)]


def read(path: Path) -> Read:
    """The catalogue in a file. Raises TemplateError with file, line and what is wrong."""
    name = f"templates/{FOLDER}/{path.name}"
    catalog = _catalog(path, name)
    try:
        form = gettext.c2py(str(catalog.plural_expr))
        forms = max(int(catalog.num_plurals), 1)
        odd = [number for number in range(_TRIED) if not 0 <= form(number) < forms]
    except (*_UNREADABLE, ArithmeticError) as error:
        raise TemplateError(f"{name}: its Plural-Forms cannot be used: {one_line(str(error))}") from error
    if odd:
        raise TemplateError(f"{name}: its Plural-Forms say for {odd[0]} a form that there is not")
    said: dict[str, Sequence[str]] = {}
    problems = []
    for message in catalog:
        ids = _several(message.id)
        strings = [one_line(string) for string in _several(message.string)]
        if not ids[0] or not all(strings) or message.fuzzy:
            continue
        wrong = next(_wrong(message, ids), "")
        if not wrong and message.pluralizable and len(strings) != forms:
            wrong = f"{forms} forms are wanted"
        if wrong:
            problems.append(f"{name}:{message.lineno or 0}: {shorten(ids[0], 50)!r}: {wrong}")
        else:
            said[ids[0]] = tuple(strings)
    return Read(Catalogue(said, form), tuple(problems))


def fresh(language: str) -> bytes:
    """A catalogue to be filled: all our sentences, and what GNU gettext wants to know of the language.

    Raises InputError when no such language is known.
    """
    names = names_of(language)
    try:
        locale = Locale.parse(names[0]) if names else None
    except (UnknownLocaleError, ValueError):
        locale = None
    if locale is None:
        raise InputError(f"{language}: no such language is known; names look like fr or pt_BR")
    return written(locale, sentences())


def sentences() -> Catalog:
    """All our sentences."""
    path = packaged_templates() / FOLDER / SOURCES
    return _catalog(path, f"templates/{FOLDER}/{SOURCES}")


def written(locale: Locale | None, messages: Catalog) -> bytes:
    """A catalogue as a file; the same sentences are always the same octets."""
    made = Catalog(locale, header_comment="# The words of Chaffinch's letters and pages.\n#", fuzzy=False)
    for message in messages:
        if message.id:
            made.add(message.id, message.string, user_comments=message.user_comments, flags=message.flags)
    out = io.BytesIO()
    write_po(out, made, width=120, omit_header=True, sort_output=True)
    about = [f"Language: {locale}", f"Plural-Forms: {made.plural_forms}"] if locale else []
    header = ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", *about]
    lines = "".join(f'"{line}\\n"\n' for line in header)
    return f'{made.header_comment}\nmsgid ""\nmsgstr ""\n{lines}\n'.encode() + out.getvalue()


def _catalog(path: Path, name: str) -> Catalog:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"{name}: cannot be read: {error.strerror}") from error
    if len(raw) > _LARGEST:
        raise TemplateError(f"{name}: it is larger than {_LARGEST:,} octets")
    try:
        text = raw.decode("utf-8-sig")
        for at, line in enumerate(text.splitlines(), 1):
            if _OPENED.match(line) and not _CLOSED.fullmatch(line):
                raise TemplateError(f"{name}:{at}: a quote is not closed")
        return read_po(io.StringIO(text), abort_invalid=True)
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise TemplateError(f"{name}:{at}: it is not UTF-8") from error
    except PoFileError as error:
        said = one_line(str(error).rpartition(" on ")[0]) or "cannot be read"
        raise TemplateError(f"{name}:{error.lineno + 1}: {said}") from error
    except _UNREADABLE as error:
        raise TemplateError(f"{name}: is no catalogue: {one_line(str(error))}") from error


def _wrong(message: Message, ids: Sequence[str]) -> Iterator[str]:
    """What is wrong with a translation, the first thing first."""
    places = set(PLACE.findall(" ".join(ids)))
    needed = places - ({"count"} if message.pluralizable else set())
    for string in _several(message.string):
        found = set(PLACE.findall(string))
        yield from (f"{{{place}}} is missing" for place in sorted(needed - found))
        yield from (f"there is no {{{place}}} to put in" for place in sorted(found - places))
        for check, said in _CHECKS:
            if check(string):
                yield said


_CHECKS: Sequence[tuple[Callable[[str], object], str]] = (
    (lambda said: re.search("[{}]", PLACE.sub("", said)), "a brace stands alone"),
    (_MARKUP.search, "it holds markup, which would be shown as it stands"),
    (lambda said: xml_safe(said) != said or _TURNS.search(said), "it holds characters of control"),
)


def _several(said: object) -> list[str]:
    return [str(part or "") for part in said] if isinstance(said, list | tuple) else [str(said or "")]


def _locale(name: str) -> Locale:
    if name == "en":
        return ENGLISH
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return ENGLISH
