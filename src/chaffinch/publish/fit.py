"""Words from anywhere are made fit for feeds: what readers stumble over, and validators warn of, is gone."""

from __future__ import annotations

import re

from chaffinch.text import shorten, xml_safe

_UNWANTED = re.compile("[\x7f-\x9f\ufdd0-\ufdef\ufffd]|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0010fffe\U0010ffff]")
"""Control characters that XML 1.0 §2.2 discourages, non-characters, and the mark of a broken decoding."""
_FAR = 50
_MAILBOX = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_MARKUP = re.compile(r"</\w|&#?\w+;?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_ISO_639_1 = re.compile(
    "a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|h[aeiortuyz]|i[adegikostu]|"
    "j[av]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|n[abdeglnorvy]|o[cjmrs]|p[ailst]|qu|r[mnouw]|"
    "s[acdegiklmnoqrstuvw]|t[aeghiklnorstwy]|u[gkrz]|v[eio]|w[ao]|xh|y[io]|z[ahu]"
)


def fit(text: str) -> str:
    """The text without characters that have no place in a feed."""
    return _UNWANTED.sub("", xml_safe(text))


def line(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word's end; of a far longer text the rest is not read."""
    return shorten(fit(text[: _FAR * limit]), limit)


def name(text: str, limit: int) -> str:
    """Somebody's name in one line, without the mail address that may stand behind it."""
    return line(_MAILBOX.sub(" ", text[: _FAR * limit]), limit)


def looks_like_markup(text: str) -> bool:
    """Whether plain text could be taken for HTML: it holds an end tag, or what may be an entity."""
    return _MARKUP.search(text) is not None


def language_tag(language: str | None) -> str | None:
    """The language in the shape of RFC 5646, or None where nobody has registered such a one."""
    if not language or not _LANGUAGE.fullmatch(language):
        return None
    first = language.partition("-")[0].lower()
    return language if len(first) == 3 or _ISO_639_1.fullmatch(first) else None
