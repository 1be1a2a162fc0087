"""What is asked of a letter's header block, and of its form on the wire.

RFC 5322 (form), RFC 2047 (encoded words), RFC 2369 and 8058 (List-Unsubscribe), RFC 2919 (List-Id), RFC 3834
(Auto-Submitted), RFC 6376 (DKIM); the rest is what large mailbox providers ask of who writes to many.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from datetime import timedelta
from email.utils import parsedate_to_datetime
from itertools import chain
from urllib.parse import urlsplit

from chaffinch.mailing.opened import Opened
from chaffinch.mailing.rules import Profile, Rule, Weight, some, unless

_LINE, _NICE_LINE, _WORD = 998, 78, 75
_LARGEST = 1_000_000
_SUBJECT = 120
_LIST_ID = 255
_OPAQUE = 16
_RECENT = timedelta(days=2)
_NEEDED = (
    "date",
    "from",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "message-id",
    "mime-version",
    "subject",
    "to",
)
_ONCE = (*_NEEDED, "auto-submitted", "cc", "content-type", "feedback-id", "precedence", "reply-to", "sender")
_PROGRAMS_READ = (
    "date",
    "feedback-id",
    "in-reply-to",
    "list-archive",
    "list-help",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "message-id",
    "references",
)
_SIGNED = (*_NEEDED, "content-type")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ENCODED = re.compile(r"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")


def _line_ends(letter: Opened, _: Profile) -> str:
    ends = letter.raw.count(b"\r\n")
    return unless(ends == letter.raw.count(b"\n") == letter.raw.count(b"\r"), "a line end that is not CRLF")


def _longest(letter: Opened) -> int:
    return max(map(len, letter.raw.split(b"\r\n")))


def _date(letter: Opened, profile: Profile) -> str:
    try:
        said = parsedate_to_datetime(letter.get("date"))
    except ValueError:
        return "it is no date"
    if said.tzinfo is None:
        return "it says that nobody knows the zone (-0000)"
    return unless(abs(profile.now - said) < _RECENT, f"{said:%Y-%m-%d} is not now")


def _date_form(letter: Opened, profile: Profile) -> str:
    said = _date(letter, profile)
    return "" if said.endswith("is not now") else said


def _uris(letter: Opened) -> list[str]:
    return re.findall(r"<([^<>]+)>", letter.get("list-unsubscribe"))


def _one_click(letter: Opened) -> str:
    return next((uri for uri in _uris(letter) if uri.startswith(("https://", "http://"))), "")


def _unsubscribe_uris(letter: Opened, profile: Profile) -> str:
    uris = _uris(letter)
    if not uris or not all(re.match(r"(https?|mailto):", uri) for uri in uris):
        return "each address is wanted in angle brackets, as https: or mailto:"
    secure = [uri for uri in uris if uri.startswith("https://")]
    plain = [uri for uri in uris if uri.startswith("http://")]
    if profile.local:
        return unless(len(secure) + len(plain) == 1, "exactly one web address is wanted")
    return unless(len(secure) == 1 and not plain, "exactly one https address is wanted, and none with http")


def _token(letter: Opened) -> str:
    parts = urlsplit(_one_click(letter))
    return parts.path.rstrip("/").rpartition("/")[2] + parts.query


def _address_in_token(letter: Opened, _: Profile) -> str:
    uri = _one_click(letter).lower()
    if "@" in uri or "%40" in uri:
        return "the address stands in the link"
    to = next(iter(letter.addresses("to")), "").encode()
    for piece in re.split(r"[/.?=&]", _token(letter)):
        try:
            plain = base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))
        except (ValueError, binascii.Error):
            continue
        if to and to in plain:
            return "the token can be decoded to the address"
    return ""


def _list_id(letter: Opened, _: Profile) -> str:
    named = re.search(r"<([^<>\s]+)>\s*$", letter.get("list-id"))
    return unless(named and "." in named[1] and len(named[1]) <= _LIST_ID, "a dotted name in angle brackets is wanted")


def _feedback(letter: Opened, _: Profile) -> str:
    parts = letter.get("feedback-id").split(":")
    return unless(len(parts) <= 4 and 5 <= len(parts[-1]) <= 15, "one to four parts are wanted, the last 5 to 15 long")


def _subject(letter: Opened, _: Profile) -> str:
    said = letter.subject
    return unless(
        0 < len(said) <= _SUBJECT and not _CONTROL.search(said), "1 to 120 characters are wanted, none of control"
    )


def _machine(letter: Opened, _: Profile) -> str:
    automatic = letter.get("auto-submitted").lower().startswith("auto-")
    return unless(
        automatic or letter.get("precedence").lower() in ("bulk", "list"), "nothing says that a program wrote"
    )


def _one_recipient(letter: Opened, _: Profile) -> str:
    copies = letter.all("cc") + letter.all("bcc")
    return unless(len(letter.addresses("to")) == 1 and not copies, "one recipient a message is wanted")


def _forms(letter: Opened, _: Profile) -> str:
    kinds = [kind for kind, _, _ in letter.leaves]
    if letter.media_type not in ("multipart/alternative", "multipart/mixed", "multipart/related"):
        return f"it is {letter.media_type}, not multipart/alternative"
    if "text/plain" not in kinds or "text/html" not in kinds:
        return "a plain text and an HTML part are wanted"
    return unless(kinds.index("text/plain") < kinds.index("text/html"), "the plain text is wanted first")


def _codings(letter: Opened, _: Profile) -> str:
    odd = [
        f"{kind}: {charset or 'no charset'}, {coding}"
        for kind, charset, coding in letter.leaves
        if kind.startswith("text/")
        and (charset not in ("utf-8", "us-ascii") or coding not in ("quoted-printable", "base64", "7bit"))
    ]
    return some(odd)


def _tags(signature: str) -> dict[str, str]:
    written = re.sub(r"\s+", "", signature).split(";")
    pairs = ((name, value) for name, _, value in (tag.partition("=") for tag in written))
    return dict(pairs)


def _signatures(letter: Opened) -> list[dict[str, str]]:
    return [_tags(value) for value in letter.all("dkim-signature")]


def _covered(letter: Opened, _: Profile) -> str:
    there = {name for name, _ in letter.fields}
    missing = chain.from_iterable(
        [name for name in _SIGNED if name in there and name not in tags.get("h", "").lower().split(":")]
        for tags in _signatures(letter)
    )
    return some(list(missing))


def _sound(letter: Opened, _: Profile) -> str:
    odd = [tags.get("a", "") for tags in _signatures(letter) if "l" in tags or "sha1" in tags.get("a", "sha1")]
    return some(odd)


def _organisation(domain: str) -> str:
    return ".".join(domain.lower().rstrip(".").split(".")[-2:])


def _aligned(letter: Opened, _: Profile) -> str:
    signers = [tags.get("d", "") for tags in _signatures(letter)]
    ours = _organisation(letter.domain)
    return unless(not signers or any(_organisation(d) == ours for d in signers), f"{some(signers)} is not the sender's")


HEAD_RULES = (
    Rule("line ends", _line_ends),
    Rule("no zero octets", lambda letter, _: unless(b"\0" not in letter.raw, "there is one")),
    Rule("lines of 998 octets", lambda letter, _: unless(_longest(letter) <= _LINE, f"one has {_longest(letter)}")),
    Rule(
        "lines of 78 octets",
        lambda letter, _: unless(_longest(letter) <= _NICE_LINE, f"one has {_longest(letter)}"),
        Weight.WARN,
    ),
    Rule("1 MB at most", lambda letter, _: unless(len(letter.raw) <= _LARGEST, f"{len(letter.raw)} octets")),
    Rule("headers in ASCII", lambda letter, _: unless(letter.head.isascii(), "encoded words are wanted (RFC 2047)")),
    Rule("headers there", lambda letter, _: some([name for name in _NEEDED if not letter.get(name)])),
    Rule(
        "headers once",
        lambda letter, _: some(
            [name for name, times in Counter(n for n, _ in letter.fields).items() if times > 1 and name in _ONCE]
        ),
    ),
    Rule(
        "no encoded words where programs read",
        lambda letter, _: some([name for name in _PROGRAMS_READ if "=?" in letter.get(name)]),
    ),
    Rule(
        "encoded words of 75",
        lambda letter, _: some(
            [name for name, value in letter.fields if any(len(word) > _WORD for word in _ENCODED.findall(value))]
        ),
    ),
    Rule("no defects", lambda letter, _: some(list(letter.defects))),
    Rule(
        "one sender",
        lambda letter, _: unless(
            len(letter.addresses("from")) == 1 and "@" in letter.addresses("from")[0], letter.get("from")[:60]
        ),
    ),
    Rule("Date", _date_form),
    Rule("Date is now", _date, Weight.WARN),
    Rule(
        "Message-ID",
        lambda letter, _: unless(_MESSAGE_ID.fullmatch(letter.get("message-id")), letter.get("message-id")[:60]),
    ),
    Rule(
        "Message-ID is the sender's",
        lambda letter, _: unless(
            _organisation(letter.get("message-id").rstrip(">").rpartition("@")[2]) == _organisation(letter.domain),
            "another domain",
        ),
        Weight.WARN,
    ),
    Rule("List-Id", _list_id),
    Rule("List-Unsubscribe", _unsubscribe_uris),
    Rule(
        "one-click unsubscribing",
        lambda letter, _: unless(
            letter.get("list-unsubscribe-post") == "List-Unsubscribe=One-Click",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click is wanted, to the letter",
        ),
    ),
    Rule(
        "opaque token",
        lambda letter, _: unless(len(_token(letter)) >= _OPAQUE, "it could be guessed: 16 characters are wanted"),
    ),
    Rule("no address in the link", _address_in_token),
    Rule(
        "unsubscribing by mail",
        lambda letter, _: unless(any(uri.startswith("mailto:") for uri in _uris(letter)), "press.contact is not set"),
        Weight.WARN,
        away=True,
    ),
    Rule("written by a program", _machine),
    Rule("Feedback-ID", _feedback, Weight.WARN),
    Rule("one recipient", _one_recipient),
    Rule("Subject", _subject),
    Rule(
        "Subject is no answer",
        lambda letter, _: unless(not re.match(r"(?i)(re|fwd?):", letter.subject), letter.subject[:40]),
        words=True,
    ),
    Rule("multipart/alternative", _forms),
    Rule("codings", _codings),
    Rule("nothing attached", lambda letter, _: unless(not letter.attached, "a file is attached")),
    Rule(
        "DKIM",
        lambda letter, _: unless(_signatures(letter), "not signed; a relay may do so, else see [[mail.dkim]]"),
        Weight.WARN,
        away=True,
    ),
    Rule("DKIM covers the headers", _covered),
    Rule("DKIM is sound", _sound),
    Rule("DKIM is the sender's", _aligned),
)
