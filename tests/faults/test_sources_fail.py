"""Sources that are broken, hostile or away: one line each, and the healthy one is published."""

import os
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from tests.faults.conftest import HEALTHY, Press, Site, story


def ten_gigabytes(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", str(10 << 30))
    request.end_headers()
    while True:
        request.wfile.write(bytes(1 << 16))


def without_an_end(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    while True:
        request.wfile.write(bytes(1 << 16))


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()


def in_circles(request: BaseHTTPRequestHandler) -> None:
    request.send_response(302)
    request.send_header("Location", request.path)
    request.send_header("Content-Length", "0")
    request.end_headers()


def to_a_file(request: BaseHTTPRequestHandler) -> None:
    request.send_response(302)
    request.send_header("Location", "file:///etc/hostname")
    request.send_header("Content-Length", "0")
    request.end_headers()


def whole_page(name: str) -> bytes:
    title, *paragraphs = story(name).split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>".encode()


def test_web_sources_that_fail_are_told_one_line_each_until_they_are_mended(press: Press, site: Site) -> None:
    site.routes |= {"/big": ten_gigabytes, "/endless": without_an_end, "/circle": in_circles, "/file": to_a_file}
    site.says("/bomb", bomb(), Content_Encoding="gzip")
    site.says("/html", b"<html><body><p>Good morning.</p></body></html>")
    site.says("/empty", b"")
    site.says("/menu", b"<html><body><nav><a href='/'>Home</a></nav></body></html>")
    faults = {
        "big": ("page", "too big: 10,240 MiB"),
        "endless": ("page", "too big"),
        "bomb": ("page", "too big: unpacked it is more"),
        "circle": ("page", "its redirects go in a circle"),
        "file": ("page", "only http and https"),
        "html": ("feed", "a web page, no feed"),
        "gone": ("page", "not found (404)"),
        "empty": ("page", "there is no text on it"),
        "menu": ("page", "none of 1 pages held an article"),
    }
    tables = "".join(
        f'[[source]]\nslug = "s-{name}"\nlocation = "{site.url}/{name}"\nkind = "{kind}"\n'
        for name, (kind, _) in faults.items()
    )
    nowhere = '[[source]]\nslug = "s-dead"\nlocation = "http://127.0.0.1:9/"\n'
    nobody = '[[source]]\nslug = "s-nobody"\nlocation = "http://no.such.host.invalid/"\n'
    press.configure(tables + nowhere + nobody)
    faults |= {"dead": ("", "no connection: Connection refused"), "nobody": ("", "no.such.host.invalid: no such host")}

    first = press.once()
    problems = press.problems()

    assert press.titles() == [HEALTHY]
    for name, (_, said) in faults.items():
        assert len(first.lines(f"source s-{name}:", said)) == 1, first.log
        assert len(first.lines(f"source s-{name}:")) == 1, first.log
        assert [line for line in problems if line.startswith(f"source s-{name}: ") and said in line], problems
    assert len(problems) == len(faults)

    for name in faults:
        site.says(f"/{name}", whole_page(f"Ship {name}"))
    press.configure(tables.replace('"feed"', '"page"'))
    again = press("refresh")

    assert again.status == 0
    assert press.problems() == []
    assert len(press.titles()) == 1 + len(faults) - 2


def test_files_that_are_no_articles_are_told_and_harm_no_other(press: Press) -> None:
    press.configure('[[source]]\nlocation = "dumps"\n[[source]]\nlocation = "missing"\n')
    dumps = press.home / "dumps"
    press.story("dumps/good.txt", "Petrel")
    (dumps / "latin.txt").write_bytes(story("P\xe9trel").encode("latin-1"))
    (dumps / "broken.txt").write_bytes(story("Osprey").encode().replace(b" met ", b" \xff\xfe\x80met "))
    (dumps / "empty.txt").touch()
    (dumps / "nul.txt").write_bytes(bytes(10_000))
    (dumps / "big.txt").write_bytes(b"a long line " * 800_000)
    (dumps / "menu.html").write_text("<html><body><nav><a href='/'>Home</a></nav></body></html>")
    os.mkfifo(dumps / "fifo.txt")
    (dumps / "round").symlink_to("..")

    first = press.once()
    problems = press.problems()

    assert len(press.titles()) == 4, press.titles()
    assert len(first.lines("source missing:", "missing: no such folder")) == 1
    (line,) = first.lines("source dumps:")
    assert "3 new" in line
    assert "2 no article" in line
    assert "1 failed" in line
    assert "empty.txt: empty" in line
    assert {problem.split(": ")[0] for problem in problems} == {"source dumps", "source missing"}
    assert "big.txt: too big" in press("why", str(dumps / "big.txt")).out
    assert "no article" in press("why", str(dumps / "menu.html")).out

    (press.home / "missing").mkdir()
    for name in ("empty", "big"):
        press.story(f"dumps/{name}.txt", f"Ship {name}")
    press.once()

    assert press.problems() == []
    assert len(press.titles()) == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it_is_read_once_there_is_one(press: Press) -> None:
    secret = press.story("healthy/secret.txt", "Petrel")
    secret.chmod(0)

    first = press.once()
    assert len(first.lines("source healthy:", "secret.txt: cannot be read: Permission denied")) == 1
    assert press.titles() == [HEALTHY]
    assert len(press.problems()) == 1

    secret.chmod(0o600)
    press.once()

    assert len(press.titles()) == 2
    assert press.problems() == []


def test_a_file_is_one_article_however_it_is_copied_renamed_edited_or_removed(press: Press) -> None:
    folder = press.home / "healthy"
    (folder / "copy.txt").write_bytes((folder / "marigold.txt").read_bytes())
    press.once()
    (first,) = shown(press)

    (folder / "copy.txt").unlink()
    (folder / "marigold.txt").rename(folder / "renamed.txt")
    press.once()
    (renamed,) = shown(press)

    time.sleep(1.1)  # dates in feeds are whole seconds
    (folder / "renamed.txt").write_text(story("Marigold") + "\nShe was painted green on the way.\n", "utf-8")
    press.once()
    (edited,) = shown(press)

    (folder / "renamed.txt").unlink()
    press.once()
    (removed,) = shown(press)

    assert renamed == first
    assert edited["id"] == first["id"]
    assert edited["date_published"] == first["date_published"]
    assert edited["date_modified"] > first["date_published"]
    assert "painted green" in edited["content_html"]
    assert removed == edited
    assert press.problems() == []


def shown(press: Press) -> list[dict[str, str]]:
    import json

    items: list[dict[str, str]] = json.loads((press.home / "feeds" / "all.json").read_bytes())["items"]
    return items
