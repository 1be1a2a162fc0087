"""Which addresses we never connect to, unless the owner allows them (server-side request forgery)."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from chaffinch.errors import ConfigError

IPAddress = IPv4Address | IPv6Address

_REFUSED = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        # An IPv4 address inside an IPv6 one would slip past the rows above: all such forms are refused whole.
        ("::/96", "IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "reserved"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_IPV6 = ip_network("2000::/3")


class Guard:
    """Says of an address why we do not go there; what the owner's `allow` names is fine.

    Raises ConfigError when `allow` holds something that is no network.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allowed = tuple(_network(written) for written in allow)

    def refusal(self, address: str) -> str | None:
        """Why not, such as `a private address`; None when there is nothing against it."""
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return "no address"
        if any(ip in network for network in self._allowed):
            return None
        for network, what in _REFUSED:
            if ip in network:
                return f"{'an' if what[0] in 'aeiouI' else 'a'} {what} address"
        if isinstance(ip, IPv6Address) and ip not in _GLOBAL_IPV6:
            return "a reserved address"
        return None


def literal(host: str) -> IPAddress | None:
    """The address that a host name spells out, also oddly: `127.1`, `2130706433`, `0x7f.1`, `[::1]`."""
    host = host.strip("[]").partition("%")[0]
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        # The system's resolver takes these spellings, so what it would make of them is what counts.
        return IPv4Address(socket.inet_aton(host)) if host and not host.isspace() else None
    except (OSError, ValueError):
        return None


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine by its very spelling."""
    address = literal(host)
    return host.rstrip(".").lower() == "localhost" or (address is not None and address.is_loopback)


def _network(written: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(written, strict=False)
    except ValueError as error:
        raise ConfigError(f'fetch.allow_private: "{written}" is no network such as "192.168.1.0/24"') from error
