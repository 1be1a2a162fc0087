"""A digest's page with its sign-up form, its issues to read."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chaffinch.model import Digest
from chaffinch.ports import FrontDesk
from chaffinch.publish.entry import entry_of
from chaffinch.publish.etags import etag_of
from chaffinch.publish.issues import issue_feed
from chaffinch.web.answers import BRIEFLY, desk_of, digest_named, page, rhythms_of, root_of
from chaffinch.web.form import stamp

_LARGEST = 1 << 31
_IN_FEED = 20
"""How many its feed holds."""
_SHOWN = 100
"""How many issues a page of the archive lists."""
_DIGITS = 10


def digest(request: Request) -> Response:
    """What the digest is, how to get it, what came out so far."""
    desk = desk_of(request)
    before = request.query_params.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < _DIGITS else None
    return digest_page(desk, _named(desk, request), before=number)


def to_digest(request: Request) -> Response:
    """Its address without the slash, or the form's address asked for by hand."""
    desk = desk_of(request)
    return RedirectResponse(f"{root_of(desk)}/digests/{_named(desk, request).slug}/", 303)


def issue(request: Request) -> Response:
    """One issue as it came out."""
    desk = desk_of(request)
    named = _named(desk, request)
    number = request.path_params["number"]
    found = desk.issue(named.slug, number) if number < _LARGEST else None
    if found is None:
        raise HTTPException(404)
    entries = [entry_of(article, desk.config.press.base_url) for article in found.articles if not article.hidden]
    return page(desk, "issue.html", {"digest": named, "issue": found, "entries": entries}, cache=BRIEFLY)


def issues_feed(request: Request) -> Response:
    """The issues as an Atom feed."""
    desk = desk_of(request)
    named = _named(desk, request)
    body = issue_feed(named, desk.issues(named.slug, _IN_FEED), desk.config.press)
    etag = etag_of(body)
    headers = {"Cache-Control": BRIEFLY, "ETag": etag}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/atom+xml")


def digest_page(
    desk: FrontDesk,
    digest: Digest,
    *,
    address: str = "",
    problem: str = "",
    status: int = 200,
    before: int | None = None,
) -> Response:
    """The digest's page, with what was wrong with the form when it was sent, and the issues before a number."""
    listed = desk.headlines(digest.slug, _SHOWN + 1, before)
    values = {
        "digest": digest,
        "rhythms": rhythms_of(desk, digest),
        "feeds": [feed for feed in desk.config.feeds if feed.slug in digest.feeds and not feed.retired],
        "issues": listed[:_SHOWN],
        "older": listed[_SHOWN - 1].number if len(listed) > _SHOWN else 0,
        "stamp": stamp(desk.secret, digest.slug, desk.now()),
        "address": address,
        "problem": problem,
    }
    return page(desk, "digest.html", values, status=status)


def _named(desk: FrontDesk, request: Request) -> Digest:
    found = digest_named(desk, request.path_params["digest"])
    if found is None:
        raise HTTPException(404)
    return found
