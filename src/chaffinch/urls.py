"""URLs: joined, cleaned, compared."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from courlan import clean_url

_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
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


def absolute(base: str, href: str) -> str:
    """`href` seen from `base`, without its surrounding white space; empty where it makes no web URL."""
    href = _CONTROL.sub(" ", href).strip().replace(" ", "%20")
    try:
        joined = urljoin(base, href)
    except ValueError:
        return ""
    return joined if is_web(joined) else ""


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
