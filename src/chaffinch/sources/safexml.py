"""XML of strangers is read without entities, without the network, and not too deep."""

from __future__ import annotations

import codecs

from lxml import etree

from chaffinch.errors import ReadError
from chaffinch.text import one_line


def root_of(body: bytes, name: str) -> tuple[etree._Element, str]:
    """The root element, and the flaw of a document that breaks off or is not well-formed, of which the rest is read.

    Raises ReadError, with `name`, for what is empty, no XML at all, or defines entities.
    """
    if not body.strip():
        raise ReadError(f"{name}: empty, where XML is expected")
    if b"<" not in body and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ReadError(f"{name}: no XML")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(one_line(f"{name}: no XML: {error}")) from error
    if root is None:
        raise ReadError(f"{name}: no XML")
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and dtd.entities():  # type: ignore[union-attr]  # the stubs leave it out
        raise ReadError(f"{name}: it defines entities, which is how XML bombs are built; refused")
    flaws = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR]
    return root, one_line(f"{flaws[0].message}, line {flaws[0].line}") if flaws else ""


def local_name(element: etree._Element) -> str:
    """An element's name in lower case without its name space; empty for what is no element."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def text_of(element: etree._Element) -> str:
    """An element's own text in one line."""
    return one_line(element.text or "")
