"""A real SMTP server on loopback, in all its moods."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chaffinch.errors import LeaseLost, MailAway, MailError, MailPolicy, MailRefused, MailUnknown
from chaffinch.mailing.pace import Pace
from chaffinch.mailing.smtp import Security, Smtp, verdict

MESSAGE = b"Subject: hello\r\n\r\n.a line with a dot\r\n..two\r\nend\r\n"
SENDER = "digest@example.org"


class Sink:
    """Takes messages, or answers as it is told to."""

    def __init__(self, rcpt: dict[str, str] | None = None, data: str = "250 taken") -> None:
        self.rcpt = rcpt or {}
        self.data = data
        self.taken: list[tuple[str, bytes]] = []
        self.sessions: set[int] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 fine")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.sessions.add(id(session))
        if self.data.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return self.data


class AnyPort(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types


@contextmanager
def serving(sink: Sink, **options: Any) -> Iterator[int]:
    controller = AnyPort(sink, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def script(*answers: bytes | None, after_data: bytes | None = b"250 taken\r\n") -> Iterator[tuple[int, list[bytes]]]:
    """A server that says one thing after another whatever it hears: None hangs up, "hang" says nothing.

    After `DATA` it listens until the final dot, or the end of the connection.
    """
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        with listener, listener.accept()[0] as line, line.makefile("rb") as lines:
            for answer in answers:
                if answer is None:
                    return
                if answer == b"hang":
                    done.wait(5)
                    return
                line.sendall(answer)
                if answer.startswith(b"354"):
                    for read in lines:
                        heard.append(read)
                        if read == b".\r\n":
                            break
                    else:
                        return
                    if after_data is None:
                        return
                    line.sendall(after_data)
                heard.append(lines.readline())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        done.set()
        thread.join(5)


def smtp(port: int, **options: object) -> Smtp:
    return Smtp("127.0.0.1", port, "none", timeout=options.pop("timeout", 5.0), **options)  # type: ignore[arg-type]  # a test's own choice


def send(transport: Smtp, recipient: str = "ann@example.net", before_end: Callable[[], None] = lambda: None) -> None:
    transport.send(MESSAGE, SENDER, recipient, before_end)


TAKEN = (b"220 hi\r\n", b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")


def test_many_messages_go_over_one_connection_as_they_are() -> None:
    sink = Sink()

    with serving(sink) as port:
        transport = smtp(port)
        for number in range(3):
            send(transport, f"reader{number}@example.net")
        transport.close()

    assert sink.taken == [(f"reader{number}@example.net", MESSAGE) for number in range(3)]
    assert len(sink.sessions) == 1


def test_the_end_goes_out_after_the_books_are_kept() -> None:
    with script(*TAKEN, b"221 bye\r\n") as (port, heard):
        before: list[bytes] = []
        transport = smtp(port)

        def keep_books() -> None:
            while b"end\r\n" not in heard:  # the server has the whole message ...
                threading.Event().wait(0.005)
            before.extend(heard)

        send(transport, before_end=keep_books)
        transport.close()

    assert b".\r\n" not in before  # ... but for its end
    assert heard[heard.index(b"end\r\n") + 1] == b".\r\n"


def test_one_refused_recipient_does_not_stop_the_others() -> None:
    sink = Sink({"gone@example.net": "550 5.1.1 no such person"})

    with serving(sink) as port:
        transport = smtp(port)
        with pytest.raises(MailRefused, match=r"550 5\.1\.1 no such person") as raised:
            send(transport, "gone@example.net")
        send(transport)
        transport.close()

    assert raised.value.code == 550
    assert [recipient for recipient, _ in sink.taken] == ["ann@example.net"]
    assert len(sink.sessions) == 1


@pytest.mark.parametrize(
    ("step", "code", "said", "kind"),
    [
        ("RCPT", 550, "no such user", MailRefused),
        ("RCPT", 550, "5.1.1 no such user", MailRefused),
        ("RCPT", 552, "5.2.2 mailbox full", MailRefused),
        ("RCPT", 550, "5.7.1 relaying denied", MailPolicy),
        ("RCPT", 450, "4.2.0 greylisted", MailAway),
        ("end of data", 550, "5.1.1 no such user", MailRefused),
        ("end of data", 554, "5.7.1 looks like spam", MailPolicy),
        ("end of data", 554, "transaction failed", MailPolicy),
        ("end of data", 451, "4.3.0 later", MailAway),
        ("MAIL", 550, "5.1.8 bad sender", MailPolicy),
        ("MAIL", 530, "authentication required", MailPolicy),
        ("DATA", 503, "bad sequence", MailPolicy),
        ("RCPT", 200, "what?", MailAway),
    ],
)
def test_what_a_refusal_means(step: str, code: int, said: str, kind: type[MailError]) -> None:
    found = verdict("mail server", step, code, said)

    assert type(found) is kind
    assert said in str(found)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("451 later", MailAway), ("554 5.7.1 spam", MailPolicy), ("550 5.1.1 unknown", MailRefused)],
)
def test_a_refusal_after_the_end_is_known(answer: str, kind: type[MailError]) -> None:
    sink = Sink(data=answer)

    with serving(sink) as port:
        transport = smtp(port)
        with pytest.raises(kind):
            send(transport)
        sink.data = "250 taken"
        send(transport)
        transport.close()

    assert len(sink.taken) == 1


def test_nobody_at_home_means_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(MailAway, match=f"127.0.0.1:{port}: .*refused") as raised:
        send(smtp(port))

    assert raised.value.code is None


@pytest.mark.parametrize(
    "answers",
    [
        (None,),
        (b"hang",),
        (b"421 too busy\r\n",),
        (b"554 go away\r\n",),
        (b"not smtp at all\r\n", None),
        (*TAKEN[:2], None),
        (*TAKEN[:2], b"hang"),
        (*TAKEN[:3], None),
        (*TAKEN[:4], b"hang"),
    ],
)
def test_what_fails_before_the_end_surely_failed(answers: tuple[bytes | None, ...]) -> None:
    ended = []

    with script(*answers) as (port, _), pytest.raises(MailAway) as raised:
        send(smtp(port, timeout=0.1), before_end=lambda: ended.append(True))

    assert raised.value.code in (None, 421)
    assert ended == []


def test_a_drop_in_the_middle_of_the_data_surely_failed() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as line, line.makefile("rb") as lines:
            for answer in TAKEN[:-1]:
                line.sendall(answer)
                lines.readline()
            line.sendall(TAKEN[-1])
            lines.read(1024)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # hang up without a goodbye

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ended = []
    with pytest.raises(MailAway):
        Smtp("127.0.0.1", listener.getsockname()[1], "none", timeout=5).send(
            b"x" * 70 * 1024 * 1024, SENDER, "ann@example.net", lambda: ended.append(True)
        )
    thread.join(5)

    assert ended == []


@pytest.mark.parametrize("after_data", [None, b""])
def test_no_answer_after_the_end_is_unknown(after_data: bytes | None) -> None:
    with (
        script(*TAKEN, after_data=after_data) as (port, heard),
        pytest.raises(MailUnknown, match="may have been taken"),
    ):
        send(smtp(port, timeout=0.1))

    assert heard[-1] in (b".\r\n", b"")


def test_a_message_that_must_not_be_ended_is_thrown_away() -> None:
    sink = Sink()

    def lost() -> None:
        raise LeaseLost("taken over")

    with serving(sink) as port:
        transport = smtp(port)
        with pytest.raises(LeaseLost):
            send(transport, before_end=lost)
        send(transport, "ben@example.net")
        transport.close()

    assert [recipient for recipient, _ in sink.taken] == ["ben@example.net"]


def test_a_connection_that_died_while_idle_is_replaced() -> None:
    sink = Sink()

    with serving(sink) as port:
        transport = smtp(port)
        send(transport)
        assert transport._server is not None
        assert transport._server.sock is not None
        transport._server.sock.shutdown(socket.SHUT_RDWR)
        send(transport)
        transport.close()

    assert len(sink.taken) == 2


@pytest.mark.parametrize("recipient", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "änn@example.net", ""])
def test_a_hostile_recipient_never_reaches_the_server(recipient: str) -> None:
    sink = Sink()

    with serving(sink) as port, pytest.raises(MailRefused):
        send(smtp(port), recipient)

    assert sink.taken == []


def test_a_server_without_the_promised_encryption_gets_nothing() -> None:
    sink = Sink()

    with serving(sink) as port, pytest.raises(MailPolicy, match="STARTTLS"):
        Smtp("127.0.0.1", port, "starttls", timeout=5).send(MESSAGE, SENDER, "ann@example.net", lambda: None)

    assert sink.taken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@contextmanager
def serving_tls(sink: Sink, certificate: Path, security: Security) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    options: dict[str, Any] = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    with serving(sink, **options) as port:
        yield port


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_letters_go_over_an_encrypted_line(certificate: Path, security: Security) -> None:
    sink = Sink()
    trusting = ssl.create_default_context(cafile=certificate)

    with serving_tls(sink, certificate, security) as port:
        transport = Smtp("127.0.0.1", port, security, timeout=5, tls=trusting)
        send(transport)
        send(transport)
        transport.close()

    assert len(sink.taken) == 2


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_stops_the_letter(certificate: Path, security: Security) -> None:
    sink = Sink()

    with serving_tls(sink, certificate, security) as port, pytest.raises(MailAway, match="certificate"):
        Smtp("127.0.0.1", port, security, timeout=5).send(MESSAGE, SENDER, "ann@example.net", lambda: None)

    assert sink.taken == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_server_that_wants_a_login_gets_it() -> None:
    def knows(server: object, session: object, envelope: object, mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)

    sink = Sink()
    with serving(sink, authenticator=knows, auth_required=True, auth_require_tls=False) as port:
        with pytest.raises(MailPolicy, match="refuses the login of press") as raised:
            send(smtp(port, username="press", password="wrong"))
        transport = smtp(port, username="press", password="right")
        send(transport)
        transport.close()

    assert "wrong" not in str(raised.value)
    assert len(sink.taken) == 1


def test_letters_leave_at_the_pace_that_was_asked_for() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(4, lambda: now[0], sleep)
    pace()
    pace()
    now[0] += 10
    pace()
    pace()

    assert slept == [0.25, 0.25]
