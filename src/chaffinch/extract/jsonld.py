"""What a page says of its article in JSON-LD (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import html

from chaffinch.text import one_line

Thing = Mapping[str, Any]

_ARTICLES = ("Article", "BlogPosting", "Posting", "Report", "Review", "Recipe", "HowTo", "TechArticle")
_PAGES = ("WebPage", "ItemPage", "VideoObject")
_MAX_SCRIPT = 500_000
_MAX_THINGS = 500


def things(scripts: Iterable[html.HtmlElement]) -> list[Thing]:
    """Every object that the page's JSON-LD scripts describe; what cannot be read is passed over."""
    found: list[Thing] = []
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) < _MAX_SCRIPT:
            found += _objects(_loaded(script.text), 0)
    return found[:_MAX_THINGS]


def article(found: list[Thing]) -> Thing:
    """The object that describes the article; empty where none does."""
    for thing in found:
        if any(kind.endswith(_ARTICLES) for kind in kinds(thing)) and (thing.get("headline") or thing.get("name")):
            return thing
    for thing in found:
        if any(kind.endswith(_PAGES) for kind in kinds(thing)) and thing.get("datePublished"):
            return thing
    return {}


def is_bare_page(thing: Thing) -> bool:
    """Whether it is called a page, and no kind of article."""
    return any(kind.endswith("WebPage") for kind in kinds(thing)) and not any(
        kind.endswith(_ARTICLES) for kind in kinds(thing)
    )


def kinds(thing: Thing) -> list[str]:
    """The thing's types by their short names."""
    said = thing.get("@type")
    return [str(kind).rsplit("/", 1)[-1] for kind in (said if isinstance(said, list) else [said]) if kind]


def names(value: object) -> list[str]:
    """The names in a Person, an Organization, a string or a list of them."""
    if isinstance(value, str):
        return [one_line(value)] if value.strip() else []
    if isinstance(value, Mapping):
        return names(value.get("name"))
    if isinstance(value, list):
        return [name for each in value[:20] for name in names(each)]
    return []


def authors(thing: Thing, found: list[Thing]) -> tuple[list[str], list[str]]:
    """The names of its authors: people and whatever has no type, then organizations."""
    said = thing.get("author") or thing.get("creator")
    people: list[str] = []
    others: list[str] = []
    for each in said[:20] if isinstance(said, list) else [said]:
        if isinstance(each, Mapping) and not each.get("name") and each.get("@id"):
            each = next((other for other in found if other.get("@id") == each["@id"] and other.get("name")), each)
        is_company = isinstance(each, Mapping) and any(kind.endswith("Organization") for kind in kinds(each))
        (others if is_company else people).extend(names(each))
    return people, others


def address(value: object) -> str:
    """The URL in an ImageObject, a string or the first of a list."""
    if isinstance(value, list):
        return next(filter(None, map(address, value[:5])), "")
    if isinstance(value, Mapping):
        return address(value.get("url") or value.get("contentUrl") or value.get("@id"))
    return value.strip() if isinstance(value, str) else ""


def _loaded(script: str) -> object:
    script = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$", "", script.strip())
    try:
        return json.loads(script.rstrip("; \n"), strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(value: object, depth: int) -> Iterator[Thing]:
    if depth > 5:
        return
    if isinstance(value, list):
        for each in value[:_MAX_THINGS]:
            yield from _objects(each, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemReviewed"):
            if isinstance(value.get(key), list | Mapping):
                yield from _objects(value[key], depth + 1)
