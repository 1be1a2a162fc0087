"""A source is added to config.toml, and everything else in it stays as it is."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.cli.writing import NewSource, add_sources
from chaffinch.config import load
from chaffinch.errors import ConfigError, InputError

NEW = [NewSource("https://wire.example/feed", "feed", "The “Wire”", ("asia",))]
BEFORE = """# ours
[press]
title = "Grüße" # kept

[[source]]
location = "articles"
# about the feeds

[[feed]]
slug = "news"
"""


def written(tmp_path: Path, text: bytes) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(text)
    return path


def test_the_new_source_stands_behind_the_others_and_every_other_line_stays(tmp_path: Path) -> None:
    path = written(tmp_path, BEFORE.encode())

    add_sources(path, NEW)

    after = path.read_text("utf-8")
    assert [source.location for source in load(path).sources][1:] == ["https://wire.example/feed"]
    assert after.index("wire.example") < after.index("# about the feeds")
    assert [line for line in BEFORE.splitlines() if line not in after.splitlines()] == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", [b"", b"# the end, without one"], ids=["ended", "open"])
def test_a_mark_and_the_ends_of_lines_are_kept(tmp_path: Path, mark: bytes, ends: bytes, last: bytes) -> None:
    before = mark + BEFORE.encode().replace(b"\n", ends) + last
    path = written(tmp_path, before)

    add_sources(path, NEW)

    after = path.read_bytes()
    assert after.startswith(mark + b"# ours")
    assert after.count(b"\xef\xbb\xbf") == len(mark) // 3
    assert after.count(b"\n") == after.count(ends)
    assert len(load(path).sources) == 2
    added = after.index(b"https://wire.example") - len(b'location = "')
    begins = after.rindex(b"[[source]]", 0, added) - len(ends)
    assert after[:begins] == before[:begins]
    assert before[begins:].rstrip() == after[len(after) - len(before[begins:].rstrip()) - len(ends) :].rstrip()


def test_a_link_stays_a_link_and_its_file_is_changed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = written(tmp_path / "elsewhere", BEFORE.encode())
    link = tmp_path / "config.toml"
    link.symlink_to("elsewhere/config.toml")

    add_sources(link, NEW)

    assert link.is_symlink()
    assert b"wire.example" in path.read_bytes()
    assert sorted(file.name for file in path.parent.iterdir()) == ["config.toml"]


def test_mode_and_owner_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, BEFORE.encode())
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12_345, 12_346)
    before = path.stat()

    add_sources(path, NEW)

    after = path.stat()
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_who_is_killed_in_the_middle_leaves_the_old_file_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, BEFORE.encode())

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    for name in ("fsync", "chown"):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, killed)
            with pytest.raises(Killed):
                add_sources(path, NEW)
        assert path.read_bytes() == BEFORE.encode()
    add_sources(path, NEW)

    assert len(load(path).sources) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, BEFORE.encode())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"config\.toml: cannot be written: No space left on device"):
        add_sources(path, NEW)

    assert path.read_bytes() == BEFORE.encode()
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_what_would_not_be_valid_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path, BEFORE.encode())

    with pytest.raises(ConfigError):
        add_sources(path, [NewSource("gopher://wire.example/")])

    assert path.read_bytes() == BEFORE.encode()


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=10), max_size=3))
def test_whatever_its_title_and_tags_the_source_is_read_back(title: str, tags: list[str]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = written(Path(folder), BEFORE.encode())

        add_sources(path, [NewSource("https://wire.example/feed", "feed", title, tuple(tags))])

        added = load(path).sources[1]
        assert (added.title, list(added.tags)) == (title, tags)
