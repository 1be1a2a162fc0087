"""Which addresses are refused, in whatever form they come."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.errors import ConfigError
from chaffinch.fetch.guard import Guard, is_loopback, literal


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.255.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.5",
        "224.0.0.251",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2001:0:4136:e378::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "4000::1",
        "fd00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "",
        "example.org",
    ],
)
def test_what_is_not_the_open_internet_is_refused(address: str) -> None:
    assert Guard().refusal(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_the_open_internet_is_fine(address: str) -> None:
    assert Guard().refusal(address) is None


def test_the_owner_can_allow_networks_and_single_addresses() -> None:
    guard = Guard(["192.168.1.0/24", "127.0.0.1", "fd00::/8"])

    assert [guard.refusal(a) for a in ("192.168.1.9", "127.0.0.1", "fd00::5")] == [None] * 3
    assert guard.refusal("192.168.2.9") == "a private address"
    assert guard.refusal("127.0.0.2") == "a loopback address"


def test_what_is_no_network_is_a_mistake_in_the_config() -> None:
    with pytest.raises(ConfigError, match=r'allow_private: "home" is no network'):
        Guard(["home"])


@given(st.ip_addresses(v=4))
def test_whatever_python_calls_not_global_is_refused(address: IPv4Address) -> None:
    refused = Guard().refusal(str(address)) is not None

    # Two small anycast networks inside the protocol assignments are global by the registry; we go to neither.
    assert refused or address.is_global or address in ip_network("192.0.0.0/24")


@given(st.ip_addresses(v=4))
def test_every_ipv4_address_inside_an_ipv6_one_is_refused(address: IPv4Address) -> None:
    number = int(address)
    inside = (
        number,
        0xFFFF << 32 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | number ^ 0xFFFFFFFF,
    )

    assert all(Guard().refusal(str(IPv6Address(form))) for form in inside)


@given(st.ip_addresses(v=4))
def test_odd_spellings_are_read_as_the_address_they_mean(address: IPv4Address) -> None:
    number = int(address)
    first, rest = number >> 24, number & 0xFFFFFF
    spellings = (str(address), str(number), hex(number), f"{first}.{rest}", f"0{first:o}.{rest:#x}", f"[{address}]")

    assert {literal(spelling) for spelling in spellings} == {address}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.1", "[::1]", "0x7f000001"])
def test_this_machine_is_known_by_its_spellings(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["example.org", "10.0.0.1", "", " ", "localhost.example.org"])
def test_other_names_are_not_this_machine(host: str) -> None:
    assert not is_loopback(host)
