"""How messages leave this press: its letterhead, its transport."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from chaffinch.config import Mail
from chaffinch.errors import ConfigError
from chaffinch.fetch.guard import is_loopback
from chaffinch.mailing import dkim
from chaffinch.mailing.domains import after_refusal
from chaffinch.mailing.folder import Folder
from chaffinch.mailing.message import Letterhead, letterhead
from chaffinch.mailing.pace import Pace
from chaffinch.mailing.smtp import Smtp
from chaffinch.newsroom.parts import Parts
from chaffinch.ports import Transport
from chaffinch.store.providers import Providers
from chaffinch.urls import host_of


def letterhead_of(parts: Parts) -> Letterhead:
    """Who writes. Raises ConfigError when `mail.from` is no address, or a key cannot be used."""
    config = parts.config
    keys = keys_of(config.mail)
    head = letterhead(config.mail.sender, config.press.base_url, parts.secret, config.press.contact or "", keys)
    return replace(head, bounces=config.mail.bounces or "")


def keys_of(mail: Mail) -> tuple[dkim.Key, ...]:
    """What letters are signed with. Raises ConfigError when a key cannot be used."""
    found = []
    for table in mail.dkim:
        try:
            found.append(dkim.key(table.domain, table.selector, table.key_file.read_bytes()))
        except (OSError, ConfigError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            raise ConfigError(f"mail.dkim: {table.key_file}: {said}") from error
    return tuple(found)


def transport_of(parts: Parts, pace: Callable[[], None] | None = None) -> Transport:
    """A transport of its own for whoever asks; to be closed. Raises ConfigError when the password cannot be read.

    Transports that are used at the same time have one `pace` together.
    """
    mail = parts.config.mail
    if mail.transport == "folder":
        return Folder(mail.folder)
    return Smtp(
        mail.host,
        mail.smtp_port,
        mail.security,
        username=mail.username,
        password=password_of(mail),
        helo=host_of(parts.config.press.base_url) or "localhost",
        pace=pace or pace_of(parts),
    )


def password_of(mail: Mail) -> str:
    """The mail server's password; empty without one. Raises ConfigError when it cannot be read."""
    if mail.password_file is None:
        return ""
    try:
        return mail.password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"mail.password_file: {mail.password_file}: cannot be read: {error}") from error


def gate_of(parts: Parts) -> Providers:
    """What says who may be written to now."""
    return Providers(parts.database, after_refusal, parts.config.mail.per_hour, parts.config.mail.per_domain)


def pace_of(parts: Parts) -> Callable[[], None]:
    """What keeps to `mail.per_second`, together with every other worker."""
    per_second = parts.config.mail.per_second
    if not per_second:
        return lambda: None

    def sleep(seconds: float) -> None:
        parts.stopping.wait(seconds)

    def turn(letters: int) -> float:
        now = parts.clock()
        return (gate_of(parts).turn(letters, per_second, now) - now).total_seconds()

    return Pace(per_second, time.monotonic, sleep, turn)


def connections_of(mail: Mail) -> int:
    """Over how many connections at a time an issue leaves."""
    return 1 if mail.transport == "folder" else mail.connections


def stays_here(mail: Mail) -> bool:
    """Whether letters do not leave this machine, so that nobody asks for https or signatures."""
    return mail.transport == "folder" or is_loopback(mail.host)


def where_of(parts: Parts) -> str:
    """Where a message has gone, for a person."""
    mail = parts.config.mail
    return f"written to {mail.folder}" if mail.transport == "folder" else f"taken by {mail.host}:{mail.smtp_port}"
