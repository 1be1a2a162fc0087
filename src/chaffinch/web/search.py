"""Search over what was published."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from chaffinch.publish.entry import entry_of
from chaffinch.text import shorten
from chaffinch.web.answers import BRIEFLY, desk_of, page

_SHOWN = 30
_LONGEST = 200


def search(request: Request) -> Response:
    """A form, and below it the articles that hold all of the words, the best first."""
    desk = desk_of(request)
    words = shorten(request.query_params.get("q", ""), _LONGEST)
    found = desk.search(words, _SHOWN) if words else ()
    entries = [entry_of(article, desk.config.press.base_url) for article in found]
    return page(desk, "search.html", {"words": words, "entries": entries, "most": _SHOWN}, cache=BRIEFLY)
