"""A page leaves with the headers that protect who reads it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from chaffinch.mailing.rhythm import said
from chaffinch.model import Digest
from chaffinch.ports import FrontDesk
from chaffinch.publish.landing import chrome

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
ANYWHERE = " https: http:"
"""Where an article's pictures may come from."""
BRIEFLY = "public, max-age=60"
NEVER_STORED = "no-store"


def desk_of(request: Request) -> FrontDesk:
    """The press behind this door."""
    desk: FrontDesk = request.app.state.desk
    return desk


def page(
    desk: FrontDesk,
    name: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    cache: str = NEVER_STORED,
    pictures: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The template `web/NAME` as an answer, in the language of the digest it is about. Raises TemplateError."""
    config = desk.config
    digest = values.get("digest")
    spoken = {"lang": digest.language} if isinstance(digest, Digest) else {}
    body = desk.templates.render(f"web/{name}", {**chrome(config.press, config.web.index), **spoken, **values})
    body = body.encode("utf-8", "replace").decode()
    return HTMLResponse(
        body,
        status,
        {"Cache-Control": cache, "Content-Security-Policy": policy(body, pictures), **(headers or {})},
    )


def policy(body: str, pictures: str = "") -> str:
    """The page's Content-Security-Policy: its own style sheet, no script, nothing from elsewhere but `pictures`."""
    sheet = _STYLE.search(body.partition("</head>")[0])
    style = f"style-src '{_fingerprint(sheet[1])}'; " if sheet else ""
    return (
        f"default-src 'none'; {style}img-src 'self' data:{pictures}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def root_of(desk: FrontDesk) -> str:
    """The path that the press lives below: empty, or `/sub`."""
    return str(chrome(desk.config.press, False)["root"])


def digest_named(desk: FrontDesk, slug: str) -> Digest | None:
    """The digest of this name, when the config has it."""
    return next((digest for digest in desk.config.digests if digest.slug == slug), None)


def rhythms_of(desk: FrontDesk, digest: Digest) -> dict[str, str]:
    """The digest's cadences, and how people say them. Raises TemplateError."""
    tongue = desk.templates.tongue(digest.language)
    return {cadence: said(cadence, tongue) for cadence in digest.cadences}


@lru_cache(maxsize=16)
def _fingerprint(sheet: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
