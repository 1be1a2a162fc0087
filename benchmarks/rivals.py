"""Other extractors, each as a function from a page to its text: comments off, defaults otherwise.

A tool is imported only when it is asked for, so that a process that measures one holds no other.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

Tool = Callable[[str, str], str]
"""From a page's address and markup to its text."""


def _trafilatura() -> Tool:
    import trafilatura

    return lambda url, markup: trafilatura.extract(markup, url=url, include_comments=False) or ""


def _trafilatura_fast() -> Tool:
    import trafilatura

    return lambda url, markup: trafilatura.extract(markup, url=url, include_comments=False, fast=True) or ""


def _resiliparse() -> Tool:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda url, markup: str(extract_plain_text(markup, main_content=True))


def _readability() -> Tool:
    from lxml import html
    from readability import Document  # type: ignore[import-not-found] # in requirements-bench.lock

    return lambda url, markup: str(html.document_fromstring(Document(markup).summary()).xpath("string()"))


def _newspaper() -> Tool:
    import newspaper  # type: ignore[import-not-found] # in requirements-bench.lock

    return lambda url, markup: str(newspaper.article(url, input_html=markup, fetch_images=False).text)


def _justext() -> Tool:
    import justext  # type: ignore[import-untyped] # it ships no type information

    words = justext.get_stoplist("English")

    def text(url: str, markup: str) -> str:
        return "\n".join(p.text for p in justext.justext(markup, words) if not p.is_boilerplate)

    return text


_TOOLS: dict[str, tuple[str, Callable[[], Tool]]] = {
    "justext": ("justext", _justext),
    "newspaper4k": ("newspaper", _newspaper),
    "readability-lxml": ("readability", _readability),
    "resiliparse": ("resiliparse", _resiliparse),
    "trafilatura": ("trafilatura", _trafilatura),
    "trafilatura fast": ("trafilatura", _trafilatura_fast),
}


def installed() -> list[str]:
    """The names of those that can be imported here."""
    return [name for name, (module, _) in _TOOLS.items() if importlib.util.find_spec(module)]


def tool(name: str) -> Tool:
    """The one of that name. Raises KeyError, ImportError."""
    return _TOOLS[name][1]()
