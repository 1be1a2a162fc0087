"""What a status means: a page, another place to go, or an error in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from chaffinch.errors import Blocked, FetchError, Gone
from chaffinch.model import Page, Validators

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
LONGEST_HOLD = 86_400.0
_WITHOUT_RETRY_AFTER = 300.0
"""Seconds that a host rests after a 429 that does not say for how long."""

_CHALLENGE_HEADERS = {
    "cf-mitigated": "challenge",
    "x-amzn-waf-action": "challenge",
    "x-datadome": "",
    "x-sucuri-block": "",
}
_CHALLENGE_WORDS = (
    b"/cdn-cgi/challenge-platform/",
    b"_incapsula_resource",
    b"are you a human",
    b"attention required! | cloudflare",
    b"captcha",
    b"checking your browser",
    b"ddos-guard",
    b"enable javascript and cookies to continue",
    b"just a moment...",
    b"perimeterx",
    b"px-captcha",
    b"verify you are human",
)
_SAYINGS = {
    400: "the server did not understand us",
    401: "a login is wanted: give username and password_file, or headers_file",
    402: "payment is wanted",
    403: "access is forbidden",
    404: "not found",
    406: "the server has nothing that we take",
    408: "the server was too slow with itself",
    429: "we ask too often, says the server",
    451: "withheld for legal reasons",
    500: "the server failed",
    502: "the server behind the server failed",
    503: "the server is overloaded or under repair",
    504: "the server behind the server was too slow",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: of a redirect or an error only as much of the body as we need to understand it."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def page_of(answer: Answer, sent: Validators | None, fetched: datetime) -> Page:
    """The page that an answer is, without `moved`. Raises FetchError, Gone, Blocked.

    `sent` are the validators that went with the request: the page of a 304 keeps them.
    """
    headers = answer.headers
    said = Validators(headers.get("etag"), headers.get("last-modified"))
    if answer.status == 304 and sent is not None:
        kept = Validators(said.etag or sent.etag, said.last_modified or sent.last_modified)
        return Page(answer.url, b"", status=304, validators=kept, headers=headers, fetched=fetched)
    if not 200 <= answer.status < 300 or answer.status == 206:
        raise error_of(answer, fetched)
    content = Message()
    content["content-type"] = headers.get("content-type", "").replace("\n", " ")
    charset = content.get_content_charset()
    return Page(
        url=answer.url,
        body=answer.body,
        media_type=content.get_content_type() if "/" in headers.get("content-type", "") else "",
        charset=charset,
        fetched=fetched,
        status=answer.status,
        validators=said,
        headers=headers,
    )


def error_of(answer: Answer, now: datetime) -> FetchError:
    """What went wrong, with `status` and, where the server names one, `retry_after` in seconds."""
    status = answer.status
    if status == 410:
        return Gone(f"{answer.url}: gone for good (410)", status=status)
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    if status in (403, 429, 503) and _is_challenge(answer):
        line = f"{answer.url}: a challenge for browsers stands in front of it ({status}); we cannot pass"
        return Blocked(line, status=status, retry_after=wait)
    if status == 429 and wait is None:
        wait = _WITHOUT_RETRY_AFTER
    line = f"{answer.url}: {_SAYINGS.get(status, 'an answer that we cannot use')} ({status})"
    return FetchError(line, status=status, retry_after=wait if status in (429, 503) else None)


def retry_after(written: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110 §10.2.3) as seconds from `now`, between 0 and a day; None when it says nothing."""
    written = written.strip()
    if written.isascii() and written.isdigit():
        return min(float(written[:9]), LONGEST_HOLD)
    try:
        at = parsedate_to_datetime(written)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=now.tzinfo)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_HOLD)


def _is_challenge(answer: Answer) -> bool:
    for name, word in _CHALLENGE_HEADERS.items():
        if name in answer.headers and word in answer.headers[name].lower():
            return True
    body = answer.body.lower()
    return any(word in body for word in _CHALLENGE_WORDS)
