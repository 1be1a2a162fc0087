"""A feed's landing page tells people what it is, what stands in it, how to subscribe."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from chaffinch.config import Press
from chaffinch.model import Feed, Format
from chaffinch.pages import Templates
from chaffinch.publish.channel import FORMAT_TYPES, Channel
from chaffinch.publish.entry import Entry

SHOWN = 12
"""How many of the last entries stand on the page with their summaries; of the others the titles do."""

FORMAT_NAMES = {Format.ATOM: "Atom", Format.RSS: "RSS", Format.JSON: "JSON Feed"}

READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={}"),
    ("NewsBlur", "https://www.newsblur.com/?url={}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={}"),
)
"""Readers on the web that take a feed's address in a link; `{}` is the address, quoted."""


def landing(
    feed: Feed,
    channel: Channel,
    entries: Sequence[Entry],
    press: Press,
    templates: Templates,
    index: bool,
    archived: bool,
) -> bytes:
    """The page, self-contained; `archived`: the feed has archive pages. Raises TemplateError."""
    address = channel.addresses[Format.ATOM]
    here = templates.tongue(press.language).say("Any reader on this device")
    values = {
        **chrome(press, index),
        "feed": feed,
        "channel": channel,
        "formats": [(FORMAT_NAMES[f], channel.addresses[f], FORMAT_TYPES[f]) for f in Format],
        "readers": [(here, "feed:" + address)]
        + [(name, link.format(quote(address, safe=""))) for name, link in READERS],
        "entries": entries[:SHOWN],
        "earlier": entries[SHOWN:],
        "archived": archived,
        "held": len(entries),
    }
    return templates.render("web/feed.html", values).encode("utf-8", "replace")


def chrome(press: Press, index: bool) -> dict[str, object]:
    """What every page is told: the press, the path it is below (`""` or `/sub`), whether it may be indexed."""
    return {"press": press, "root": urlsplit(press.base_url).path.rstrip("/"), "index": index, "lang": press.language}
