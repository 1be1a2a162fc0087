"""What the classifier is told of each block, as one row of numbers.

The same function serves training and use; the model's file names the columns it was trained on, so a change
here without a new model is noticed when the model is loaded.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import phrases
from chaffinch.extract.segment import Cut
from chaffinch.model import Metadata
from chaffinch.text import normalised

Rows = NDArray[np.float32]

FAMILIES: dict[str, str] = {
    "advert": r"(?:^|[^a-z])ad(?:s|v|vert|vertisement|unit|slot|box)?(?:[^a-z]|$)"
    r"|sponsor|banner|promo|outbrain|taboola|dfp",
    "article": r"article|artikel|articulo|story|hentry|news-?text|blogpost",
    "author": r"author|byline|bio(?:[^a-z]|$)|autor|writer|contributor",
    "body": r"body|content|inhalt|entry|text|copy|prose|rich|wysiwyg|markdown|paragraph",
    "breadcrumb": r"breadcrumb|crumb|pathway",
    "card": r"card|teaser|tile|thumb|listing|grid|item(?:[^a-z]|$)|feed|loop|archive",
    "caption": r"caption|credit|figure|legend|photo|image|gallery|media",
    "comment": r"comment|disqus|respond|reply|discussion|kommentar",
    "consent": r"cookie|consent|gdpr|privacy|ccpa|onetrust",
    "cta": r"cta|call-to|button|btn|trial|demo|signup|sign-up|download|pricing|shop|product|cart|price",
    "date": r"date|time(?!line)|publish|meta(?:[^a-z]|$)|info|dateline",
    "faq": r"faq|accordion|collaps|toggle|question|answer",
    "footer": r"foot|bottom|colophon|copyright|legal|impressum|disclaimer",
    "form": r"form|login|register|search|input|field|captcha",
    "head": r"header|masthead|topbar|top-bar|hero|branding|logo",
    "headline": r"headline|title|heading|kicker|dek|standfirst|subhead",
    "intro": r"lead|intro|summary|abstract|excerpt|teaser-?text|deck",
    "main": r"main|primary|center|single|post(?!er|al)|page-content|detail",
    "menu": r"nav|menu|submenu|dropdown|tabs?(?:[^a-z]|$)|topics|channel|mega",
    "modal": r"modal|popup|overlay|lightbox|dialog|tooltip"
    r"|toast|alert|notice|drawer|offcanvas|sr-only|screen-reader|visually",
    "newsletter": r"newsletter|subscri|optin|opt-in|mailchimp|abo(?:[^a-z]|$)|paywall|premium|membership|hubspot",
    "pages": r"pag(?:er|ing|ination)|prev|next|load-?more|read-?more|more-?link",
    "quote": r"quote|zitat|testimonial|review|rating|pullquote|cite",
    "related": r"relat|recommend|similar|also|popular|trending|most|latest|recent|further|mehr|weitere"
    r"|suggest|upnext|recirc|read-?next",
    "share": r"shar(?:e|ing)|social|facebook|twitter|whatsapp|addthis|follow|sns",
    "side": r"side|aside|widget|rail|column-right|right-col|secondary|complementary|related-col",
    "table": r"table|toc(?:[^a-z]|$)|contents|index|spec|list",
    "tags": r"tag(?:s|ged)?(?:[^a-z]|$)|categor|label|keyword|topic|taxonom|badge",
}  # fmt: skip
"""What class and id names speak of. Sorted; their order is part of the model."""

_FAMILY = [(re.compile(pattern), 1 << bit) for bit, pattern in enumerate(FAMILIES.values())]
_TAGS = {name: bit for bit, names in enumerate((
    ("p",), ("div",), ("li",), ("h1",), ("h2",), ("h3",), ("h4", "h5", "h6"), ("td", "th"), ("section", "article",
    "main"),
    ("span", "body"), ("figcaption", "caption"), ("pre",), ("blockquote",), ("dt", "dd"), ("button",), ("img",),
    ("footer", "header", "nav", "aside"), ("form", "fieldset"), ("summary", "details"), ("address",), ("center",
    "font"),
)) for name in names}  # fmt: skip
_MARKS = (
    "address", "aside", "button", "caption", "code", "details", "dialog", "figure", "footer", "form", "header",
    "heading", "hidden", "list", "nav", "quote", "table",
)  # fmt: skip
_NEAR = 3
_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_STOP = re.compile(r"[.!?。！？؟।](?=\s|$|[\"'”’»)])|[。！？]")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./:-]\d{1,2}\b")
_BY = re.compile(
    r"(?:by|von|par|por|da|di|от|автор|door|przez|foto|photo|image|credit|source|quelle|bild)\b[: ]", re.IGNORECASE
)
_PERSON = re.compile(
    r"\b(?:you|your|we|our|us|sie|ihre?n?|wir|unsere?n?|vous|votre|nos|notre|tu|tus|su|nuestr[oa]s?)\b", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:said|says|told|was|were|had|sagte|war|wurde|hatte|a déclaré|était|dijo|fue"
    r"|era|ha detto|disse|foi|сказал|был)\b",
    re.IGNORECASE,
)


def rows(cut: Cut, metadata: Metadata) -> tuple[Rows, list[str]]:
    """One row a block, and the names of the columns."""
    table = _Table()
    own = _own(cut, metadata)
    for name, column in own.items():
        table.add(name, column)
    _surroundings(table, cut, own)
    _neighbours(table, own)
    _page(table, own)
    return table.finished()


class _Table:
    def __init__(self) -> None:
        self._names: list[str] = []
        self._columns: list[NDArray[np.float32]] = []

    def add(self, name: str, column: NDArray[np.generic]) -> None:
        self._names.append(name)
        self._columns.append(np.asarray(column, dtype=np.float32))

    def finished(self) -> tuple[Rows, list[str]]:
        return np.stack(self._columns, axis=1), self._names


@lru_cache(maxsize=8192)
def _families(names: str) -> int:
    bits = 0
    for pattern, bit in _FAMILY:
        if pattern.search(names):
            bits |= bit
    return bits


def _own(cut: Cut, metadata: Metadata) -> dict[str, NDArray[np.float32]]:
    """What the blocks say of themselves."""
    title, description = set(normalised(metadata.title).split()), set(normalised(metadata.description).split())
    whole_title = normalised(metadata.title)
    kinds = {kind: n for n, kind in enumerate(phrases.KINDS, 1)}
    seen: dict[str, int] = {}
    lines = []
    for block in cut.blocks:
        text = block.text
        seen[text] = seen.get(text, 0) + 1
        letters = len(text)
        plain = normalised(text) if block.words <= 60 else ""
        tokens = plain.split()
        lines.append((
            block.words, block.linked_words / (block.words or 1), letters, letters / (block.words or 1),
            text.count(",") + text.count("，") + text.count("、"), len(_STOP.findall(text)),
            _END.search(text) is not None,
            text[-1:] == ":", text[-1:] == "?", text[:1].isupper(),
            sum(map(str.isdigit, text[:200])) / (min(letters, 200) or 1),
            sum(map(str.isupper, text[:200])) / (min(letters, 200) or 1), "©" in text,
            "|" in text or "»" in text or "›" in text,
            letters < 80 and _DATE.search(text) is not None, letters < 120 and _BY.match(text) is not None,
            min(len(_PERSON.findall(text[:400])), 8), min(len(_PAST.findall(text[:400])), 8),
            "http" in text or "@" in text,
            kinds.get(phrases.kind_of(text), 0) if block.words <= 18 else 0,
            len(title.intersection(tokens)) / len(tokens) if tokens else 0, plain == whole_title and bool(plain),
            len(description.intersection(tokens)) / len(tokens) if tokens else 0,
            block.html.startswith(("<strong>", "<b>")) and block.html.endswith(("</strong>", "</b>")),
            block.html.startswith(("<em>", "<i>")) and block.html.endswith(("</em>", "</i>")),
            block.html.count("<a "), block.html.count("<br>"), block.tag == "img",
            _TAGS.get(block.tag, len(_TAGS)), block.path.count("/"),
            *(mark in block.marks for mark in _MARKS),
        ))  # fmt: skip
    names = (
        "words", "linked", "letters", "letters_a_word", "commas", "stops", "ends", "colon", "question", "upper",
        "digits",
        "capitals", "copyright", "bar", "date", "by", "person", "past", "address", "phrase", "title", "is_title",
        "description",
        "strong", "emphasised", "links", "breaks", "image", "tag", "depth", *(f"in_{mark}" for mark in _MARKS),
    )  # fmt: skip
    values = np.array(lines, dtype=np.float32).reshape(len(lines), len(names))
    own = {name: values[:, at] for at, name in enumerate(names)}
    own["twice"] = np.array([seen[block.text] if block.words else 0 for block in cut.blocks], dtype=np.float32)
    return own


def _surroundings(table: _Table, cut: Cut, own: dict[str, NDArray[np.float32]]) -> None:
    """What the elements around each block are called and hold."""
    nodes, places = cut.nodes, np.array(cut.places, dtype=np.int64)
    parents = np.array([max(node.parent, 0) for node in nodes], dtype=np.int64)
    named = np.array([_families(node.names) for node in nodes], dtype=np.int64)
    tags = np.array([_TAGS.get(node.tag, len(_TAGS)) for node in nodes], dtype=np.float32)
    above = named.copy()
    for at, parent in enumerate(parents):
        above[at] |= above[parent]  # parents come before their children
    first = np.array([node.first for node in nodes], dtype=np.int64)
    end = np.array([node.end for node in nodes], dtype=np.int64)

    words = own["words"]
    long = np.where((words >= 12) & (own["linked"] < 0.5) & (own["ends"] > 0), words, 0)
    sums = {"words": words, "linked": words * own["linked"], "long": long, "blocks": np.ones_like(words),
            "paragraphs": (own["tag"] == 0) * 1.0, "headings": own["in_heading"], "images": own["image"],
            "short": (words < 6) * 1.0, "dates": own["date"]}  # fmt: skip
    held = {}
    for name, column in sums.items():
        running = np.concatenate(([0.0], np.cumsum(column, dtype=np.float64)))
        held[name] = running[end] - running[first]
    alike: dict[tuple[int, str, str], int] = {}
    keys = [(node.parent, node.tag, node.names) for node in nodes]
    for key in keys:
        alike[key] = alike.get(key, 0) + 1
    twins = np.array([alike[key] for key in keys], dtype=np.float32)

    here = places
    near = named[places]
    for level in range(4):
        if level:
            here = parents[here]
            near = near | named[here]
        total = held["words"][here] + 1
        table.add(f"up{level}_words", np.log1p(held["words"][here]))
        table.add(f"up{level}_linked", held["linked"][here] / total)
        table.add(f"up{level}_long", held["long"][here] / total)
        table.add(f"up{level}_blocks", held["blocks"][here])
        table.add(f"up{level}_mean", held["words"][here] / (held["blocks"][here] + 1))
        table.add(f"up{level}_paragraphs", held["paragraphs"][here])
        table.add(f"up{level}_short", held["short"][here] / (held["blocks"][here] + 1))
        table.add(f"up{level}_images", held["images"][here])
        table.add(f"up{level}_dates", held["dates"][here])
        table.add(f"up{level}_twins", twins[here])
        if level:
            table.add(f"up{level}_tag", tags[here])
        if level in (0, 1, 3):
            for bit, name in enumerate(FAMILIES):
                table.add(f"up{level}_{name}", (near >> bit) & 1)
    for bit, name in enumerate(FAMILIES):
        table.add(f"any_{name}", (above[places] >> bit) & 1)
    _container(table, cut, parents, places, held["long"], first, end, long)


def _container(
    table: _Table,
    cut: Cut,
    parents: NDArray[np.int64],
    places: NDArray[np.int64],
    held: NDArray[np.float64],
    first: NDArray[np.int64],
    end: NDArray[np.int64],
    long: NDArray[np.float32],
) -> None:
    """Where each block stands to the element that holds most of the running text."""
    direct = np.zeros(len(cut.nodes))
    np.add.at(direct, places, long)
    of_children = np.zeros(len(cut.nodes))
    np.add.at(of_children, parents, np.where(np.arange(len(parents)) > 0, direct, 0))
    top = int(np.argmax(of_children + direct)) if len(direct) else 0
    wide = top
    while wide and held[wide] < 0.7 * held[0]:
        wide = int(parents[wide])
    blocks = np.arange(len(places))
    for name, node in (("top", top), ("wide", wide)):
        inside = (blocks >= first[node]) & (blocks < end[node])
        table.add(f"{name}_inside", inside)
        table.add(f"{name}_before", np.maximum(first[node] - blocks, 0))
        table.add(f"{name}_after", np.maximum(blocks - end[node] + 1, 0))
        table.add(f"{name}_at", (blocks - first[node]) / max(1, end[node] - first[node]))
        table.add(f"{name}_share", np.full(len(places), held[node] / (held[0] + 1)))
    ancestors, node = set(), top
    while node:
        ancestors.add(node)
        node = int(parents[node])
    apart = np.zeros(len(cut.nodes))
    for node in range(1, len(cut.nodes)):
        apart[node] = 0 if node in ancestors else apart[parents[node]] + 1
    table.add("apart", apart[places])


def _neighbours(table: _Table, own: dict[str, NDArray[np.float32]]) -> None:
    """What stands before and after."""
    count = len(own["words"])
    for step in [*range(-_NEAR, 0), *range(1, _NEAR + 1)]:
        for name in ("words", "linked", "ends", "in_heading", "phrase", "tag", "date"):
            moved = np.full(count, -1, dtype=np.float32)
            if step < 0:
                moved[-step:] = own[name][:step]
            else:
                moved[:-step] = own[name][step:]
            table.add(f"{name}{step:+d}", moved)
    long = np.where((own["words"] >= 12) & (own["linked"] < 0.5) & (own["ends"] > 0), own["words"], 0)
    running = np.concatenate(([0.0], np.cumsum(long, dtype=np.float64)))
    here = np.arange(count)
    for span in (5, 15):
        table.add(f"long_before{span}", running[here] - running[np.maximum(here - span, 0)])
        table.add(f"long_after{span}", running[np.minimum(here + 1 + span, count)] - running[here + 1])
    heading = np.where(own["in_heading"] > 0, np.arange(count), -1)
    last = np.maximum.accumulate(heading)
    table.add("since_heading", np.arange(count) - last)
    table.add("heading_phrase", np.where(last >= 0, own["phrase"][last], 0))
    h1 = np.where(own["tag"] == _TAGS["h1"], np.arange(count), -1)
    table.add("since_h1", np.arange(count) - np.maximum.accumulate(h1))
    after = np.where(np.isin(own["phrase"], (2, 7, 8)), np.arange(count), -1)  # comment, popular, related
    after = np.maximum.accumulate(after)
    table.add("since_phrase", np.where(after >= 0, np.arange(count) - after, 999))


def _page(table: _Table, own: dict[str, NDArray[np.float32]]) -> None:
    """What kind of page it stands on, and how far down."""
    count = len(own["words"])
    words, total = own["words"], float(own["words"].sum()) + 1
    running = np.cumsum(words)
    long = np.where((words >= 12) & (own["linked"] < 0.5) & (own["ends"] > 0), words, 0)
    so_far = np.cumsum(long)
    table.add("at", np.arange(count) / max(1, count))
    table.add("index", np.arange(count))
    table.add("words_so_far", running / total)
    table.add("long_so_far", so_far / (float(long.sum()) + 1))
    table.add("page_words", np.full(count, np.log1p(total)))
    table.add("page_blocks", np.full(count, count))
    table.add("page_linked", np.full(count, float((words * own["linked"]).sum()) / total))
    table.add("page_long", np.full(count, float(long.sum()) / total))
    table.add("page_longest", np.full(count, float(words.max()) if count else 0))
