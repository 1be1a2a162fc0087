"""What the elements around each block are called and hold, as numbers."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import wording
from chaffinch.extract.segment import Cut

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


def columns(cut: Cut, own: wording.Columns) -> wording.Columns:
    """For each name a column, with a row for each block."""
    found: wording.Columns = {}
    nodes, places = cut.nodes, np.array(cut.places, dtype=np.int64)
    parents = np.array([max(node.parent, 0) for node in nodes], dtype=np.int64)
    named = np.array([_families(node.names) for node in nodes], dtype=np.int64)
    tags = np.array([wording.TAGS.get(node.tag, len(wording.TAGS)) for node in nodes], dtype=np.float32)
    above = named.copy()
    for at, parent in enumerate(parents):
        above[at] |= above[parent]  # parents come before their children
    first = np.array([node.first for node in nodes], dtype=np.int64)
    end = np.array([node.end for node in nodes], dtype=np.int64)

    words = own["words"]
    long = wording.long(own)
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
        found[f"up{level}_words"] = np.log1p(held["words"][here])
        found[f"up{level}_linked"] = held["linked"][here] / total
        found[f"up{level}_long"] = held["long"][here] / total
        found[f"up{level}_blocks"] = held["blocks"][here]
        found[f"up{level}_mean"] = held["words"][here] / (held["blocks"][here] + 1)
        found[f"up{level}_paragraphs"] = held["paragraphs"][here]
        found[f"up{level}_short"] = held["short"][here] / (held["blocks"][here] + 1)
        found[f"up{level}_images"] = held["images"][here]
        found[f"up{level}_dates"] = held["dates"][here]
        found[f"up{level}_twins"] = twins[here]
        if level:
            found[f"up{level}_tag"] = tags[here]
        if level in (0, 1, 3):
            for bit, name in enumerate(FAMILIES):
                found[f"up{level}_{name}"] = (near >> bit) & 1
    for bit, name in enumerate(FAMILIES):
        found[f"any_{name}"] = (above[places] >> bit) & 1
    _kin(found, keys, parents, places, own, long)
    _container(found, cut, parents, places, held["long"], first, end, long)
    return found


def _kin(
    found: wording.Columns,
    keys: list[tuple[int, str, str]],
    parents: NDArray[np.int64],
    places: NDArray[np.int64],
    own: wording.Columns,
    long: NDArray[np.float32],
) -> None:
    """What the blocks are like, all over the page, that stand in elements of the same name in elements of the same."""
    numbers: dict[tuple[str, str, str], int] = {}
    kin_of = np.array(
        [numbers.setdefault((keys[at][1], keys[at][2], keys[parents[at]][2]), len(numbers)) for at in range(len(keys))],
        dtype=np.int64,
    )[places]
    blocks = np.bincount(kin_of, minlength=len(numbers)).astype(np.float32)
    words = np.bincount(kin_of, weights=own["words"], minlength=len(numbers))
    linked = np.bincount(kin_of, weights=own["words"] * own["linked"], minlength=len(numbers))
    running = np.bincount(kin_of, weights=long, minlength=len(numbers))
    found["kin_blocks"] = blocks[kin_of]
    found["kin_words"] = (words / np.maximum(blocks, 1))[kin_of]
    found["kin_linked"] = (linked / (words + 1))[kin_of]
    found["kin_long"] = (running / (words + 1))[kin_of]
    found["kin_share"] = (running / (float(long.sum()) + 1))[kin_of]


def _container(
    found: wording.Columns,
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
        found[f"{name}_inside"] = inside
        found[f"{name}_before"] = np.maximum(first[node] - blocks, 0)
        found[f"{name}_after"] = np.maximum(blocks - end[node] + 1, 0)
        found[f"{name}_at"] = (blocks - first[node]) / max(1, end[node] - first[node])
        found[f"{name}_share"] = np.full(len(places), held[node] / (held[0] + 1))
    ancestors, node = set(), top
    while node:
        ancestors.add(node)
        node = int(parents[node])
    apart = np.zeros(len(cut.nodes))
    for node in range(1, len(cut.nodes)):
        apart[node] = 0 if node in ancestors else apart[parents[node]] + 1
    found["apart"] = apart[places]


def _families(names: str) -> int:
    bits = 0
    for name in names.split():
        bits |= _family(name)
    return bits


@lru_cache(maxsize=16384)
def _family(name: str) -> int:
    """Sites use few names many times, and the same on all their pages."""
    bits = 0
    for pattern, bit in _FAMILY:
        if pattern.search(name):
            bits |= bit
    return bits
