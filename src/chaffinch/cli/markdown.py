"""Clean HTML is written as Markdown."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, NavigableString, Tag

_SPACE = re.compile(r"\s+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}


def markdown(html: str) -> str:
    """The same text in CommonMark; what has no form there (captions, underlining) is written plainly."""
    blocks = [block.rstrip() for block in _blocks(BeautifulSoup(html, "html.parser"), "")]
    return "\n\n".join(block for block in blocks if block.strip())


def _blocks(parent: Tag, indent: str) -> list[str]:
    """The parent's children as blocks; a run of inline ones is one paragraph."""
    found: list[str] = []
    run = ""
    for child in parent.children:
        if isinstance(child, Tag) and (written := _block(child, indent)) is not None:
            found += [indent + run.strip()] if run.strip() else []
            found, run = found + written, ""
        else:
            run += _inline(child)
    return found + ([indent + run.strip()] if run.strip() else [])


def _block(tag: Tag, indent: str) -> list[str] | None:
    """The tag as blocks, or None when it is an inline one."""
    name = tag.name
    if re.fullmatch(r"h[1-6]", name):
        return [f"{indent}{'#' * int(name[1])} {_inside(tag).strip()}"]
    if name in ("ul", "ol"):
        return ["\n".join(_items(tag, indent))]
    if name == "pre":
        return [f"{indent}```\n{tag.get_text()}\n{indent}```"]
    if name == "blockquote":
        inner = "\n\n".join(_blocks(tag, ""))
        return ["\n".join(f"{indent}> {line}".rstrip() for line in inner.splitlines())]
    if name == "hr":
        return [f"{indent}---"]
    if name == "table":
        return ["\n".join(_rows(tag, indent))]
    if name in ("p", "div", "figure", "figcaption", "section", "article", "dl", "dt", "dd"):
        return _blocks(tag, indent)
    return None


def _items(listing: Tag, indent: str) -> list[str]:
    written = []
    for number, item in enumerate(listing.find_all("li", recursive=False), 1):
        mark = f"{number}. " if listing.name == "ol" else "- "
        inner = _blocks(item, indent + " " * len(mark))
        if inner:
            written.append(f"{indent}{mark}{inner[0].lstrip()}")
            written += inner[1:]
    return written


def _rows(table: Tag, indent: str) -> list[str]:
    rows = [
        [_inside(cell).strip().replace("|", "\\|") for cell in row.find_all(["td", "th"])]
        for row in table.find_all("tr")
    ]
    width = max((len(row) for row in rows), default=0)
    lines = [f"{indent}| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return [*lines[:1], f"{indent}|{' --- |' * width}", *lines[1:]] if lines else []


def _inline(node: object) -> str:
    if isinstance(node, NavigableString):
        return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", str(node)))
    if not isinstance(node, Tag):
        return ""
    if node.name == "br":
        return "  \n"
    if node.name == "img":
        return f"![{node.get('alt', '')}]({node.get('src', '')})"
    if node.name == "code":
        return f"`{node.get_text()}`"
    inner = _inside(node)
    if node.name == "a" and node.get("href"):
        return f"[{inner}](<{node['href']}>)"
    mark = _AROUND.get(node.name, "")
    return f"{mark}{inner}{mark}" if inner.strip() else inner


def _inside(tag: Tag) -> str:
    return "".join(_inline(child) for child in tag.children)
