"""How fast letters are written and sent: signed messages a second, and letters a second through the outbox.

    python benchmarks/mail.py [--letters 20000] [--connections 8]

The second figure is end to end: claimed from a database on the disk, written, signed with RSA-2048, the commit before
the final dot, a mail server that counts (Postfix's `smtp-sink`, where it is installed).
"""

from __future__ import annotations

import argparse
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chaffinch.config import Press
from chaffinch.mailing import dkim, letter, message
from chaffinch.mailing.delivery import deliver
from chaffinch.mailing.domains import after_refusal
from chaffinch.mailing.message import Letterhead
from chaffinch.mailing.scribe import Scribe
from chaffinch.mailing.smtp import Smtp
from chaffinch.model import Article, Digest, Issue, IssueState, Letter, Status, Subscription
from chaffinch.pages import Templates
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.issues import Issues
from chaffinch.store.providers import Providers
from chaffinch.store.subscriptions import Subscriptions

NOW = datetime.now(UTC)
SECRET = b"a secret of thirty-two bytes ..."
PRESS = Press(title="The Press", base_url="https://press.example.org", contact="e@press.example.org")
DIGEST = Digest("daily", "The Daily", (), ("daily 07:00",))
WORDS = "It was a grey morning on the quay when the news about the ferry came in, and nobody had expected it. "


def articles() -> list[Article]:
    """Eight articles, which make a letter of about 15 kB."""
    return [
        Article(
            id=f"tag:press.example.org,2026:{number}",
            key=f"a{number}",
            url=f"https://news.example.org/{number}",
            sources=("wire",),
            title=f"The ferry sails again, part {number}",
            published=NOW,
            updated=NOW,
            first_seen=NOW,
            publisher="The Quay",
            lead=WORDS * 2,
            html=f"<p>{WORDS * 4}</p>",
            text=WORDS * 4,
        )
        for number in range(8)
    ]


def letterhead() -> Letterhead:
    """Who writes, with an RSA key."""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private = rsa.generate_private_key(65537, 2048).private_bytes(*form)
    keys = (dkim.key("press.example.org", "rsa", private),)
    return message.letterhead("The Press <d@press.example.org>", PRESS.base_url, SECRET, "e@press.example.org", keys)


def built(count: int) -> None:
    """Messages a second, one letter personalised and signed for each."""
    contents = tuple(articles())
    issue = Issue(1, "daily", "daily 07:00", NOW, 1, IssueState.OPEN, NOW, contents, "", NOW)
    rendered = letter.render(Letter(issue, contents), DIGEST, PRESS, Templates(), SECRET, {})
    plate = message.set_plate(letterhead(), DIGEST, "1", rendered)
    people = [Subscription(f"s{n:015}", f"r{n}@example.net", "daily", "daily 07:00") for n in range(count)]
    began, octets = time.process_time(), 0
    for person in people:
        octets = len(message.address(plate, person, NOW).content)
    print(
        f"built: {count / (time.process_time() - began):,.0f} signed messages a second and core, {octets:,} octets each"
    )


def sent(count: int, connections: int) -> None:
    """Letters a second through outbox and SMTP."""
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        database = Database(Path(folder) / "chaffinch.db")
        issues, people = Issues(database), Subscriptions(database)
        contents = articles()
        with database.write() as connection:
            for article in contents:
                insert_article(connection, article)
        people.save(
            Subscription(
                f"s{n:015}", f"r{n}@example.net", "daily", "daily 07:00", Status.CONFIRMED, created=NOW, confirmed=NOW
            )
            for n in range(count)
        )
        issue = issues.close("daily", "daily 07:00", NOW, contents, IssueState.OPEN, NOW)
        assert issue
        began = time.perf_counter()
        issues.enqueue(issue, lambda reader, opened: NOW, lambda contents, reader, had: contents, NOW)
        print(f"planned: {count / (time.perf_counter() - began):,.0f} deliveries a second")
        transports = [Smtp("127.0.0.1", port, "none") for _ in range(connections)]
        outbox = Deliveries(database, lambda address: address)
        scribe = Scribe(letterhead(), DIGEST, PRESS, Templates(), {}, lambda: datetime.now(UTC))
        began, busy = time.perf_counter(), time.process_time()
        done = deliver(
            issue,
            outbox,
            transports,
            scribe,
            lambda: datetime.now(UTC),
            lambda: False,
            Providers(database, after_refusal),
        )
        for transport in transports:
            transport.close()
        wall, busy = time.perf_counter() - began, time.process_time() - busy
        told = ", ".join(f"{number} {state}" for state, number in done.counts.items())
        print(f"sent: {count / wall:,.0f} letters a second, {count / busy:,.0f} a second of CPU; {told}")
        database.close()
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in C that throws letters away; its port."""
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        raise SystemExit("smtp-sink is not installed; it comes with Postfix (apt-get install postfix)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user = ["-u", "nobody"] if Path("/root").owner() == "root" and not _ordinary() else []
    running = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "128"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(50):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait()


def _ordinary() -> bool:
    import os

    return os.getuid() != 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=20_000)
    options.add_argument("--connections", type=int, default=8)
    given = options.parse_args()
    built(min(given.letters, 5_000))
    sent(given.letters, given.connections)
