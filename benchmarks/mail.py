"""How fast letters are written and sent: signed messages a second, and letters a second through the outbox.

    python benchmarks/mail.py [--letters 20000] [--connections 8]
    python benchmarks/mail.py --subscriptions 1000000

The second figure is end to end: claimed from a database on the disk, written, signed with RSA-2048, the commit before
the final dot, a mail server that counts (Postfix's `smtp-sink`, where it is installed). With `--subscriptions` it is
how planning and sending fare with so many: letters a second of CPU for each tenth of them, and the memory after it; no
server, no signature.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import insert

from chaffinch.config import Press
from chaffinch.mailing import dkim, letter, message
from chaffinch.mailing.delivery import deliver
from chaffinch.mailing.domains import after_refusal
from chaffinch.mailing.message import Letterhead, Message
from chaffinch.mailing.scribe import Scribe
from chaffinch.mailing.smtp import Smtp
from chaffinch.model import Article, DeliveryState, Digest, Issue, IssueState, Letter, Status, Subscription
from chaffinch.pages import Templates
from chaffinch.ports import Parcel
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.issues import Issues
from chaffinch.store.providers import Providers
from chaffinch.store.schema import subscriptions
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


class Nowhere:
    """Takes every message at once."""

    def send(self, content: bytes, sender: str, recipient: str, before_end: Callable[[], None]) -> None:
        before_end()

    def close(self) -> None:
        pass


def many(count: int) -> None:
    """What the outbox does with so many subscribers, and with how much memory."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "chaffinch.db")
        issues, outbox, contents = Issues(database), Deliveries(database, lambda address: address), articles()
        with database.write() as connection:
            for article in contents:
                insert_article(connection, article)
        for begin in range(0, count, 10_000):
            with database.write() as connection:
                connection.execute(
                    insert(subscriptions), [_reader(n) for n in range(begin, min(begin + 10_000, count))]
                )
        issue = issues.close("daily", "daily 07:00", NOW, contents, IssueState.OPEN, NOW)
        assert issue
        print(f"{count:,} subscriptions, {_resident()} MB")
        part, planned, began = max(count // 10, 1), 0, time.process_time()

        def due(reader: Subscription, opened: Issue) -> datetime:
            nonlocal planned, began
            planned += 1
            if planned % part == 0:
                _tell("planned", planned, part, began)
                began = time.process_time()
            return NOW

        issues.enqueue(issue, due, lambda contents, reader, had: contents, NOW)
        written, began = 0, time.process_time()

        def write(parcel: Parcel) -> Message:
            nonlocal written, began
            written += 1
            if written % part == 0:
                _tell("sent", written, part, began)
                began = time.process_time()
            return Message(f"<{parcel.delivery.id}@example.org>", "d@example.org", parcel.subscription.address, b"\r\n")

        gate = Providers(database, after_refusal)
        deliver(issue, outbox, [Nowhere()], write, lambda: datetime.now(UTC), lambda: False, gate)
        began = time.process_time()
        assert issues.letters("daily", 1) == {DeliveryState.SENT: count}
        assert issues.with_due_deliveries(datetime.now(UTC)) == []
        print(f"counted in {time.process_time() - began:.2f} s, {_resident()} MB")
        database.close()


def _reader(number: int) -> dict[str, object]:
    return {
        "id": f"s{number:015}",
        "address": f"r{number}@example.net",
        "digest": "daily",
        "cadence": "daily 07:00",
        "status": Status.CONFIRMED.value,
        "created": NOW,
        "confirmed": NOW,
    }


def _tell(what: str, count: int, part: int, began: float) -> None:
    rate = part / (time.process_time() - began)
    print(f"{what} {count:,}: {rate:,.0f} a second of CPU, {_resident()} MB", flush=True)


def _resident() -> int:
    """Megabytes of memory in use."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() >> 20


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
    options.add_argument("--subscriptions", type=int)
    given = options.parse_args()
    if given.subscriptions:
        many(given.subscriptions)
        raise SystemExit
    built(min(given.letters, 5_000))
    sent(given.letters, given.connections)
