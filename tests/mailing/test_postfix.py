"""A real mail server delivers a letter to a Maildir, its signatures hold, and what it cannot deliver comes back."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from chaffinch.config import load
from chaffinch.mailing.dkim import Key
from chaffinch.mailing.lint import failures, lint
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.model import Article, DeliveryState
from chaffinch.newsroom import Newsroom
from chaffinch.newsroom.returns import Returns
from chaffinch.store.articles import insert_article
from tests.loopback import free_port

POSTFIX = shutil.which("postfix", path="/usr/sbin:/usr/bin:/usr/local/sbin")
MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
myhostname = mx.example.net
mynetworks = 127.0.0.0/8
recipient_delimiter = +
alias_maps =
alias_database =
local_transport = error:none
default_transport = error:outside
relay_transport = error:outside
virtual_mailbox_domains = example.net, press.example.org
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ann@example.net=ann/, bounces@press.example.org=bounces/}}
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file = {home}/log
maillog_file_prefixes = /tmp
"""


@dataclass
class Server:
    port: int
    mail: Path


@pytest.fixture
def server() -> Iterator[Server]:
    """Postfix for this test alone: two mailboxes, everybody else unknown."""
    if POSTFIX is None or os.getuid() != 0:
        pytest.skip("Postfix is not installed, or may not be started by this user")
    assert POSTFIX
    home = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))  # not below tmp_path, which only its owner may enter
    home.chmod(0o755)
    for name in ("etc", "queue", "data", "mail"):
        (home / name).mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(home / "data", pwd.getpwnam("postfix").pw_uid, -1)
    os.chown(home / "mail", nobody.pw_uid, nobody.pw_gid)
    daemons = subprocess.check_output(["postconf", "-h", "daemon_directory"], text=True).strip()
    settings = {"home": home, "commands": Path(POSTFIX).parent, "daemons": daemons}
    (home / "etc/main.cf").write_text(MAIN.format(**settings, user=nobody.pw_uid, group=nobody.pw_gid))
    port = free_port()
    master = Path("/etc/postfix/master.cf").read_text()
    master = re.sub(r"(?m)^smtp      inet.*smtpd$", f"127.0.0.1:{port} inet n - n - - smtpd", master)
    master = re.sub(r"(?m)^(\w\S+ +\w+ +\S+ +\S+ +)y", r"\1n", master)  # no chroot
    (home / "etc/master.cf").write_text(master)
    subprocess.run([POSTFIX, "-c", home / "etc", "start"], check=True, capture_output=True)
    yield Server(port, home / "mail")
    subprocess.run([POSTFIX, "-c", home / "etc", "stop"], check=False, capture_output=True)
    shutil.rmtree(home, ignore_errors=True)


def test_a_real_server_delivers_keeps_signatures_and_sends_back(
    tmp_path: Path, server: Server, keys: tuple[Key, ...], verified: Callable[[bytes], list[bool]]
) -> None:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    tables = ""
    for key in keys:
        (tmp_path / f"{key.selector}.pem").write_bytes(key.private.private_bytes(*form))
        tables += f'[[mail.dkim]]\ndomain = "{key.domain}"\nselector = "{key.selector}"\n'
        tables += f'key_file = "{key.selector}.pem"\n'
    (tmp_path / "config.toml").write_text(
        '[press]\nbase_url = "https://press.example.org"\ncontact = "e@press.example.org"\n'
        '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = ["ann@example.net", "gone@example.net"]\n'
        f'[mail]\nfrom = "d@press.example.org"\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\n'
        f'security = "none"\nbounces = "bounces@press.example.org"\nbounces_maildir = "{server.mail}/bounces"\n{tables}'
    )
    now = datetime.now(UTC)
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    room.take_over()
    with room.parts.database.write() as connection:
        text = "It was a grey morning on the quay. " * 9
        insert_article(
            connection,
            Article(
                "tag:a,2026:1", "a1", "https://a.example.org/", ("a",), "Ferry", now, now, now, lead=text, text=text
            ),
        )

    (issue,) = room.post.close_now("daily")
    done = room.post.deliver(issue.id)
    (letter,) = within(20, lambda: list((server.mail / "ann/new").glob("*")))
    within(20, lambda: list((server.mail / "bounces/new").glob("*")))
    came_back = Returns(room.parts).read()
    reached, gone = (
        room.parts.subscriptions.suppressed(address_hash(room.parts.secret, address))
        for address in ("ann@example.net", "gone@example.net")
    )
    room.close()

    assert done.counts == {DeliveryState.SENT: 2}
    on_the_wire = letter.read_bytes().replace(b"\n", b"\r\n")
    assert verified(on_the_wire) == [True, True]
    assert failures(lint(on_the_wire, now)) == ()
    assert (came_back, reached) == (1, None)
    assert gone is not None
    assert "5.1.1" in gone.why


def within(seconds: float, found: Callable[[], list[Path]]) -> list[Path]:
    """What is there, as soon as it is."""
    until = time.monotonic() + seconds
    while not (there := found()) and time.monotonic() < until:
        time.sleep(0.1)
    return there
