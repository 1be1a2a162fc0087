"""Servers that a press leans on are spoken to, and hung up on politely."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import urllib3

from chaffinch.clock import Clock
from chaffinch.config import Mail
from chaffinch.errors import ConfigError
from chaffinch.fetch.guard import is_loopback
from chaffinch.mailing.records import Sign, Verdict
from chaffinch.newsroom.space import standing
from chaffinch.newsroom.transports import password_of
from chaffinch.text import one_line

PATIENCE = 10.0
"""Seconds."""
_SKEW = timedelta(minutes=5)
_SOON = timedelta(days=14)


def web_server(base_url: str, clock: Clock) -> Iterator[Sign]:
    """Whether the press answers where its letters say that it is, and whether our clocks agree."""
    http = urllib3.PoolManager(timeout=PATIENCE, retries=False, num_pools=1)
    try:
        answer = http.request("GET", f"{base_url}/healthz", redirect=False)
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        yield Sign("web", Verdict.WRONG, f"{base_url} cannot be reached: {_reason(error)}")
        yield Sign("clock", Verdict.UNASKED, f"{base_url} cannot be reached")
        return
    finally:
        http.clear()
    if answer.status == 200:
        yield Sign("web", Verdict.GOOD, f"{base_url} answers")
    else:
        yield Sign("web", Verdict.WRONG, f"{base_url}/healthz answers with {answer.status}, not with 200")
    yield _clock(answer.headers.get("date", ""), clock())


def mail_server(mail: Mail, clock: Clock, tls: ssl.SSLContext | None = None) -> Sign:
    """Whether letters would be taken: greeting, encryption and its certificate, the password.

    `tls` says whose certificates hold; those that the machine trusts when it is left out.
    """
    if mail.transport == "folder":
        told = f"none: letters are files in {mail.folder}"
        if not os.access(standing(mail.folder), os.W_OK | os.X_OK):
            return Sign("mail server", Verdict.WRONG, f"{told}, where we may not write: see mail.folder")
        return Sign("mail server", Verdict.GOOD, told)
    where = f"{mail.host}:{mail.smtp_port}"
    try:
        until = _greeted(mail, tls or ssl.create_default_context())
    except ConfigError as error:
        return Sign("mail server", Verdict.WRONG, str(error))
    except smtplib.SMTPAuthenticationError as error:
        return Sign("mail server", Verdict.WRONG, f"{where} does not take the password: {error.smtp_code}")
    except ssl.SSLError as error:
        return Sign("mail server", Verdict.WRONG, f"{where}: its certificate does not hold: {_reason(error)}")
    except (smtplib.SMTPException, OSError) as error:
        return Sign("mail server", Verdict.WRONG, f"{where} cannot be used: {_reason(error)}")
    return _trusted(mail, where, until, clock())


def _greeted(mail: Mail, context: ssl.SSLContext) -> datetime | None:
    """Say hello as a letter would; until when the server's certificate holds, where it has one."""
    password = password_of(mail)
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.smtp_port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.smtp_port, timeout=PATIENCE)
    with server:
        server.ehlo()
        if mail.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if mail.username:
            server.login(mail.username, password)
        return _certified_until(server)


def _trusted(mail: Mail, where: str, until: datetime | None, now: datetime) -> Sign:
    if mail.security == "none" and not is_loopback(mail.host):
        return Sign("mail server", Verdict.UNWISE, f"{where} answers, without encryption")
    if until is not None and until - now < _SOON:
        return Sign("mail server", Verdict.UNWISE, f"{where} answers; its certificate ends on {until:%Y-%m-%d}")
    return Sign("mail server", Verdict.GOOD, f"{where} answers" + (", and takes our password" if mail.username else ""))


def _clock(date: str, now: datetime) -> Sign:
    try:
        theirs = parsedate_to_datetime(date)
        skew = abs(now - theirs)
    except (TypeError, ValueError):
        return Sign("clock", Verdict.UNASKED, "the web server does not say what time it is")
    if skew > _SKEW:
        return Sign("clock", Verdict.WRONG, f"it differs from the web server's by {int(skew.total_seconds())} seconds")
    return Sign("clock", Verdict.GOOD, f"{now:%Y-%m-%d %H:%M} UTC, as the web server says")


def _certified_until(server: smtplib.SMTP) -> datetime | None:
    held = server.sock.getpeercert() if isinstance(server.sock, ssl.SSLSocket) else None
    ends = held.get("notAfter") if held else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None


def _reason(error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    return one_line(getattr(cause, "verify_message", "") or getattr(cause, "strerror", "") or str(cause))
