"""Published files are replaced whole, or not at all."""

import errno
import gzip
import os
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest

from chaffinch.errors import PublishError, StoreError
from chaffinch.model import Rendition
from chaffinch.publish.files import check, write

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><entry><id>1</id></entry>%s</feed>'


def rendition(more: bytes = b"", name: str = "news.atom") -> Rendition:
    return Rendition("news", name, "application/atom+xml", ATOM % more)


def test_files_stand_where_their_names_say(tmp_path: Path, morning: datetime) -> None:
    page = Rendition("news", "news/index.html", "text/html", b"<html></html>")

    changed = write(tmp_path / "feeds", [rendition(), page], morning)

    assert changed == ("news.atom", "news/index.html")
    assert (tmp_path / "feeds/news/index.html").read_bytes() == page.body
    assert sorted(p.name for p in (tmp_path / "feeds").rglob("*") if p.suffix not in (".br", ".gz")) == [
        "index.html",
        "news",
        "news.atom",
    ]


def test_each_document_has_its_codings_beside_it_of_the_same_time(tmp_path: Path, morning: datetime) -> None:
    write(tmp_path, [rendition()], morning)
    (tmp_path / "news.atom.br").unlink()

    again = write(tmp_path, [rendition()], morning)

    assert again == ()
    assert gzip.decompress((tmp_path / "news.atom.gz").read_bytes()) == rendition().body
    assert brotli.decompress((tmp_path / "news.atom.br").read_bytes()) == rendition().body
    assert {path.stat().st_mtime for path in tmp_path.iterdir()} == {morning.timestamp()}


def test_a_web_server_may_read_them(tmp_path: Path, morning: datetime) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path, [rendition()], morning)
    finally:
        os.umask(before)

    assert (tmp_path / "news.atom").stat().st_mode & 0o777 == 0o644


def test_unchanged_bytes_are_not_touched(tmp_path: Path, morning: datetime) -> None:
    write(tmp_path, [rendition()], morning)
    before = (tmp_path / "news.atom").stat()

    changed = write(tmp_path, [rendition()], morning + timedelta(hours=1))

    after = (tmp_path / "news.atom").stat()
    assert changed == ()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_two_changes_in_one_second_are_a_second_apart(tmp_path: Path, morning: datetime) -> None:
    times = []
    for n in range(3):
        write(tmp_path, [rendition(b"<entry><id>%d</id></entry>" % (n + 2))], morning)
        times.append((tmp_path / "news.atom").stat().st_mtime)

    assert times == [morning.timestamp(), morning.timestamp() + 1, morning.timestamp() + 2]


def test_a_clock_set_back_does_not_set_the_file_back(tmp_path: Path, morning: datetime) -> None:
    write(tmp_path, [rendition()], morning)
    write(tmp_path, [rendition(b"<a/>")], morning - timedelta(days=3))

    assert (tmp_path / "news.atom").stat().st_mtime == morning.timestamp() + 1


@pytest.mark.parametrize(
    "bad",
    [
        Rendition("news", "news.atom", "", b""),
        Rendition("news", "news.atom", "", b"<feed"),
        Rendition("news", "news.atom", "", ATOM % b"<entry><id>1</id></entry>"),
        Rendition("news", "news.json", "", b'{"items": [{"id": "1"}, {"id": "1"}]}'),
        Rendition("news", "news.json", "", b'{"items": ['),
        Rendition("news", "news.json", "", b"[]"),
        Rendition(
            "news",
            "news.rss",
            "",
            b"<rss><channel><item><guid>1</guid></item><item><guid>1</guid></item></channel></rss>",
        ),
        Rendition("news", "news/index.html", "", b"half a pa"),
        Rendition("news", "news.exe", "", b"<a/>"),
    ],
)
def test_a_bad_build_replaces_nothing(bad: Rendition, tmp_path: Path, morning: datetime) -> None:
    write(tmp_path, [rendition()], morning)

    with pytest.raises(PublishError, match=r"news.*old one stays"):
        write(tmp_path, [rendition(b"<new/>"), bad], morning)

    assert (tmp_path / "news.atom").read_bytes() == ATOM % b""


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, morning: datetime) -> None:
    with pytest.raises(PublishError, match="does not stand in"):
        write(tmp_path / "feeds", [rendition(name="../escaped.atom")], morning)

    assert not (tmp_path / "escaped.atom").exists()


def test_a_full_disk_is_one_clear_error_and_the_old_file_stays(
    tmp_path: Path, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [rendition()], morning)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"news\.atom: cannot be written: the disk is full"):
            write(tmp_path, [rendition(b"<new/>")], morning)

    assert (tmp_path / "news.atom").read_bytes() == ATOM % b""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["news.atom", "news.atom.br", "news.atom.gz"]


def test_a_folder_that_is_a_file_is_one_clear_error(tmp_path: Path, morning: datetime) -> None:
    (tmp_path / "feeds").write_text("in the way")

    with pytest.raises(StoreError, match="cannot be written"):
        write(tmp_path / "feeds", [rendition()], morning)


def test_what_a_killed_writer_left_is_written_over(tmp_path: Path, morning: datetime) -> None:
    (tmp_path / ".news.atom.part").write_bytes(b"half")

    write(tmp_path, [rendition()], morning)

    assert sorted(p.name for p in tmp_path.iterdir()) == ["news.atom", "news.atom.br", "news.atom.gz"]


def test_foreign_files_are_left_alone(tmp_path: Path, morning: datetime) -> None:
    (tmp_path / "README.md").write_text("mine")

    write(tmp_path, [rendition()], morning)

    assert (tmp_path / "README.md").read_text() == "mine"


def test_two_writers_leave_one_whole_file_and_count_every_change(tmp_path: Path, morning: datetime) -> None:
    bodies = [rendition(b"<entry><id>n%d</id></entry>" % n + b"<x/>" * n * 50) for n in range(16)]
    threads = [threading.Thread(target=write, args=(tmp_path, [body], morning)) for body in bodies]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    left = (tmp_path / "news.atom").read_bytes()
    assert left in {body.body for body in bodies}
    assert (tmp_path / "news.atom").stat().st_mtime == morning.timestamp() + 15


def test_a_good_document_passes() -> None:
    check(replace(rendition(), body=ATOM % b"<entry><id>2</id></entry>"))
