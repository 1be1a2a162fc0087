"""Commands that are given what they cannot use: one line, and the exit status that the docs promise."""

import os
import urllib.error
import urllib.request

import pytest

from chaffinch.config import load
from chaffinch.newsroom import Newsroom
from chaffinch.web.app import build
from chaffinch.web.server import Server
from tests.faults.conftest import HEALTHY, Press, Site, story

DIGEST = (
    '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = ["a@example.org"]\n'
    '[mail]\nfrom = "x@example.org"\nfolder = "outbox"\n'
)


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("nonsense", 64, "nonsense"),
        ("run --nonsense", 64, "--nonsense"),
        ("extract", 64, "Missing"),
        ("extract missing.txt", 66, "missing.txt: there is no such file or folder"),
        ("extract none", 66, "none: holds no .html, .html.gz or .txt file"),
        ("extract http://127.0.0.1:9/ --output out/of/reach", 66, "out/of/reach: cannot be written"),
        ("extract http://127.0.0.1:9/", 66, "no connection: Connection refused"),
        ("explain missing.txt", 66, "missing.txt: there is no such file or folder"),
        ("explain http://127.0.0.1:9/", 66, "127.0.0.1:9"),
        ("why http://nobody.example/", 0, "no source has listed it"),
        ("articles show nokey", 66, "nokey: no article has this key or address"),
        ("articles hide nokey", 66, "nokey: no article has this key or address"),
        ("digest preview nope", 78, 'no digest has the slug "nope"'),
        ("digest preview daily", 66, "there is no article for its letter yet"),
        ("digest test nope --to a@example.org", 78, 'no digest has the slug "nope"'),
        ("digest test daily --to nobody", 66, "there is no article for its letter yet"),
        ("digest send nope", 78, 'no digest has the slug "nope"'),
        ("digest send daily", 0, "nothing new waits"),
        ("digest approve nope", 78, 'no digest has the slug "nope"'),
        ("digest approve daily", 66, "no issue is held"),
        ("refresh nope", 78, 'no source has the slug "nope"'),
        ("publish nope", 78, 'no feed has the slug "nope"'),
        ("init", 66, "config.toml: is there already, and stays as it is"),
        ("add missing --yes", 66, "missing: there is no such folder"),
        ("add http://127.0.0.1:9/ --yes", 66, "127.0.0.1:9: no connection: Connection refused"),
        ("add healthy --yes", 78, "healthy: is a source already"),
        ("sources import missing.opml", 66, "missing.opml: No such file"),
        ("sources import broken.opml", 66, "broken.opml: "),
        ("sources import binary.opml", 66, "binary.opml: "),
        ("templates copy nope.html", 66, "nope.html: there is no such template"),
        ("status --config nowhere.toml", 78, "nowhere.toml"),
    ],
)
def test_a_command_that_cannot_do_it_says_so_in_one_line(press: Press, command: str, status: int, said: str) -> None:
    press.configure(DIGEST)
    (press.home / "none").mkdir()
    (press.home / "broken.opml").write_text("<opml><body><outline")
    (press.home / "binary.opml").write_bytes(bytes(range(256)) * 20)
    before = (press.home / "config.toml").read_bytes()

    done = press(*command.split())

    assert done.status == status
    assert len((done.log or done.out).splitlines()) == 1, done.log + done.out
    assert said in done.log + done.out
    assert (press.home / "config.toml").read_bytes() == before


def test_all_mistakes_of_a_config_are_told_at_once(press: Press) -> None:
    (press.home / "config.toml").write_text(
        '[press]\ntitel = "x"\nbase_url = 3\n[[source]]\nlocation = "a"\nevery = "soon"\n'
        '[[feed]]\nslug = "A B"\nlimit = -1\n'
    )

    done = press("run", "--once")

    assert done.status == 78
    assert sorted(line.split(": ")[1] for line in done.log.splitlines()) == [
        "config.toml:2",
        "config.toml:3",
        "config.toml:6",
        "config.toml:8",
        "config.toml:9",
    ]
    assert not (press.home / "data").exists()


def test_a_missing_config_is_told(press: Press) -> None:
    (press.home / "config.toml").unlink()

    done = press("run", "--once")

    assert done.status == 78
    assert done.log == "chaffinch: config.toml: No such file or directory; `chaffinch init` writes a new one\n"


def test_extract_goes_on_past_files_that_cannot_be_read(press: Press) -> None:
    dumps = press.home / "dumps"
    press.story("dumps/good.txt", "Petrel")
    (dumps / "big.txt").write_bytes(b"a long line " * 4_400_000)
    (dumps / "empty.txt").touch()
    (dumps / "nul.txt").write_bytes(bytes(1000))
    os.mkfifo(dumps / "fifo.txt")
    (dumps / "round").symlink_to("..")

    done = press("extract", "dumps")
    fifo = press("extract", "dumps/fifo.txt")

    assert done.status == 0
    assert done.out.count("The Petrel returns to the harbour") == 1
    assert sorted(line.split(":")[0] for line in done.log.splitlines()) == ["big", "empty", "fifo", "nul"]
    assert len(done.lines("big.txt: too big")) == 1
    assert fifo.status == 66


def test_a_page_without_articles_and_a_folder_can_be_tried_before_they_are_added(press: Press, site: Site) -> None:
    site.says("/menu", b"<html><body><nav><a href='/'>Home</a></nav></body></html>")
    before = (press.home / "config.toml").read_bytes()

    menu = press("add", f"{site.url}/menu", "--yes")

    assert menu.status == 66
    assert len(menu.log.splitlines()) == 1
    assert (press.home / "config.toml").read_bytes() == before

    (press.home / "more").mkdir()
    (press.home / "more" / "petrel.txt").write_text(story("Petrel"), "utf-8")
    added = press("add", "more", "--yes")
    twice = press("add", "more", "--yes")
    press.once()

    assert (added.status, twice.status) == (0, 78)
    assert press.titles() == [HEALTHY, "The Petrel returns to the harbour"]


def test_an_article_that_is_hidden_leaves_feeds_at_once_and_comes_back(press: Press) -> None:
    press.configure('[web]\nbind = "127.0.0.1:0"\n')
    press.story("healthy/petrel.txt", "Petrel")
    press.once()
    key = next(line.split("\t")[0] for line in press("articles", "list").out.splitlines() if HEALTHY in line)

    press("articles", "hide", key)

    assert press.titles() == ["The Petrel returns to the harbour", "Withdrawn"]
    assert answer(press, key) == 410
    press("articles", "hide", key, "--undo")
    assert press.titles() == [HEALTHY, "The Petrel returns to the harbour"]
    assert answer(press, key) == 200


def answer(press: Press, key: str) -> int:
    """What the front door says to who asks for an article's page."""
    settings = load(press.home / "config.toml")
    room = Newsroom(settings, children=1)
    room.take_over()
    server = Server(build(room.front), settings.web)
    server.start()
    try:
        with urllib.request.urlopen(f"{server.address}/articles/{key}") as page:
            return int(page.status)
    except urllib.error.HTTPError as error:
        return error.code
    finally:
        server.stop(2)
        room.close()
