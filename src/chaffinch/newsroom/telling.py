"""How one article went, told in lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chaffinch.model import Article, Certainty
from chaffinch.newsroom.parts import Parts
from chaffinch.store.traces import Trace
from chaffinch.urls import is_web, same_page

_WENT = {
    "failed": "failed",
    "kept": "an article",
    "passed": "no article",
    "shelved": "fetched, waits for extraction",
    "wanted": "waits to be fetched",
}


def why(parts: Parts, url_or_key: str) -> Iterator[str]:
    """Lines, from the listing to the letters. When nothing is known they say so."""
    url = url_or_key
    if not is_web(url) and Path(url).exists():
        url = Path(url).resolve().as_uri()
    article = find(parts, url)
    traces = parts.traces.of([url, url_or_key], article.key if article else None)
    if not traces and article is None:
        yield f"{url_or_key}: no source has listed it, and no article has this address or key"
        return
    for trace in traces:
        yield from _trace(trace)
    if article is not None:
        yield from _article(parts, article)


def find(parts: Parts, url_or_key: str) -> Article | None:
    """The article of this key or address, in whatever form the address is written."""
    return parts.articles.find(url_or_key, [f"url:{same_page(url_or_key)}", f"url:{url_or_key}"])


def _trace(trace: Trace) -> Iterator[str]:
    yield f"{trace.url}"
    yield f"  listed    {trace.listed:%Y-%m-%d %H:%M} UTC by source {trace.source}"
    if trace.fetched:
        yield f"  fetched   {trace.fetched:%Y-%m-%d %H:%M} UTC"
    went = _WENT.get(trace.state, trace.state)
    yield f"  outcome   {went}" + (f": {trace.problem}" if trace.problem else "")
    if trace.state == "failed" and trace.next_at:
        yield f"  next try  {trace.next_at:%Y-%m-%d %H:%M} UTC, after {trace.tries} failures"


def _article(parts: Parts, article: Article) -> Iterator[str]:
    certain = "" if article.certainty is Certainty.SURE else f" ({article.certainty.value})"
    yield f"article {article.key}: {article.title}"
    yield f"  published {article.published:%Y-%m-%d %H:%M} UTC{certain}"
    yield f"  sources   {', '.join(article.sources)}"
    if article.hidden:
        yield "  withdrawn by the owner: in no feed, in no letter to come"
        return
    yield f"  feeds     {', '.join(parts.feeds_of(article)) or 'none holds it'}"
    issues = [f"{digest} No. {number}" for digest, number in parts.traces.issues_with(article.key)]
    yield f"  issues    {', '.join(issues) or 'none yet'}" + (" (found by backfill)" if article.backfilled else "")
