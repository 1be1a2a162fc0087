"""The doctor says what is wrong with what a press leans on, and asks nobody when told so."""

import http.server
import socketserver
import sqlite3
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chaffinch.cli.app import run
from chaffinch.clock import system_clock
from chaffinch.config import load
from chaffinch.mailing import dkim
from chaffinch.mailing.records import Lookup, Sender, Sign, Verdict, examined, wanted
from chaffinch.mailing.resolving import resolver
from chaffinch.newsroom import Newsroom, remembering
from chaffinch.newsroom.doctor import examine
from chaffinch.newsroom.reaching import mail_server, web_server
from tests.loopback import free_port

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
Zone = Mapping[tuple[str, str], Sequence[str]]
PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.fixture(scope="module")
def key() -> dkim.Key:
    return dkim.key("example.org", "rsa26", rsa.generate_private_key(65537, 2048).private_bytes(*PEM))


@pytest.fixture
def sender(key: dkim.Key) -> Sender:
    return Sender("example.org", "bounces.example.org", (key,), "mail.example.org", "", "e@example.org")


@pytest.fixture
def zone(sender: Sender) -> Zone:
    """Everything as it should be."""
    return {(record.name, record.kind): [record.value] for record in wanted(sender)} | {
        ("bounces.example.org", "MX"): ["10 mail.example.org."],
        ("mail.example.org", "A"): ["192.0.2.25"],
        ("192.0.2.25", "PTR"): ["mail.example.org."],
    }


def asking(zone: Zone) -> Lookup:
    return lambda name, kind: zone.get((name, kind), ())


def judged(sender: Sender, zone: Zone) -> dict[str, Sign]:
    return {sign.about: sign for sign in examined(sender, asking(zone))}


def test_what_is_printed_is_what_is_found_good(sender: Sender, zone: Zone) -> None:
    assert {about: sign.verdict for about, sign in judged(sender, zone).items()} == dict.fromkeys(
        ("SPF", "DKIM rsa26", "DMARC", "alignment", "MX", "reverse DNS"), Verdict.GOOD
    )


@pytest.mark.parametrize(
    ("name", "kind", "records", "about", "verdict", "said"),
    [
        ("bounces.example.org", "TXT", [], "SPF", Verdict.WRONG, "no SPF record"),
        ("bounces.example.org", "TXT", ["v=spf1 mx -all", "v=spf1 a -all"], "SPF", Verdict.WRONG, "2 SPF records"),
        ("bounces.example.org", "TXT", ["v=spf1 +all"], "SPF", Verdict.WRONG, "whole world"),
        ("bounces.example.org", "TXT", ["v=spf1 mx"], "SPF", Verdict.UNWISE, "ends without"),
        ("bounces.example.org", "TXT", ["v=spf10 mx -all"], "SPF", Verdict.WRONG, "no SPF record"),
        ("bounces.example.org", "TXT", ["v=spf1 " + "include:a.b " * 11 + "-all"], "SPF", Verdict.WRONG, "11 further"),
        ("rsa26._domainkey.example.org", "TXT", [], "DKIM rsa26", Verdict.WRONG, "no DKIM record"),
        ("rsa26._domainkey.example.org", "TXT", ["v=DKIM1; p="], "DKIM rsa26", Verdict.WRONG, "withdrawn"),
        ("rsa26._domainkey.example.org", "TXT", ["v=DKIM1; p=AAAA"], "DKIM rsa26", Verdict.WRONG, "another key"),
        ("_dmarc.example.org", "TXT", [], "DMARC", Verdict.WRONG, "no DMARC record"),
        ("_dmarc.example.org", "TXT", ["v=DMARC1; p=none", "v=DMARC1; p=none"], "DMARC", Verdict.WRONG, "2 DMARC"),
        ("_dmarc.example.org", "TXT", ["v=DMARC1; rua=mailto:a@b.org"], "DMARC", Verdict.WRONG, "no policy"),
        ("bounces.example.org", "MX", ["0 ."], "MX", Verdict.WRONG, "takes no mail"),
        ("bounces.example.org", "MX", [], "MX", Verdict.WRONG, "no mail server"),
        ("192.0.2.25", "PTR", [], "reverse DNS", Verdict.UNWISE, "no name"),
        ("192.0.2.25", "PTR", ["other.example.net."], "reverse DNS", Verdict.UNWISE, "does not lead back"),
    ],
)
def test_a_record_that_is_not_right_is_told(
    sender: Sender, zone: Zone, name: str, kind: str, records: list[str], about: str, verdict: Verdict, said: str
) -> None:
    sign = judged(sender, {**zone, (name, kind): records})[about]

    assert sign.verdict is verdict
    assert said in sign.said


def test_a_long_key_in_pieces_and_a_test_flag_are_read(sender: Sender, zone: Zone, key: dkim.Key) -> None:
    spread = key.record.replace(";", " ;").replace("p=", "p= ") + "; t=y:s"

    sign = judged(sender, {**zone, (key.name, "TXT"): [spread]})["DKIM rsa26"]

    assert sign.verdict is Verdict.UNWISE
    assert "only a test" in sign.said


def test_a_provider_wants_its_own_word_in_the_spf_record(zone: Zone) -> None:
    sender = Sender("example.org", "example.org", (), "smtp.mailgun.org", "mailgun")

    without = judged(sender, {**zone, ("example.org", "TXT"): ["v=spf1 mx -all"]})["SPF"]
    given = judged(sender, {**zone, ("example.org", "TXT"): ["v=spf1 mx Include:mailgun.org -all"]})["SPF"]

    assert (without.verdict, given.verdict) == (Verdict.WRONG, Verdict.GOOD)
    assert "include:mailgun.org" in without.said
    assert wanted(sender)[0].value == "v=spf1 include:mailgun.org ~all"


@pytest.mark.parametrize(
    ("domain", "returns", "signer", "verdict"),
    [
        ("example.org", "bounces.example.org", "example.org", Verdict.GOOD),
        ("news.example.org", "mail.example.org", "", Verdict.GOOD),
        ("example.org", "relay.example.net", "", Verdict.WRONG),
        ("example.org", "example.org", "example.net", Verdict.WRONG),
        ("example.org", "relay.example.net", "mail.example.org", Verdict.GOOD),
    ],
)
def test_signature_or_return_path_must_be_the_senders(domain: str, returns: str, signer: str, verdict: Verdict) -> None:
    keys = [dkim.key(signer, "s", Ed25519PrivateKey.generate().private_bytes(*PEM))] if signer else []

    assert judged(Sender(domain, returns, keys), {})["alignment"].verdict is verdict


def test_who_does_not_answer_is_not_called_wrong(sender: Sender) -> None:
    signs = list(examined(sender, lambda name, kind: None))

    assert {sign.verdict for sign in signs if sign.about != "alignment"} == {Verdict.UNASKED}


@contextmanager
def answering(zone: Zone) -> Iterator[int]:
    """A name server on loopback."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            raw, socket = self.request
            asked = dns.message.from_wire(raw)
            reply = dns.message.make_response(asked)
            name, kind = asked.question[0].name, asked.question[0].rdtype
            records = zone.get((name.to_text().rstrip("."), dns.rdatatype.to_text(kind)), ())
            if records:
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", dns.rdatatype.to_text(kind), *records))
            socket.sendto(reply.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_name_server_is_asked() -> None:
    zone = {
        ("example.org", "TXT"): ['"v=spf1 " "mx -all"', '"other"'],
        ("example.org", "MX"): ["10 mail.example.org."],
        ("25.2.0.192.in-addr.arpa", "PTR"): ["mail.example.org."],
    }
    with answering(zone) as port:
        lookup = resolver("127.0.0.1", port)

        assert sorted(lookup("example.org", "TXT") or ()) == ["other", "v=spf1 mx -all"]
        assert lookup("example.org", "MX") == ["10 mail.example.org."]
        assert lookup("192.0.2.25", "PTR") == ["mail.example.org."]
        assert lookup("example.org", "AAAA") == ()
        assert lookup("a" * 70 + ".example.org", "A") is None


@contextmanager
def web(status: int, ahead: timedelta) -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            self.send_header("Date", (NOW + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "ahead", "verdicts"),
    [
        (200, timedelta(), [Verdict.GOOD, Verdict.GOOD]),
        (404, timedelta(), [Verdict.WRONG, Verdict.GOOD]),
        (200, timedelta(hours=1), [Verdict.GOOD, Verdict.WRONG]),
    ],
)
def test_the_press_must_answer_where_it_says_that_it_is(status: int, ahead: timedelta, verdicts: list[Verdict]) -> None:
    with web(status, ahead) as url:
        assert [sign.verdict for sign in web_server(url, lambda: NOW)] == verdicts


def press(home: Path, mail: str = "", web: str = "") -> Newsroom:
    (home / "config.toml").write_text(f'[press]\n{web}\n[mail]\nfrom = "d@example.org"\n{mail}\n')
    return Newsroom(load(home / "config.toml"), lambda: NOW, children=1)


def seen(room: Newsroom, lookup: Lookup | None) -> dict[str, Sign]:
    opened = partial(remembering.opened, room.parts.config.press, looking=True)
    try:
        return {sign.about: sign for sign in examine(room.parts.config, opened, lookup, lambda: NOW)}
    finally:
        room.close()


def test_nobody_is_asked_when_offline(tmp_path: Path) -> None:
    signs = seen(press(tmp_path, 'transport = "smtp"\nhost = "mail.example.org"'), None)

    verdicts = {about: sign.verdict for about, sign in signs.items()}
    assert [verdicts.pop(about) for about in ("disk", "database", "rights", "templates")] == [Verdict.GOOD] * 4
    assert set(verdicts.values()) == {Verdict.UNASKED}


def test_a_mail_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    port = free_port()
    mail = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'

    sign = seen(press(tmp_path, mail, f'base_url = "http://127.0.0.1:{port}"'), asking({}))["mail server"]

    assert sign == Sign("mail server", Verdict.WRONG, f"127.0.0.1:{port} cannot be used: Connection refused")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself and holds for ten more days, with its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), 1, today - timedelta(1), today + timedelta(10))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    path.write_bytes(private.private_bytes(*PEM) + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def mail_on_loopback(certificate: Path, security: str) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    options: dict[str, Any] = {"ssl_context": context} if security == "tls" else {}
    options |= {"tls_context": context} if security == "starttls" else {}
    port = free_port()
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_mail_server_is_greeted_as_by_a_letter(tmp_path: Path, certificate: Path, security: str) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    with mail_on_loopback(certificate, security) as port:
        room = press(tmp_path, f'transport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "{security}"')
        mail = room.parts.config.mail
        well = mail_server(mail, lambda: datetime.now(UTC) - timedelta(days=60), trusting)
        soon = mail_server(mail, system_clock, trusting)
        strange = mail_server(mail, system_clock)
        room.close()

    assert well == Sign("mail server", Verdict.GOOD, f"127.0.0.1:{port} answers")
    if security == "none":
        assert (soon, strange) == (well, well)
    else:
        assert (soon.verdict, strange.verdict) == (Verdict.UNWISE, Verdict.WRONG)
        assert "its certificate ends on" in soon.said
        assert "its certificate does not hold" in strange.said


def test_a_data_directory_that_others_may_look_into_is_told(tmp_path: Path) -> None:
    room = press(tmp_path)
    (tmp_path / "data").chmod(0o755)

    sign = seen(room, None)["rights"]

    assert sign.verdict is Verdict.UNWISE
    assert sign.said.endswith(f"chmod 700 {tmp_path / 'data'}")


def test_a_secret_that_others_may_read_is_told(tmp_path: Path) -> None:
    room = press(tmp_path)
    (tmp_path / "data/secret").chmod(0o644)

    sign = seen(room, None)["rights"]

    assert sign.verdict is Verdict.WRONG
    assert sign.said.endswith(f"chmod 600 {tmp_path / 'data/secret'}")


def test_a_folder_for_letters_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    room = press(tmp_path, 'folder = "config.toml/letters"')

    sign = seen(room, asking({}))["mail server"]

    assert sign.verdict is Verdict.WRONG
    assert "config.toml/letters, where we may not write: see mail.folder" in sign.said


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    room = press(tmp_path)
    with sqlite3.connect(room.parts.database.name) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "INSERT INTO notes (kind, subscription, address, move, wanted) VALUES ('welcome', 'none', 'a', '', '')"
        )

    sign = seen(room, None)["database"]

    assert sign.verdict is Verdict.WRONG
    assert "not there" in sign.said


def test_the_command_tells_a_line_each_and_ends_with_one_when_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    press(tmp_path, web='contact = "e@example.org"').close()
    options = ["doctor", "--offline", "--config", str(tmp_path / "config.toml")]

    well = run(options)
    (tmp_path / "data/secret").chmod(0o644)
    ill = run(options)

    assert (well, ill) == (0, 1)
    lines = capsys.readouterr().out.splitlines()
    assert '_dmarc.example.org. TXT "v=DMARC1; p=none; rua=mailto:e@example.org"' in lines
    assert any(line.startswith("rights\twrong\t") for line in lines)


def test_a_key_that_is_not_there_hides_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = '[[mail.dkim]]\ndomain = "example.org"\nselector = "a"\nkey_file = "none.pem"'
    (tmp_path / "config.toml").write_text(f'[press]\n[mail]\nfrom = "d@example.org"\n{key}\n')

    status = run(["doctor", "--offline", "--config", str(tmp_path / "config.toml")])

    told = {line.partition("\t")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert status == 1
    assert told["database"].startswith("database\tgood\t")
    assert told["mail"] == f"mail\twrong\tmail.dkim: {tmp_path / 'none.pem'}: No such file or directory"
