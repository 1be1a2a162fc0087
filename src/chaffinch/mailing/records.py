"""What must stand in the DNS so that mailbox providers take our letters for ours, and what is said of what does.

SPF (RFC 7208) is looked for at the return path's domain, DKIM (RFC 6376) at each key's name, DMARC (RFC 7489) at the
sender's domain. Pure but for the `Lookup` that it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chaffinch.mailing.dkim import Key

Lookup = Callable[[str, str], Sequence[str] | None]
"""The records of a name and a type, as text; empty when there are none, None when nobody answered."""


class Verdict(StrEnum):
    """How something is."""

    GOOD = "good"
    UNWISE = "unwise"
    """It works, and could be better."""
    WRONG = "wrong"
    UNASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at."""

    about: str
    verdict: Verdict
    said: str


@dataclass(frozen=True, slots=True)
class Record:
    """One that should stand in the DNS."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose letters they are, as far as the DNS is asked."""

    domain: str
    """Of the From field."""
    returns: str
    """Of the return path, where letters come back to."""
    keys: Sequence[Key] = ()
    host: str = ""
    """The mail server that letters are handed to; empty when they are not."""
    preset: str = ""
    contact: str = ""


SPF_OF: Mapping[str, str] = {
    "fastmail": "include:spf.messagingengine.com",
    "gmail": "include:_spf.google.com",
    "mailgun": "include:mailgun.org",
    "postmark": "include:spf.mtasv.net",
    "ses": "include:amazonses.com",
}
"""What a provider wants in the SPF record of the domain that it sends for."""

_LOOKUPS = re.compile(r"^[+?~-]?(?:include:|a(?:[:/]|$)|mx(?:[:/]|$)|ptr|exists:)|^redirect=", re.IGNORECASE)
_MOST = 10
"""Further lookups that an SPF record may cause (RFC 7208 §4.6.4)."""


def wanted(sender: Sender) -> tuple[Record, ...]:
    """The records that should stand, to be copied into the DNS."""
    means = SPF_OF.get(sender.preset) or (f"a:{sender.host}" if sender.host else "mx")
    reports = f"; rua=mailto:{sender.contact}" if sender.contact else ""
    return (
        Record(sender.returns, "TXT", f"v=spf1 {means} ~all"),
        *(Record(key.name, "TXT", key.record) for key in sender.keys),
        Record(f"_dmarc.{sender.domain}", "TXT", f"v=DMARC1; p=none{reports}"),
    )


def examined(sender: Sender, lookup: Lookup) -> Iterator[Sign]:
    """What the DNS says, a sign each."""
    yield Sign("SPF", *_spf(sender, lookup(sender.returns, "TXT")))
    if not sender.keys:
        yield Sign("DKIM", Verdict.UNWISE, "letters are not signed here; a relay may do so, else see [[mail.dkim]]")
    for key in sender.keys:
        yield Sign(f"DKIM {key.selector}", *_dkim(key, lookup(key.name, "TXT")))
    yield Sign("DMARC", *_dmarc(sender, lookup))
    yield Sign("alignment", *_alignment(sender))
    yield Sign("MX", *_mail_exchange(sender, lookup))
    if sender.host and not sender.preset:
        yield Sign("reverse DNS", *_reverse(sender, lookup))


def unexamined(why: str) -> Iterator[Sign]:
    """The same signs, when nobody is asked."""
    yield from (Sign(about, Verdict.UNASKED, why) for about in ("SPF", "DKIM", "DMARC", "MX", "reverse DNS"))


def kindred(one: str, other: str) -> bool:
    """Whether two domains are one organisation's, as relaxed alignment has it: approximately, by their last labels."""
    first, second = one.lower().rstrip("."), other.lower().rstrip(".")
    below = first.endswith(f".{second}") or second.endswith(f".{first}")
    return first == second or below or first.split(".")[-2:] == second.split(".")[-2:]


Judgement = tuple[Verdict, str]


def _spf(sender: Sender, found: Sequence[str] | None) -> Judgement:
    if found is None:
        return _silent(sender.returns)
    records = [text for text in found if re.match(r"v=spf1(?:\s|$)", text, re.IGNORECASE)]
    if not records:
        return Verdict.WRONG, f"{sender.returns} has no SPF record"
    if len(records) > 1:
        return Verdict.WRONG, f"{sender.returns} has {len(records)} SPF records: receivers then take none"
    terms = records[0].split()[1:]
    lookups = sum(_LOOKUPS.match(term) is not None for term in terms)
    end = next((term.lower() for term in terms if re.fullmatch(r"[+?~-]?all", term, re.IGNORECASE)), "")
    if lookups > _MOST:
        return Verdict.WRONG, f"{sender.returns}: {lookups} further lookups, and {_MOST} are allowed"
    if end in ("all", "+all"):
        return Verdict.WRONG, f"{sender.returns}: it allows the whole world to send (+all)"
    means = SPF_OF.get(sender.preset, "")
    if means and means.lower() not in [term.lower().lstrip("+") for term in terms]:
        return Verdict.WRONG, f"{sender.returns}: it lacks {means}"
    if not end and not any(term.lower().startswith("redirect=") for term in terms):
        return Verdict.UNWISE, f"{sender.returns}: it ends without ~all or -all"
    return Verdict.GOOD, f"{sender.returns}: {records[0]}"


def _dkim(key: Key, found: Sequence[str] | None) -> Judgement:
    if found is None:
        return _silent(key.name)
    wanted_tags = _tags(key.record)
    for text in found:
        tags = _tags(text)
        if tags.get("p") == "":
            return Verdict.WRONG, f"{key.name}: the key was withdrawn (an empty p=)"
        if tags.get("p") == wanted_tags["p"] and tags.get("k", "rsa") == wanted_tags["k"]:
            testing = "y" in tags.get("t", "").split(":")
            said = f"{key.name}: {key.algorithm}" + (f", {key.bits} bits" if key.bits else "")
            return (Verdict.UNWISE, f"{said}; t=y says that it is only a test") if testing else (Verdict.GOOD, said)
    if any("p" in _tags(text) for text in found):
        return Verdict.WRONG, f"{key.name}: another key stands there, so no signature holds"
    return Verdict.WRONG, f"{key.name} has no DKIM record"


def _dmarc(sender: Sender, lookup: Lookup) -> Judgement:
    places = dict.fromkeys([sender.domain, ".".join(sender.domain.split(".")[-2:])])
    for place in places:
        found = lookup(f"_dmarc.{place}", "TXT")
        if found is None:
            return _silent(f"_dmarc.{place}")
        records = [text for text in found if re.match(r"v=DMARC1\s*(?:;|$)", text)]
        if len(records) > 1:
            return Verdict.WRONG, f"_dmarc.{place} has {len(records)} DMARC records: receivers then take none"
        if records:
            policy = _tags(records[0]).get("p", "")
            if policy not in ("none", "quarantine", "reject"):
                return Verdict.WRONG, f"_dmarc.{place}: it has no policy (p=none, quarantine or reject)"
            return Verdict.GOOD, f"_dmarc.{place}: p={policy}"
    return Verdict.WRONG, f"_dmarc.{sender.domain} has no DMARC record"


def _alignment(sender: Sender) -> Judgement:
    strangers = sorted({key.domain for key in sender.keys if not kindred(key.domain, sender.domain)})
    signed = any(kindred(key.domain, sender.domain) for key in sender.keys)
    returned = kindred(sender.returns, sender.domain)
    if strangers and not signed:
        return Verdict.WRONG, f"letters are from {sender.domain}, and signed by {', '.join(strangers)}"
    if not signed and not returned:
        return Verdict.WRONG, f"neither a signature nor the return path ({sender.returns}) is of {sender.domain}"
    by = "signature and return path" if signed and returned else "the signature" if signed else "the return path"
    return Verdict.GOOD, f"{by} of {sender.domain}"


def _mail_exchange(sender: Sender, lookup: Lookup) -> Judgement:
    found = lookup(sender.returns, "MX")
    if found is None:
        return _silent(sender.returns)
    hosts = [text.split()[-1].rstrip(".") for text in found]
    if found and not any(hosts):
        return Verdict.WRONG, f"{sender.returns} takes no mail (a null MX), so bounces are lost"
    if hosts:
        return Verdict.GOOD, f"{sender.returns}: {', '.join(hosts)}"
    if lookup(sender.returns, "A") or lookup(sender.returns, "AAAA"):
        return Verdict.UNWISE, f"{sender.returns} has no MX; bounces go to its own address"
    return Verdict.WRONG, f"{sender.returns} has no mail server, so bounces are lost"


def _reverse(sender: Sender, lookup: Lookup) -> Judgement:
    addresses = [*(lookup(sender.host, "A") or ()), *(lookup(sender.host, "AAAA") or ())]
    if not addresses:
        return Verdict.UNASKED, f"{sender.host} has no address in the DNS"
    for address in addresses:
        names = lookup(address, "PTR")
        if names is None:
            return _silent(address)
        if not names:
            return Verdict.UNWISE, f"{address} ({sender.host}) has no name: many servers refuse mail from such"
        kind = "AAAA" if ":" in address else "A"
        if not any(address in (lookup(name.rstrip("."), kind) or ()) for name in names):
            return Verdict.UNWISE, f"{address} is called {names[0].rstrip('.')}, which does not lead back to it"
    return Verdict.GOOD, f"{sender.host}: {', '.join(addresses)}"


def _tags(text: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in text.split(";") if "=" in tag)
    return {name.strip().lower(): re.sub(r"\s+", "", value) for name, _, value in pairs}


def _silent(name: str) -> Judgement:
    return Verdict.UNASKED, f"the DNS did not answer about {name}"
