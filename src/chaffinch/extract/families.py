"""Class and id names speak of what stands in an element."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

FAMILIES: dict[str, tuple[str, ...]] = {
    "advert": (
        "^ad$", "^adbox$", "^ads$", "^adslot$", "^adunit$", "^adv$", "^advert$", "^advertisement$", "banner", "dfp",
        "outbrain", "promo", "sponsor", "taboola",
    ),
    "article": ("article", "articulo", "artikel", "blogpost", "hentry", "news-text", "newstext", "story"),
    "author": ("author", "autor", "bio$", "byline", "contributor", "writer"),
    "body": (
        "body", "content", "copy", "entry", "inhalt", "markdown", "paragraph", "prose", "rich", "text", "wysiwyg",
    ),
    "breadcrumb": ("breadcrumb", "crumb", "pathway"),
    "card": ("archive", "card", "feed", "grid", "item$", "listing", "loop", "teaser", "thumb", "tile"),
    "caption": ("caption", "credit", "figure", "gallery", "image", "legend", "media", "photo"),
    "comment": ("comment", "discussion", "disqus", "kommentar", "reply", "respond"),
    "consent": ("ccpa", "consent", "cookie", "gdpr", "onetrust", "privacy"),
    "cta": (
        "btn", "button", "call-to", "cart", "cta", "demo", "download", "price", "pricing", "product", "shop", "sign-up",
        "signup", "trial",
    ),
    "date": ("date", "info", "meta$", "publish", "time"),
    "faq": ("accordion", "answer", "collaps", "faq", "question", "toggle"),
    "footer": ("bottom", "colophon", "copyright", "disclaimer", "foot", "impressum", "legal"),
    "form": ("captcha", "field", "form", "input", "login", "register", "search"),
    "head": ("branding", "header", "hero", "logo", "masthead", "top-bar", "topbar"),
    "headline": ("dek", "heading", "headline", "kicker", "standfirst", "subhead", "title"),
    "intro": ("abstract", "deck", "excerpt", "intro", "lead", "summary", "teaser-text", "teasertext"),
    "main": ("center", "detail", "main", "page-content", "post", "primary", "single"),
    "menu": ("channel", "dropdown", "mega", "menu", "nav", "submenu", "tab$", "tabs$", "topics"),
    "modal": (
        "alert", "dialog", "drawer", "lightbox", "modal", "notice", "offcanvas", "overlay", "popup", "screen-reader",
        "sr-only", "toast", "tooltip", "visually",
    ),
    "newsletter": (
        "abo$", "hubspot", "mailchimp", "membership", "newsletter", "opt-in", "optin", "paywall", "premium", "subscri",
    ),
    "pages": (
        "load-more", "loadmore", "more-link", "morelink", "next", "pager", "pagination", "paging", "prev", "read-more",
        "readmore",
    ),
    "quote": ("cite", "pullquote", "quote", "rating", "review", "testimonial", "zitat"),
    "related": (
        "also", "further", "latest", "mehr", "most", "popular", "read-next", "readnext", "recent", "recirc",
        "recommend", "relat", "similar", "suggest", "trending", "upnext", "weitere",
    ),
    "share": ("addthis", "facebook", "follow", "share", "sharing", "sns", "social", "twitter", "whatsapp"),
    "side": (
        "aside", "column-right", "complementary", "rail", "related-col", "right-col", "secondary", "side", "widget",
    ),
    "table": ("contents", "index", "list", "spec", "table", "toc$"),
    "tags": ("badge", "categor", "keyword", "label", "tag$", "tagged$", "tags$", "taxonom", "topic"),
}  # fmt: skip
"""Parts of names; before `^` and behind `$` no letter may stand. The families' order is part of the model."""

_NOT_BEFORE = {"post": ("al", "er"), "time": ("line",)}
"""What makes another word of a part that it follows."""
_PARTS = tuple(
    (part.strip("^$"), part[0] == "^", part[-1] == "$", 1 << bit)
    for bit, parts in enumerate(FAMILIES.values())
    for part in parts
)
_MOST = 16_384
_KNOWN: dict[str, int] = {}
"""Sites use few names many times, and the same on all their pages."""


def of(called: Sequence[str]) -> list[int]:
    """For each element's names the families that one of them is of, a bit for each."""
    split = [names.split() for names in called]
    known = _known({name for names in split for name in names})
    return [_joined(known[name] for name in names) for names in split]


def _known(names: set[str]) -> dict[str, int]:
    known = {name: bits for name in names if (bits := _KNOWN.get(name)) is not None}
    strange = [name for name in names if name not in known]
    learned = dict(zip(strange, _learned(strange), strict=True))
    if len(_KNOWN) + len(learned) > _MOST:
        _KNOWN.clear()
    _KNOWN.update(learned)
    return known | learned


def _learned(names: Sequence[str]) -> list[int]:
    """All names are looked through at once, for one part after the other."""
    line = f" {' '.join(names)} "
    begin = list(accumulate((len(name) + 1 for name in names), initial=1))
    found = [0] * len(names)
    for part, begins, ends, bit in _PARTS:
        at = line.find(part)
        while at >= 0:
            behind = at + len(part)
            is_other = (begins and _is_letter(line[at - 1])) or (ends and _is_letter(line[behind]))
            if not is_other and not line.startswith(_NOT_BEFORE.get(part, ()), behind):
                found[bisect_right(begin, at) - 1] |= bit
            at = line.find(part, behind)
    return found


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def _joined(bits: Iterable[int]) -> int:
    every = 0
    for each in bits:
        every |= each
    return every
