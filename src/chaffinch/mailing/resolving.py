"""The DNS is asked."""

from __future__ import annotations

from collections.abc import Sequence

import dns.exception
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.TXT import TXT

from chaffinch.mailing.records import Lookup

PATIENCE = 5.0
"""Seconds for one answer."""


def resolver(server: str = "", port: int = 53) -> Lookup:
    """Asks the machine's own servers, or the one that is named. Never raises: who does not answer says None."""
    asking = dns.resolver.Resolver(configure=False)
    if server:
        asking.nameservers, asking.port = [server], port
    else:
        try:
            asking = dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration:
            return lambda name, kind: None
    asking.lifetime = PATIENCE

    def lookup(name: str, kind: str) -> Sequence[str] | None:
        try:
            where = dns.reversename.from_address(name) if kind == "PTR" else name
            return [_text(record) for record in asking.resolve(where, kind, search=False)]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError):
            return None

    return lookup


def _text(record: object) -> str:
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    return str(record)
