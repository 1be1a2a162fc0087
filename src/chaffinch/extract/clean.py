"""Kept blocks become an article's HTML and text, in allowed tags only.

Nothing of the page's own block markup is copied: structure is rebuilt from where each block stood. The output passes
`nh3.clean` with `allowed.ALLOWED` unchanged, and cleaning it once more changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chaffinch.model import Block

_CONTAINERS = {
    "blockquote": "blockquote", "dd": "dd", "dl": "dl", "dt": "dt", "figcaption": "figcaption", "figure": "figure",
    "li": "li", "menu": "ul", "ol": "ol", "table": "table", "td": "td", "th": "th", "tr": "tr", "ul": "ul",
}  # fmt: skip
_WITHIN = {
    "dd": ("dl",),
    "dt": ("dl",),
    "figcaption": ("figure",),
    "li": ("ol", "ul"),
    "td": ("tr",),
    "th": ("tr",),
    "tr": ("table",),
}
"""What an element may stand in; elsewhere only its contents stay."""
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}
"""The title is the article's only first heading, and stands outside."""
_DEEPEST = 24
_LAYOUT_WORDS = 70
"""Words; a table whose cells hold more on average is there for the layout."""


_Chains = dict[str, tuple[tuple[str, str], ...]]
"""For each path the containers on the way, as the path that leads to each and what it is written as."""


@dataclass(slots=True)
class _Part:
    tag: str
    key: str = ""
    block: Block | None = None
    span: tuple[int, int] = (1, 1)
    parts: list[_Part] = field(default_factory=list)


@dataclass(slots=True)
class Cleaned:
    html: str
    text: str


def write(blocks: Iterable[Block]) -> Cleaned:
    """The blocks as clean HTML, and as text with a block a line; a text has no pictures, and so no captions of them."""
    root = _planted(blocks)
    html = "\n".join(filter(None, map(_block_html, _ordered(root))))
    text = "\n".join(filter(None, (line for part in _ordered(root) for line in _lines(part))))
    return Cleaned(html, text)


def _planted(blocks: Iterable[Block]) -> _Part:
    root = _Part("")
    chains: _Chains = {"": ()}
    for block in blocks:
        here = root
        chain = _chain(block.path, chains)
        if not block.html and not (chain and chain[-1][1] in ("td", "th")):
            continue
        for key, tag in chain:
            if not here.parts or here.parts[-1].key != key:
                here.parts.append(_Part(tag, key, span=block.span))
            here = here.parts[-1]
        here.parts.append(_Part("", block=block))
    return root


def _chain(path: str, known: _Chains) -> tuple[tuple[str, str], ...]:
    """The containers on the way to a block, outermost first, each in what it may stand in."""
    if path not in known:
        before, _, step = path.rpartition("/")
        chain = _chain(before, known)
        above = chain[-1][1] if chain else ""
        tag = _CONTAINERS.get(step.partition("[")[0], "")
        stands = tag and len(chain) < _DEEPEST and (tag not in _WITHIN or above in _WITHIN[tag])
        if stands and (above != "tr" or tag in ("td", "th")):
            chain = (*chain, (path, tag))
        known[path] = chain
    return known[path]


def _ordered(part: _Part) -> Iterator[_Part]:
    """What stands in a part, with what is not worth an element of its own replaced by its contents."""
    for child in part.parts:
        if child.block:
            if child.block.html or part.tag in ("td", "th"):
                yield child
        elif _stands(child) and (child.tag != "figcaption" or _stands(part)):
            yield child
        else:
            yield from _ordered(child)


def _stands(part: _Part) -> bool:
    if part.tag == "table":
        return _is_table(part)
    if part.tag == "figure":
        return any(leaf.block and leaf.block.tag in ("img", "pre") for leaf in _leaves(part))
    return part.tag in ("blockquote", "dl", "ol", "ul") or (part.tag in _WITHIN and part.tag not in ("tr", "td", "th"))


def _is_table(table: _Part) -> bool:
    rows = [row for row in table.parts if row.tag == "tr"]
    cells = [cell for row in rows for cell in row.parts if cell.tag in ("td", "th")]
    if len(rows) != len(table.parts) or len(rows) < 2 or len(cells) != sum(len(row.parts) for row in rows):
        return False
    leaves = [leaf.block for leaf in _leaves(table) if leaf.block]
    nested = any("/table" in leaf.path[len(table.key) :] for leaf in leaves)
    words = sum(leaf.words for leaf in leaves)
    return not nested and max(len(row.parts) for row in rows) >= 2 and words <= _LAYOUT_WORDS * len(cells)


def _leaves(part: _Part) -> Iterator[_Part]:
    for child in part.parts:
        if child.block:
            yield child
        else:
            yield from _leaves(child)


def _block_html(part: _Part) -> str:
    if part.block:
        return _leaf_html(part.block)
    inside = list(_ordered(part))
    if part.tag in ("ul", "ol"):
        items = "\n".join(item if item.startswith("<li>") else f"<li>{item}</li>" for item in map(_item, inside))
        return f"<{part.tag}>\n{items}\n</{part.tag}>"
    if part.tag == "dl":
        items = "\n".join(
            item if item.startswith(("<dt>", "<dd>")) else f"<dd>{item}</dd>" for item in map(_item, inside)
        )
        return f"<dl>\n{items}\n</dl>"
    if part.tag == "table":
        rows = "\n".join(
            f"<tr>{''.join(_cell(cell, len(part.parts) - at) for cell in row.parts)}</tr>"
            for at, row in enumerate(part.parts)
        )
        return f"<table>\n<tbody>\n{rows}\n</tbody>\n</table>"
    if part.tag == "figure":
        return f"<figure>{''.join(_in_figure(child) for child in inside)}</figure>"
    if part.tag == "blockquote":
        return "<blockquote>\n" + "\n".join(map(_block_html, inside)) + "\n</blockquote>"
    return _holding(part.tag, inside)


def _cell(cell: _Part, rows: int) -> str:
    """A cell of a table with so many rows from here on: below the last one it would push what follows aside."""
    columns, deep = cell.span[0], min(cell.span[1], rows)
    attributes = f' colspan="{columns}"' * (columns > 1) + f' rowspan="{deep}"' * (deep > 1)
    return _holding(cell.tag, list(_ordered(cell)), attributes)


def _item(part: _Part) -> str:
    if part.block:
        return _leaf_html(part.block) if part.block.tag in ("img", "pre", *_HEADINGS) else part.block.html
    return _block_html(part)


def _in_figure(part: _Part) -> str:
    if part.block and part.block.tag == "img":
        return part.block.html
    return _block_html(part)


def _holding(tag: str, inside: list[_Part], attributes: str = "") -> str:
    """An element that may hold either one run of text or blocks."""
    leaves = [part for part in inside if part.block and part.block.tag not in ("img", "pre", *_HEADINGS)]
    alone = leaves[0] if len(leaves) == 1 and inside[0] is leaves[0] else None
    written = "".join(part.block.html if part is alone and part.block else _block_html(part) for part in inside)
    return f"<{tag}{attributes}>{written}</{tag}>"


def _leaf_html(block: Block) -> str:
    if block.tag == "img":
        return f"<figure>{block.html}</figure>"
    if block.tag in ("pre", "listing", "xmp"):
        return f"<pre>{block.html}</pre>"
    if not block.html:
        return ""
    tag = _HEADINGS.get(block.tag, "p")
    return f"<{tag}>{block.html}</{tag}>"


def _lines(part: _Part) -> Iterator[str]:
    if part.block:
        yield part.block.text
    elif part.tag == "table":
        for row in part.parts:
            yield " | ".join(" ".join(_flat(cell)) for cell in row.parts)
    else:
        has_picture = part.tag == "figure" and any(leaf.block and leaf.block.tag == "img" for leaf in _leaves(part))
        for child in _ordered(part):
            if not (has_picture and child.tag == "figcaption"):
                yield from _lines(child)


def _flat(part: _Part) -> Iterator[str]:
    for leaf in _leaves(part):
        if leaf.block and leaf.block.text:
            yield re.sub(r"\s+", " ", leaf.block.text)
