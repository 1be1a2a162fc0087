"""The press's feeds as one OPML 2.0 list that readers import."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from chaffinch.config import Press
from chaffinch.model import Feed, Format
from chaffinch.publish.channel import channel_of
from chaffinch.text import xml_safe


def opml(feeds: Sequence[Feed], press: Press) -> bytes:
    """Every feed that is not retired, as its Atom address, in the given order."""
    document = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(document, "head")
    etree.SubElement(head, "title").text = xml_safe(press.title)
    body = etree.SubElement(document, "body")
    for feed in feeds:
        if not (feed.retired or feed.private):
            channel = channel_of(feed, (), press)
            etree.SubElement(
                body,
                "outline",
                {
                    "type": "rss",  # OPML 2.0 says "rss" for every feed, Atom included
                    "text": channel.title,
                    "title": channel.title,
                    "xmlUrl": channel.addresses[Format.ATOM],
                    "htmlUrl": channel.home,
                },
            )
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))
