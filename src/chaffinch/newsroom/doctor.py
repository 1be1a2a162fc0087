"""The doctor looks at everything that a press leans on, and says what to do about what is wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from chaffinch.clock import Clock, system_clock
from chaffinch.config import Config
from chaffinch.errors import ChaffinchError
from chaffinch.mailing.message import letterhead
from chaffinch.mailing.records import Lookup, Record, Sender, Sign, Verdict, examined, unexamined, wanted
from chaffinch.newsroom.checking import broken_templates
from chaffinch.newsroom.reaching import mail_server, web_server
from chaffinch.newsroom.space import Measure, space_at, standing
from chaffinch.newsroom.transports import keys_of
from chaffinch.pages import Templates
from chaffinch.store.database import Database
from chaffinch.store.soundness import ailments

OFFLINE = "--offline"
_GIGABYTE = 1_000_000_000
_OTHERS = stat.S_IROTH | stat.S_IWOTH


def examine(
    config: Config,
    opened: Callable[[], Database],
    lookup: Lookup | None,
    clock: Clock = system_clock,
    measure: Measure = space_at,
) -> Iterator[Sign]:
    """A sign for each thing, the others too when the database cannot be `opened`. Without `lookup` nobody is asked."""
    yield _disk(config.press.data_dir, measure)
    yield _database(opened)
    yield from _rights(config)
    yield _templates(config)
    if lookup is None:
        yield from (Sign(about, Verdict.UNASKED, OFFLINE) for about in ("web", "clock"))
    else:
        yield from web_server(config.press.base_url, clock)
    if not config.mail.sender:
        yield Sign("mail", Verdict.UNASKED, "mail.from is not set")
        return
    try:
        sender = sender_of(config)
    except ChaffinchError as error:
        yield Sign("mail", Verdict.WRONG, str(error))
        return
    if lookup is None:
        yield Sign("mail server", Verdict.UNASKED, OFFLINE)
        yield from unexamined(OFFLINE)
        return
    yield mail_server(config.mail, clock)
    if config.mail.transport == "folder":
        yield from unexamined("letters go to a folder")
    else:
        yield from examined(sender, lookup)


def records(config: Config) -> Sequence[Record]:
    """What should stand in the DNS; nothing where letters have no sender yet, or one of which `examine` complains."""
    try:
        return wanted(sender_of(config)) if config.mail.sender else ()
    except ChaffinchError:
        return ()


def sender_of(config: Config) -> Sender:
    """Whose letters they are. Raises ConfigError."""
    mail, head = config.mail, letterhead(config.mail.sender, config.press.base_url, b"")
    return Sender(
        domain=head.sender.domain,
        returns=(mail.bounces or head.sender.addr_spec).rpartition("@")[2],
        keys=keys_of(mail),
        host=mail.host if mail.transport == "smtp" else "",
        preset=mail.preset or "",
        contact=config.press.contact or "",
    )


def _disk(data: Path, measure: Measure) -> Sign:
    space = measure(data)
    if space is None:
        return Sign("disk", Verdict.UNASKED, "the file system does not say how much room there is")
    said = f"{space.free / _GIGABYTE:.1f} GB are free where {data} is"
    return Sign("disk", Verdict.WRONG if space.is_low else Verdict.GOOD, said)


def _database(opened: Callable[[], Database]) -> Sign:
    try:
        with closing(opened()) as database:
            name, wrong = database.name, ailments(database)
    except ChaffinchError as error:
        return Sign("database", Verdict.WRONG, str(error))
    if wrong:
        return Sign("database", Verdict.WRONG, f"{wrong[0]}: stop, and `chaffinch restore` the last good backup")
    return Sign("database", Verdict.GOOD, f"{name} is sound")


def _templates(config: Config) -> Sign:
    broken = broken_templates(Templates(config.press.templates_dir))
    more = f" (and {len(broken) - 1} more: `chaffinch check`)" if len(broken) > 1 else ""
    if broken:
        return Sign("templates", Verdict.WRONG, broken[0] + more)
    return Sign("templates", Verdict.GOOD, "they compile, and their translations can be read")


def _rights(config: Config) -> Iterator[Sign]:
    press, mail = config.press, config.mail
    here = standing(press.data_dir)
    if not os.access(here, os.W_OK | os.X_OK):
        yield Sign("rights", Verdict.WRONG, f"{here}: we may not write there")
        return
    private = [press.data_dir / "secret", mail.password_file, *(table.key_file for table in mail.dkim)]
    open_to_all = [path for path in private if path and path.exists() and path.stat().st_mode & _OTHERS]
    for path in open_to_all:
        yield Sign("rights", Verdict.WRONG, f"{path}: others may read it: chmod 600 {path}")
    if here == press.data_dir and here.stat().st_mode & stat.S_IXOTH:
        yield Sign(
            "rights", Verdict.UNWISE, f"{here}: others may read what is in it, readers' addresses: chmod 700 {here}"
        )
    elif not open_to_all:
        yield Sign("rights", Verdict.GOOD, "we may write, and nobody else may read what is secret")
