"""Whether letters come twice or get lost when the sender is killed, again and again.

    python benchmarks/crash.py [--letters 10000] [--kills 100] [--seed 1]

A sender in a process of its own is killed (SIGKILL) at random moments while it works through one issue to a mail server
that counts; then the next one goes on where it was. In the end no letter may have come twice, and each that is missing
must be among those that the outbox calls unknown.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from chaffinch.mailing.delivery import deliver
from chaffinch.mailing.domains import after_refusal
from chaffinch.mailing.message import Message
from chaffinch.mailing.smtp import Smtp
from chaffinch.model import Article, DeliveryState, IssueState, Status, Subscription
from chaffinch.ports import Parcel
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.doubts import Doubts
from chaffinch.store.issues import Issues
from chaffinch.store.providers import Providers
from chaffinch.store.subscriptions import Subscriptions

NOW = datetime.now(UTC)


class Counting:
    """A mail server that counts the messages it was given whole, by recipient."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        try:
            writer.write(b"220 counting\r\n")
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await writer.drain()
                    await reader.readuntil(b"\r\n.\r\n")
                    self.taken[recipient] += 1
                    await asyncio.sleep(random.random() * 0.004)  # killed here, the sender does not learn of it
                elif word == b"RCPT":
                    recipient = re.sub(rb".*<(.*)>\s*", rb"\1", line).decode()
                elif word == b"EHLO":
                    writer.write(b"250-counting\r\n250 PIPELINING\r\n")
                    continue
                if word != b"EHLO":
                    writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def prepared(folder: Path, letters: int) -> None:
    """A database with one open issue for so many people."""
    database = Database(folder / "chaffinch.db")
    article = Article("tag:a,2026:1", "a1", "https://a.example.org/", ("wire",), "Ferry", NOW, NOW, NOW)
    with database.write() as connection:
        insert_article(connection, article)
    Subscriptions(database).save(
        Subscription(
            f"s{n:06}", f"r{n:06}@example.net", "daily", "daily 07:00", Status.CONFIRMED, created=NOW, confirmed=NOW
        )
        for n in range(letters)
    )
    issues = Issues(database)
    issue = issues.close("daily", "daily 07:00", NOW, [article], IssueState.OPEN, NOW)
    assert issue
    issues.enqueue(issue, lambda reader, opened: NOW, lambda contents, reader, had: contents, NOW)
    database.close()


def send(folder: Path, port: int) -> None:
    """What is killed: it takes over what the one before left behind, and sends the rest."""

    def plain(parcel: Parcel) -> Message:
        body = b"Subject: hello\r\n\r\n" + b"A line of a letter.\r\n" * 200
        return Message(f"<{parcel.delivery.id}@example.org>", "d@example.org", parcel.subscription.address, body)

    database = Database(folder / "chaffinch.db")
    outbox, issue = Deliveries(database, str), Issues(database).get("daily", 1)
    assert issue
    outbox.recover_all(datetime.now(UTC))
    transports = [Smtp("127.0.0.1", port, "none") for _ in range(4)]
    deliver(
        issue, outbox, transports, plain, lambda: datetime.now(UTC), lambda: False, Providers(database, after_refusal)
    )


def main() -> None:
    """Play it and say how it went; exit status 1 when the promise was broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=10_000)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--send", nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.send:
        send(Path(given.send[0]), int(given.send[1]))
        return
    chance, server, kills = random.Random(given.seed), Counting(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepared(folder, given.letters)
        while True:
            before = server.taken.total()
            sender = subprocess.Popen([sys.executable, __file__, "--send", name, str(server.port)])
            while server.taken.total() == before and sender.poll() is None:
                time.sleep(0.005)
            if kills < given.kills:
                time.sleep(chance.random() * 1.2 * given.letters / given.kills / 900)
            if kills >= given.kills or sender.poll() is not None:
                sender.wait()
                break
            os.kill(sender.pid, signal.SIGKILL)
            sender.wait()
            kills += 1
        database = Database(folder / "chaffinch.db")
        doubtful = {doubt.address for doubt in Doubts(database).list()}
        states = Issues(database).letters("daily")
        database.close()
    everyone = {f"r{n:06}@example.net" for n in range(given.letters)}
    twice = sum(times - 1 for times in server.taken.values())
    missing = everyone - set(server.taken)
    print(f"{kills} kills, {given.letters} letters: {twice} twice, {len(missing)} missing, {len(doubtful)} unknown")
    print(f"missing and not among the unknown: {len(missing - doubtful)}; {dict(states)}")
    sent = states.get(DeliveryState.SENT, 0) + states.get(DeliveryState.UNKNOWN, 0)
    raise SystemExit(0 if not twice and missing <= doubtful and sent == given.letters else 1)


if __name__ == "__main__":
    main()
