"""The home page, with the article pages below it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from chaffinch.mailing.rhythm import said
from chaffinch.publish.entry import entry_of, page_body
from chaffinch.web.answers import ANYWHERE, BRIEFLY, desk_of, page

_HEADS = 3
_WITH_HEADS = 12
"""How many feeds show their last articles on the home page."""
_PERSONAL = ("/address/", "/confirm/", "/desk/", "/preferences/", "/private/", "/unsubscribe/")
"""Where only somebody's own links lead."""


def home(request: Request) -> Response:
    """What the press offers."""
    desk = desk_of(request)
    base_url = desk.config.press.base_url
    feeds = [feed for feed in desk.config.feeds if not (feed.retired or feed.private)]
    newest = {
        feed.slug: [entry_of(article, base_url) for article in desk.newest(feed.slug, _HEADS)]
        for feed in feeds[:_WITH_HEADS]
    }
    tongue = desk.templates.tongue(desk.config.press.language)
    digests = desk.config.digests
    rhythms = {digest.slug: [said(cadence, tongue) for cadence in digest.cadences] for digest in digests}
    values = {"feeds": feeds, "newest": newest, "digests": digests, "rhythms": rhythms}
    return page(desk, "home.html", values, cache=BRIEFLY)


def article(request: Request) -> Response:
    """One clean article, as much of it as the owner republishes; 410 once it was withdrawn."""
    desk = desk_of(request)
    found = desk.article(request.path_params["key"])
    if found is None:
        raise HTTPException(404)
    if found.hidden:
        raise HTTPException(410)
    values = {
        "entry": entry_of(found, desk.config.press.base_url),
        "body": page_body(found),
        "republished": found.publish.value,
    }
    return page(desk, "article.html", values, cache=BRIEFLY, pictures=ANYWHERE)


def robots(request: Request) -> Response:
    """Tokens are not for robots; what may be indexed says each page itself, which robots must fetch to read."""
    return PlainTextResponse("".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in _PERSONAL)]))
