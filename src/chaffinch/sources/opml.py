"""A subscription list names feeds, as feed readers export it (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from chaffinch.errors import ReadError
from chaffinch.sources.safexml import local_name, root_of
from chaffinch.text import one_line
from chaffinch.urls import is_web


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One feed of a subscription list."""

    title: str
    url: str
    html_url: str = ""
    tags: tuple[str, ...] = ()
    """The outlines it stands in, outermost first, and its own categories."""


def read_opml(body: bytes, name: str = "OPML") -> tuple[Subscribed, ...]:
    """The feeds of a list, in its order, each URL once. Raises ReadError, with `name`, for what is no OPML."""
    root, flaw = root_of(body, name)
    if local_name(root) != "opml":
        raise ReadError(f"{name}: no OPML: it begins with <{local_name(root)[:40]}>")
    found: dict[str, Subscribed] = {}
    for outline in root.iter():
        feed = _feed(outline) if local_name(outline) == "outline" else None
        if feed is not None:
            found.setdefault(feed.url, feed)
    if flaw and not found:
        raise ReadError(f"{name}: no OPML: {flaw}")
    return tuple(found.values())


def _feed(outline: etree._Element) -> Subscribed | None:
    said = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
    url = said.get("xmlurl", "").strip()
    # "feed:" is an old habit of browsers: feed:https://… and feed://…
    url = url.removeprefix("feed:") if url.startswith("feed:http") else url.replace("feed://", "http://", 1)
    if not is_web(url):
        return None
    page = said.get("htmlurl", "").strip()
    categories = (part.strip("/ ") for part in said.get("category", "").split(","))
    tags = [*_parents(outline), *(one_line(category) for category in categories)]
    return Subscribed(
        title=_name(said),
        url=url,
        html_url=page if is_web(page) else "",
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
    )


def _parents(outline: etree._Element) -> Iterator[str]:
    for parent in reversed(list(outline.iterancestors())):
        if local_name(parent) == "outline":
            yield _name({str(key).lower(): str(value) for key, value in parent.attrib.items()})


def _name(said: dict[str, str]) -> str:
    return one_line(said.get("text") or said.get("title") or "")
