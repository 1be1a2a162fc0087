"""Messages go to a mail server over one connection after another's end (RFC 5321).

The end of the data, a line with a single dot, is what makes the server responsible. It goes out alone, right after
`before_end` has returned, so that whoever keeps the books has done so by then; the connection sends at once what it is
given (TCP_NODELAY). What fails before the dot surely failed, what fails after it is unknown.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Literal

from chaffinch.errors import MailAway, MailError, MailPolicy, MailRefused, MailUnknown
from chaffinch.text import one_line, shorten

Security = Literal["starttls", "tls", "none"]

_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.\d{1,3}\b")
_PER_CONNECTION = 500
_LATER = 400
_FOR_GOOD = 500
_CLOSING = 421
_DONE = 250
_FORWARDED = 251
_THE_RECIPIENT = (1, 2)
_SECURITY = 7
_GO_AHEAD = 354


class Smtp:
    """Sends messages over a connection that it keeps for many. For one thread at a time."""

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        *,
        username: str = "",
        password: str = "",
        helo: str = "localhost",
        timeout: float = 60.0,
        pace: Callable[[], None] = lambda: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`helo` is what we call ourselves; `timeout` is in seconds, for each answer; `pace` is called before each."""
        self._where = f"{host}:{port}"
        self._host, self._port, self._security = host, port, security
        self._username, self._password = username, password
        self._helo, self._timeout, self._pace = helo, timeout, pace
        self._tls = tls
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, message: bytes, sender: str, recipient: str, before_end: Callable[[], None]) -> None:
        """Hand over one message; see `ports.Transport`."""
        self._pace()
        try:
            server = self._envelope(sender, recipient)
            content = message if message.endswith(b"\r\n") else message + b"\r\n"
            server.send((b"." if content.startswith(b".") else b"") + content.replace(b"\r\n.", b"\r\n.."))
        except MailError:
            self._reset()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise MailAway(f"mail server {self._where}: {_plainly(error)}; it is tried again") from error
        try:
            before_end()
        except BaseException:
            self._drop()  # without its dot the server throws the message away (RFC 5321 §4.1.1.4)
            raise
        try:
            server.send(b".\r\n")
            answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            said = f"no answer after the end of the message: {_plainly(error)}"
            raise MailUnknown(f"mail server {self._where}: {said}; it may have been taken") from error
        self._sent += 1
        try:
            self._expect("end of data", answer, 250)
        except MailError:
            self._reset()
            raise
        if self._sent >= _PER_CONNECTION:
            self.close()

    def close(self) -> None:
        """Say goodbye and hang up."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def _envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        """A server that waits for the message; an idle connection that has died is replaced once."""
        for command in (sender, recipient):
            if not re.fullmatch(r"[!-;=?-~]+@[!-;=?-~]+", command):
                raise MailRefused("an address that cannot be written in an envelope; correct or remove it")
        reused = self._server is not None
        try:
            server = self._server or self._connect()
            answer = _first(server, sender, recipient)
            if reused and answer[0] == _CLOSING:
                raise smtplib.SMTPServerDisconnected("it had closed the connection")
        except (OSError, smtplib.SMTPException):
            if not reused:
                raise
            self._drop()
            server = self._connect()
            answer = _first(server, sender, recipient)
        together = server.has_extn("pipelining")
        rcpt = server.getreply() if together else None
        data = server.getreply() if together else None
        try:
            self._expect("MAIL", answer, 250)
            self._expect("RCPT", rcpt or server.docmd("RCPT", f"TO:<{recipient}>"), 250)
        except MailError:
            if data and data[0] == _GO_AHEAD:
                self._drop()  # it waits for a message that we have no recipient for (RFC 2920 §3.1)
            raise
        self._expect("DATA", data or server.docmd("DATA"), _GO_AHEAD)
        return server

    def _connect(self) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self._security == "tls":
            server = smtplib.SMTP_SSL(self._host, self._port, self._helo, timeout=self._timeout, context=self._context)
        else:
            server = smtplib.SMTP(self._host, self._port, self._helo, timeout=self._timeout)
        try:
            if server.sock is not None:
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.ehlo_or_helo_if_needed()
            self._secure(server)
        except BaseException:
            server.close()
            raise
        self._server, self._sent = server, 0
        return server

    @property
    def _context(self) -> ssl.SSLContext:
        """Made once, where it is needed: reading all the certificates takes as long as fifty letters."""
        self._tls = self._tls or ssl.create_default_context()
        return self._tls

    def _secure(self, server: smtplib.SMTP) -> None:
        try:
            if self._security == "starttls":
                server.starttls(context=self._context)
                server.ehlo()
            if self._username:
                server.login(self._username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            kind = MailPolicy if error.smtp_code >= _FOR_GOOD else MailAway
            said = f"mail server {self._where} refuses the login of {self._username}: {_plainly(error)}"
            raise kind(said, code=error.smtp_code if kind is MailPolicy else None) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailPolicy(f"mail server {self._where}: {_plainly(error)}; check [mail]") from error

    def _expect(self, step: str, answer: tuple[int, bytes], wanted: int) -> None:
        code, said = answer
        if code == wanted or (step == "RCPT" and code == _FORWARDED):
            return
        raise verdict(f"mail server {self._where} at {step}", step, code, _said(said))

    def _reset(self) -> None:
        """Ready for the next message, on a new connection where this one will not do."""
        try:
            if self._server is not None and self._server.rset()[0] != _DONE:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def verdict(where: str, step: str, code: int, said: str) -> MailError:
    """What a refusal means: for now, for this recipient, or for all of us (RFC 5321 §4.2.1, RFC 3463).

    Status x.7.y is about us, x.1.y and x.2.y about the recipient's address or mailbox, at whatever step it is said.
    """
    line = f"{where}: {code} {said}".rstrip()
    enhanced = _ENHANCED.match(said)
    subject = int(enhanced[1]) if enhanced else None
    if code < _LATER:
        return MailAway(f"{line}; that is no answer we understand", code=None)
    if code < _FOR_GOOD:
        return MailAway(line, code=code)
    if subject in _THE_RECIPIENT and step != "MAIL":
        return MailRefused(line, code=code)
    if step == "RCPT" and subject != _SECURITY:
        return MailRefused(line, code=code)
    return MailPolicy(line, code=code)


def _first(server: smtplib.SMTP, sender: str, recipient: str) -> tuple[int, bytes]:
    """The answer to MAIL; RCPT and DATA are sent along where the server takes them together (RFC 2920)."""
    if not server.has_extn("pipelining"):
        return server.docmd("MAIL", f"FROM:<{sender}>")
    server.send(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n")
    return server.getreply()


def _said(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return shorten(one_line(text), 200)


def _plainly(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_said(error.smtp_error)}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return shorten(one_line(str(error)), 200) or type(error).__name__
