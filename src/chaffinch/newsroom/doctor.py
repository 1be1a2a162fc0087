"""The doctor looks at everything that a press leans on, and says what to do about what is wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from chaffinch.errors import ChaffinchError
from chaffinch.mailing.records import Lookup, Record, Sender, Sign, Verdict, examined, unexamined, wanted
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.reaching import mail_server, web_server
from chaffinch.newsroom.transports import keys_of, letterhead_of
from chaffinch.store.soundness import ailments

OFFLINE = "--offline"
_GIGABYTE = 1_000_000_000
_OTHERS = stat.S_IROTH | stat.S_IWOTH


def examine(parts: Parts, lookup: Lookup | None) -> Iterator[Sign]:
    """A sign for each thing. Without `lookup` nobody else is asked anything."""
    yield _disk(parts)
    yield _database(parts)
    yield from _rights(parts)
    if lookup is None:
        yield from (Sign(about, Verdict.UNASKED, OFFLINE) for about in ("web", "clock"))
    else:
        yield from web_server(parts.config.press.base_url, parts.clock)
    if not parts.config.mail.sender:
        yield Sign("mail", Verdict.UNASKED, "mail.from is not set")
        return
    try:
        sender = sender_of(parts)
    except ChaffinchError as error:
        yield Sign("mail", Verdict.WRONG, str(error))
        return
    if lookup is None:
        yield Sign("mail server", Verdict.UNASKED, OFFLINE)
        yield from unexamined(OFFLINE)
        return
    yield mail_server(parts)
    if parts.config.mail.transport == "folder":
        yield from unexamined("letters go to a folder")
    else:
        yield from examined(sender, lookup)


def records(parts: Parts) -> Sequence[Record]:
    """What should stand in the DNS; nothing where letters have no sender yet. Raises ConfigError."""
    return wanted(sender_of(parts)) if parts.config.mail.sender else ()


def sender_of(parts: Parts) -> Sender:
    """Whose letters they are. Raises ConfigError."""
    mail, head = parts.config.mail, letterhead_of(parts)
    return Sender(
        domain=head.sender.domain,
        returns=(mail.bounces or head.sender.addr_spec).rpartition("@")[2],
        keys=keys_of(mail),
        host=mail.host if mail.transport == "smtp" else "",
        preset=mail.preset or "",
        contact=parts.config.press.contact or "",
    )


def _disk(parts: Parts) -> Sign:
    space = parts.measure(parts.config.press.data_dir)
    if space is None:
        return Sign("disk", Verdict.UNASKED, "the file system does not say how much room there is")
    said = f"{space.free / _GIGABYTE:.1f} GB are free where {parts.config.press.data_dir} is"
    return Sign("disk", Verdict.WRONG if space.is_low else Verdict.GOOD, said)


def _database(parts: Parts) -> Sign:
    try:
        wrong = ailments(parts.database)
    except ChaffinchError as error:
        return Sign("database", Verdict.WRONG, str(error))
    if wrong:
        return Sign("database", Verdict.WRONG, f"{wrong[0]}: stop, and `chaffinch restore` the last good backup")
    return Sign("database", Verdict.GOOD, f"{parts.database.name} is sound")


def _rights(parts: Parts) -> Iterator[Sign]:
    press, mail = parts.config.press, parts.config.mail
    if not os.access(press.data_dir, os.W_OK | os.X_OK):
        yield Sign("rights", Verdict.WRONG, f"{press.data_dir}: we may not write there")
        return
    private = [press.data_dir / "secret", mail.password_file, *(table.key_file for table in mail.dkim)]
    open_to_all = [path for path in private if path and path.exists() and path.stat().st_mode & _OTHERS]
    for path in open_to_all:
        yield Sign("rights", Verdict.WRONG, f"{path}: others may read it: chmod 600 {path}")
    if not open_to_all:
        yield Sign("rights", Verdict.GOOD, "we may write, and nobody else may read what is secret")
