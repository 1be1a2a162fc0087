"""URLs: joined, cleaned, compared."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from courlan import clean_url

_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_LOOSE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_FRONT = re.compile(r"/?(?:index\.\w+)?")
_FOLDED_HOST = re.compile(r"^(?:www|m|mobile|amp)\.")
_FOLDED_PATH = re.compile(r"(?:/amp/?|\.amp(?=\.html?$)|\.amp$)$")


def split(url: str) -> SplitResult | None:
    """The parts of a URL, or None where it cannot be split."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_web(url: str) -> bool:
    """Whether it is an absolute http or https URL with a host."""
    parts = split(url)
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def host_of(url: str) -> str:
    """The host in lower case, without port; empty where there is none."""
    parts = split(url)
    return (parts.hostname or "") if parts else ""


def is_front(url: str) -> bool:
    """Whether it is a site's front page."""
    parts = split(url)
    return bool(parts and parts.hostname and _FRONT.fullmatch(parts.path) and not parts.query)


def absolute(base: str, href: str) -> str:
    """`href` seen from `base`, without its surrounding white space; empty where it makes no web URL."""
    href = _CONTROL.sub(" ", href).strip().replace(" ", "%20")
    try:
        joined = urljoin(base, href)
    except ValueError:
        return ""
    return joined if is_web(joined) else ""


def ascii_form(url: str) -> str:
    """The web URL as RFC 3986 writes it: ASCII, what is not allowed percent-encoded; empty where it is none."""
    parts = split(url.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    try:
        host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
        written = [quote(_LOOSE_PERCENT.sub("%25", part), safe="/%:?@!$&'()*+,;=~") for part in parts[2:5]]
    except UnicodeError:  # a label that IDNA refuses, or a lone surrogate
        return ""
    if re.search(r"[^a-z0-9.:_-]", host):
        return ""
    return urlunsplit((parts.scheme, f"[{host}]{port}" if ":" in host else host + port, *written))


def tidy(url: str) -> str:
    """The URL as a reader should get it: tracking parameters and the fragment gone, the rest as it was."""
    cleaned = clean_url(url) if is_web(url) else None
    parts = split(cleaned or url)
    return urlunsplit(parts._replace(fragment="")) if parts else url


def same_page(url: str) -> str:
    """What two addresses of one article have in common: scheme, `www.`, `m.`, AMP forms, trackers, final slash folded.

    For comparing only; the result need not answer a request.
    """
    parts = split(tidy(url))
    if parts is None or not parts.hostname:
        return url
    host = _FOLDED_HOST.sub("", parts.hostname)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = _FOLDED_PATH.sub("", parts.path).rstrip("/")
    query = "&".join(sorted(p for p in parts.query.split("&") if p and p not in ("amp", "amp=1", "outputType=amp")))
    return f"//{host}{port}{path}" + (f"?{query}" if query else "")
