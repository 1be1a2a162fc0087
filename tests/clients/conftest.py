"""A town with a press in full swing: articles that came first, articles that came later, a letter that went out."""

import http.client
import re
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import eyes
from tests.loopback import PostOffice, Press, eventually, link, text_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "articles"

SOURCES = """
[[source]]
location = "articles"
slug = "town"
title = "Papers of the town"
backfill = 100
every = "1m"
[[source]]
location = "wide"
slug = "wide"
every = "1m"
keep = ["article figure", "article table", "article pre"]
[[feed]]
slug = "brief"
title = "The last of everything"
limit = 3
"""

LATER = (
    "2025-09-14-ferry-sails-again.html",
    "2025-09-16-council-splits-over-the-bridge.html",
    "2025-10-05-le-gardien-qui-eteignait-la-mer.txt",
    "2025-10-10-ghayegh-haye-kaghazi.txt",
)
"""What arrives after the first visit, and stands in the first issue."""

UNWIELDY = """<!doctype html><html lang="en"><head><title>Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz repealed</title>
<link rel="canonical" href="https://wide.example/{long}">
<meta property="article:published_time" content="2026-03-02T18:00:00Z"><meta name="author" content="Ada Weit"></head>
<body><main><article><h1>Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz repealed</h1>
<p>The longest word of the law books was struck out on Tuesday, and with it went the forms, the stamps and the
clerks who had learned to spell it. Nobody in the chamber spoke against it, and nobody could say it twice.</p>
<p>In the minutes of the meeting it stands once more, for the last time, as the clerk heard it: {word} and then
he closed the book, put away his pen and went home, as the custom of the house has it since the founding.</p>
<figure><img src="https://wide.example/{long}.png" alt="The chamber from end to end"><figcaption>The chamber, as wide as it is.</figcaption></figure>
<p>The table of the years shows how often the word was used in each of them, and who had to write it down when the
others would not. It is wider than any telephone, and it always was, as the archivist remarked with a sigh.</p>
<table><tr>{head}</tr><tr>{cells}</tr><tr>{cells}</tr></table>
<p>The programme that counted the letters is short enough to be printed here, though not on narrow paper, and it is
said to have run for nineteen years without anybody looking at it, until the machine was switched off in spring.</p>
<pre><code>def count(letters):
    return sum(1 for letter in letters if letter.isalpha() and letter.isprintable() and letter not in FORBIDDEN_LETTERS_OF_1931_AND_LATER)
</code></pre>
<p>The whole of the debate can be read at <a href="https://wide.example/{long}/{long}">https://wide.example/{long}/{long}</a>
by anybody who has an afternoon, a pot of tea and a window that can be opened when it gets too warm in the room.</p>
</article></main></body></html>""".format(  # noqa: E501 - a page
    long="x" * 120,
    word="unbroken" * 38,
    head="".join(f"<th>{year}</th>" for year in range(1990, 2010)),
    cells="".join(f"<td>{year} times</td>" for year in range(1990, 2010)),
)


def picture(width: int, height: int) -> bytes:
    """A grey PNG of that size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x99" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Town:
    """A press whose first issue is in the archive, and in the mail of its one subscriber."""

    def __init__(self, home: Path) -> None:
        first, later, wide = home / "articles", home / "later", home / "wide"
        shutil.copytree(EXAMPLES, first)
        later.mkdir()
        wide.mkdir()
        for name in LATER:
            shutil.move(first / name, later)
        shutil.move(first / "2025-10-02-storm-hanna.html", wide)
        self.office = PostOffice()
        self.press = Press(home, self.office, SOURCES)
        self.press.work()
        self.press.post(self.asked("reader@home.example"))
        eventually(lambda: len(self.office.letters) == 2)
        self.unsubscribe = link(self.office.letters[-1], "unsubscribe")

        (wide / "law.html").write_text(UNWIELDY, "utf-8")
        for name in LATER:
            shutil.move(later / name, first)
        self.press.clock.now = datetime(2026, 3, 2, 20, tzinfo=UTC)
        self.press.work()
        self.press.clock.now = datetime(2026, 3, 3, 6, 0, 30, tzinfo=UTC)
        self.press.work()
        self.press.room.post.annotate("daily", "A quiet week, and one long word.")
        self.press.room.post.release("daily")
        self.press.work()
        self.letter = text_of(self.office.letters[-1], "html")
        self.confirm = self.asked("undecided@home.example")
        self.asking = text_of(self.office.letters[-1], "html")

    def asked(self, address: str) -> str:
        """Sign up on the web; the link of the letter that asks whether it is meant."""
        stamp = re.search(r'name="stamp" value="([^"]+)"', self.press.get("/digests/daily/"))
        assert stamp
        self.press.clock.now += timedelta(seconds=30)
        before = len(self.office.letters)
        self.press.post("/digests/daily/subscribe", address=address, stamp=stamp[1], cadence="daily 07:00")
        eventually(lambda: len(self.office.letters) > before)
        return link(self.office.letters[-1], "confirm")

    def article(self, title: str) -> str:
        """The path of the page of an article of the first issue."""
        found = re.search(rf'<a href="(/articles/[a-z0-9]+)"[^>]*>{title}', self.press.get("/digests/daily/1"))
        assert found, title
        return found[1]

    def close(self) -> None:
        """Stop everything."""
        self.press.close()
        self.office.controller.stop()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    standing = Town(tmp_path_factory.mktemp("town"))
    yield standing
    standing.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with eyes.opened() as browser:
        yield browser


TEXT = """---
title: The {ship} is back
byline: Mara Lind
publisher: The Quay Gazette
url: https://quay.example/ships/{file}
published: 2026-03-02T0{hour}:00:00Z
---
{told}

All of this is true & <written down>; {seen}. The end of the {ship} is not yet in sight.
"""

SHIPS = {
    "Marigold": """The ferry came home on Tuesday evening, eleven months after her gearbox had broken, and half of the
town stood on the quay with lanterns to see whether she would find the fairway without her pilot.

Nobody had expected her before the weekend. The cook had run out of onions near the skerries, and the skipper, who will
not eat without them, had ordered full speed against the advice of both engineers.""",
    "Petrel": """A survey boat with a green hull has measured the channel for the first time since 1974. Her four
scientists found sand where the chart has rock, a lost anchor, and a bicycle that the museum has asked for.

Their report goes to the ministry in June; until then dredging is forbidden between the lighthouse and the old mole,
which angers the oyster farmers, whose barges draw more water every year.""",
    "Häher & Sohn": """Two brothers from Bremen have bought the wreck behind the shipyard for one crown, and they mean
to make a bakery of it. The wheelhouse will hold the oven; bread is to be sold through the portholes.

The council wants to know who pays when the tide comes in. A lawyer for the harbour answered that flour is no cargo in
the sense of the law of 1911, and that the question had therefore never been asked.""",
    "Kittiwake": """The smallest of the pilot boats went to sea this morning with a crew of schoolteachers, who had
won her in a lottery and meant to keep her until somebody should ask for her back.

They were seen off the northern light at noon, singing, and again at four, in tow of a trawler. The engine, it turned
out, wants oil; nobody had told them, and the booklet is in Danish.""",
    "Osprey": """Eight hundred crates of lemons stood on the pier this morning, and no paper said who had ordered them.
The freighter that brought them had already left for the south when the customs officer woke up.

Schoolchildren were given the first hundred. The rest will be auctioned on Friday behind the fish market, if a judge
does not forbid it, and the proceeds go to the widows of the lifeboat crew.""",
}


class Harbour:
    """A press that publishes what lies in a folder: a text for each ship."""

    SEEN = "half of the town has seen it"

    def __init__(self, home: Path) -> None:
        self._folder = home / "ships"
        self._folder.mkdir()
        self.office = PostOffice()
        for number, ship in enumerate(("Marigold", "Petrel", "Häher & Sohn")):
            self.write(ship, hour=number)
        self.press = Press(home, self.office, '[[source]]\nlocation = "ships"\nslug = "ships"\nevery = "1m"')
        self.publish()

    def write(self, ship: str, hour: int = 9, seen: str = SEEN) -> None:
        """Write or rewrite the text of a ship."""
        file = ship.partition(" ")[0].replace("ä", "ae").lower()
        text = TEXT.format(ship=ship, file=file, hour=hour, told=SHIPS[ship], seen=seen)
        (self._folder / f"{file}.txt").write_text(text, "utf-8")

    def publish(self) -> None:
        """Let the press do what is due two minutes later."""
        self.press.clock.now += timedelta(minutes=2)
        self.press.work()

    def hurry(self) -> None:
        """Let the press do it at once, a fifth of a second later."""
        self.press.clock.now += timedelta(seconds=0.2)
        self.press.room.refresh("ships")
        self.press.room.publish("news")

    def address(self, form: str) -> str:
        """Of the feed, in a form such as `atom`."""
        return f"{self.press.url}/feeds/news.{form}"

    def close(self) -> None:
        """Stop everything."""
        self.press.close()
        self.office.controller.stop()


class Wire:
    """Stands between a reader and a press, and notes what the press answered."""

    def __init__(self, press: str) -> None:
        self.statuses: list[int] = []
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                away = urlsplit(press)
                connection = http.client.HTTPConnection(str(away.hostname), away.port, timeout=10)
                asked = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                connection.request("GET", self.path, headers=asked)
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                wire.statuses.append(answer.status)
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                        self.send_header(name, value)
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def address(self, form: str) -> str:
        """Of the feed, in a form such as `atom`."""
        return f"{self.url}/feeds/news.{form}"

    def close(self) -> None:
        """Cut it."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def wire(harbour: Harbour) -> Iterator[Wire]:
    standing = Wire(harbour.press.url)
    yield standing
    standing.close()


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Harbour]:
    standing = Harbour(tmp_path)
    yield standing
    standing.close()
