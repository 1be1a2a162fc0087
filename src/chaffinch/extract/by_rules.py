"""The owner's selectors come first and win."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import soupsieve
from bs4 import BeautifulSoup
from bs4.element import Tag
from lxml import html

from chaffinch.errors import ConfigError
from chaffinch.model import Rules, Verdict

Ruled = Mapping[html.HtmlElement, tuple[Verdict, str]]


def check(rules: Rules) -> None:
    """Raises ConfigError with a line for each selector that is not one."""
    problems = [
        f"{key}: {problem}" for key in ("keep", "drop") for s in getattr(rules, key) if (problem := _problem(s))
    ]
    if problems:
        raise ConfigError(*problems)


def ruled(root: html.HtmlElement, rules: Rules) -> Ruled:
    """The elements that a selector names, each with its verdict; what both name is dropped. Raises ConfigError."""
    if not rules.keep and not rules.drop:
        return {}
    check(rules)
    soup, twins = _mirrored(root)
    found: dict[html.HtmlElement, tuple[Verdict, str]] = {}
    for verdict, key, selectors in ((Verdict.CONTENT, "keep", rules.keep), (Verdict.BOILERPLATE, "drop", rules.drop)):
        for selector in selectors:
            for tag in soupsieve.select(selector, soup):
                found[twins[id(tag)]] = (verdict, f"rule: {key} {selector}")
    return found


def verdicts(elements: Sequence[html.HtmlElement], found: Ruled) -> list[tuple[Verdict, str] | None]:
    """For each element what the nearest rule around it says."""
    if not found:
        return [None] * len(elements)
    return [
        next((found[up] for up in (element, *element.iterancestors()) if up in found), None) for element in elements
    ]


def _problem(selector: str) -> str:
    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        return f"{selector!r} is no CSS selector: {str(error).splitlines()[0]}"
    return ""


def _mirrored(root: html.HtmlElement) -> tuple[BeautifulSoup, dict[int, html.HtmlElement]]:
    """The tree as Beautiful Soup's, element for element: soupsieve reads no other."""
    soup = BeautifulSoup("", "html.parser")
    twins: dict[int, html.HtmlElement] = {}
    stack: list[tuple[html.HtmlElement, Tag]] = [(root, soup)]
    while stack:
        element, parent = stack.pop()
        tag = Tag(soup, name=element.tag, attrs=_attributes(element))  # type: ignore[arg-type] # a class is a list
        parent.append(tag)
        twins[id(tag)] = element
        if element.text:
            tag.append(element.text)
        stack.extend((child, tag) for child in reversed(element) if isinstance(child.tag, str))
    return soup, twins


def _attributes(element: html.HtmlElement) -> dict[str, str | list[str]]:
    return {name: value.split() if name == "class" else value for name, value in element.attrib.items()}
