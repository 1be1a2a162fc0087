"""A `match` expression says which texts are wanted: `harbour OR "ice dam" AND NOT (sport OR "cup final")`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from chaffinch.errors import ConfigError
from chaffinch.text import normalised, one_line

Match = Callable[[str], bool]
"""Says whether a text is wanted."""

_ELEMENT = re.compile(r'\s*(?:(?P<paren>[()])|"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))')
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_DEPTH = 30
_END = ""


@lru_cache(maxsize=512)
def parse_match(expression: str) -> Match:
    """The expression as a function of a text.

    Words and "quoted phrases" match whole words, whatever their case and punctuation; words side by side must all
    be there. AND, OR and NOT are written in capitals; NOT binds first, then AND, then OR. Raises ConfigError.
    """
    wanted = _Parser(expression).parse()
    return lambda text: wanted(f" {normalised(text)} ")


class _Parser:
    """Recursive descent; each method returns a function of the normalised text with a blank at both ends."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._left = self._read()
        self._depth = 0

    def parse(self) -> Match:
        wanted = self._any()
        if self._next() != _END:
            raise self._wrong("a closing parenthesis has no opening one")
        return wanted

    def _read(self) -> list[str]:
        words, at, text = [], 0, self._expression.rstrip()
        while at < len(text):
            found = _ELEMENT.match(text, at)
            if found is None:
                raise self._wrong("a quotation mark is not closed")
            phrase = found["phrase"]
            words.append(f'"{phrase}' if phrase is not None else found["paren"] or found["word"])
            at = found.end()
        return words

    def _next(self) -> str:
        return self._left[0] if self._left else _END

    def _any(self) -> Match:
        options = [self._all()]
        while self._next() == "OR":
            self._left.pop(0)
            options.append(self._all())
        return options[0] if len(options) == 1 else lambda text: any(option(text) for option in options)

    def _all(self) -> Match:
        parts = [self._one()]
        while self._next() not in ("OR", ")", _END):
            if self._next() == "AND":
                self._left.pop(0)
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda text: all(part(text) for part in parts)

    def _one(self) -> Match:
        element = self._next()
        if element in ("AND", "OR", ")", _END):
            raise self._wrong(f"a word is wanted before {element}" if element else "a word is wanted at the end")
        self._left.pop(0)
        self._depth += 1
        if self._depth > _DEPTH:
            raise self._wrong(f"more than {_DEPTH} levels deep")
        try:
            if element == "NOT":
                unwanted = self._one()
                return lambda text: not unwanted(text)
            return self._group() if element == "(" else self._words(element)
        finally:
            self._depth -= 1

    def _group(self) -> Match:
        inner = self._any()
        if self._next() != ")":
            raise self._wrong("a parenthesis is not closed")
        self._left.pop(0)
        return inner

    def _words(self, element: str) -> Match:
        words = normalised(element)
        if not words:
            raise self._wrong(f"{element} holds no word")
        # Scripts without blanks have no words to be whole.
        sought = words if _UNSPACED.search(words) else f" {words} "
        return lambda text: sought in text

    def _wrong(self, problem: str) -> ConfigError:
        return ConfigError(f'match: {problem}: "{one_line(self._expression)}"')
