"""Disks that are full or may not be written, and a database that is damaged."""

from collections.abc import Callable
from pathlib import Path

from tests.faults.conftest import HEALTHY, Press, SmallDisk

Mount = Callable[[Path, int], SmallDisk]


def test_a_data_disk_that_is_full_from_the_start_is_told_in_one_line(press: Press, small_disk: Mount) -> None:
    disk = small_disk(press.home / "data", 64)

    done = press("run", "--once")

    assert done.status == 75
    assert len(done.log.splitlines()) == 1
    assert "the disk is full; make room" in done.log
    disk.remount("size=8m")
    press.once()
    assert press.titles() == [HEALTHY]


def test_a_data_disk_that_fills_up_loses_nothing(press: Press, small_disk: Mount) -> None:
    disk = small_disk(press.home / "data", 4096)
    press.once()
    filler = disk.fill()
    press.story("healthy/petrel.txt", "Petrel")

    done = press("run", "--once")
    status = press("status")

    assert (done.status, status.status) == (75, 0)
    assert len(done.log.splitlines()) == 1, done.log
    assert "the disk is full; make room, nothing is lost" in done.log
    assert "healthy\tfolder\t1\t" in status.out, "it can be looked at even so"
    assert "disk: " in status.out
    assert "only 0 MB are free" in status.out
    assert status.log == ""
    assert press.titles() == [HEALTHY]
    filler.unlink()
    press.once()
    assert len(press.titles()) == 2
    assert press.problems() == []


def test_a_data_directory_that_may_not_be_written_is_told(press: Press, small_disk: Mount) -> None:
    disk = small_disk(press.home / "data", 4096)
    disk.remount("ro")

    done = press("run", "--once")

    assert done.status == 75
    assert done.log == f"chaffinch: {press.home}/data: the data directory cannot be written: Read-only file system\n"
    disk.remount("rw")
    press.once()
    assert press.titles() == [HEALTHY]


def test_a_file_in_the_data_directorys_place_is_told(press: Press) -> None:
    (press.home / "data").write_text("a file")

    done = press("run", "--once")

    assert done.status == 75
    assert len(done.log.splitlines()) == 1
    assert f"{press.home}/data" in done.log


def test_a_feeds_disk_that_is_full_keeps_what_was_published(press: Press, small_disk: Mount) -> None:
    disk = small_disk(press.home / "feeds", 256)
    press.once()
    before = (press.home / "feeds" / "all.atom").read_bytes()
    filler = disk.fill()
    press.story("healthy/petrel.txt", "Petrel")

    done = press.once()

    assert len(done.lines("WARNING")) == 1, done.log
    assert len(done.lines("publish all:", "cannot be written: the disk is full")) == 1
    assert (press.home / "feeds" / "all.atom").read_bytes() == before
    assert ["feed all" in problem for problem in press.problems()] == [True]
    assert press("publish").status == 75
    filler.unlink()
    press.once()
    assert len(press.titles()) == 2
    assert press.problems() == []


def test_a_feeds_folder_that_may_not_be_written_is_told(press: Press, small_disk: Mount) -> None:
    disk = small_disk(press.home / "feeds", 1024)
    disk.remount("ro")

    done = press.once()

    assert len(done.lines("publish all:", "Read-only file system")) == 1
    assert len(press.problems()) == 1
    disk.remount("rw")
    press.once()
    assert press.titles() == [HEALTHY]
    assert press.problems() == []


def test_one_feed_that_cannot_be_published_stops_no_other(press: Press) -> None:
    press.configure('[[feed]]\nslug = "first"\n[[feed]]\nslug = "second"\n')
    (press.home / "feeds").mkdir()
    (press.home / "feeds" / "first.atom").mkdir()

    done = press("refresh")

    assert done.status == 75
    assert len(done.lines("first.atom")) == 1
    assert press.titles("second") == [HEALTHY]


def test_a_mail_folder_on_a_full_disk_keeps_the_letters_waiting(press: Press, small_disk: Mount) -> None:
    disk = small_disk(press.home / "outbox", 64)
    filler = disk.fill()
    people = '["a@example.org", "b@example.org"]'
    press.configure(
        f'[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = {people}\n'
        '[mail]\nfrom = "x@example.org"\nfolder = "outbox"\n'
    )

    done = press.once()

    assert len(done.lines("WARNING")) == 1, done.log
    assert len(done.lines("digest daily No. 1:", "No space left on device")) == 1
    assert press.titles() == [HEALTHY]
    assert len(press.problems()) == 1
    assert "2 queued" in press("status").out
    assert press.letters() == []
    filler.unlink()


def test_a_damaged_database_is_told_and_not_touched(press: Press) -> None:
    press.once()
    database = press.home / "data" / "chaffinch.db"
    sound = database.read_bytes()
    middle = len(sound) // 2
    for damaged in (b"this is no database at all" * 1000, sound[:8192] + b"\xa5" * middle + sound[8192 + middle :]):
        database.write_bytes(damaged)

        done = press("run", "--once")

        assert done.status == 75, done.log
        assert len(done.log.splitlines()) == 1, done.log
        assert f"{database}: it is damaged or no database; restore a backup" in done.log
        assert press("status").status == 75
    database.write_bytes(sound)
    press.once()
    assert press.problems() == []


def test_a_damaged_secret_is_told_instead_of_signing_with_nothing(press: Press) -> None:
    press.once()
    secret = press.home / "data" / "secret"
    sound = secret.read_text()
    secret.write_text("")

    done = press("run", "--once")

    assert done.status == 75
    assert "the secret is damaged" in done.log
    secret.write_text(sound)
    press.once()
