"""A folder in place of a mail server."""

from pathlib import Path

import pytest

from chaffinch.errors import LeaseLost, MailAway
from chaffinch.mailing.folder import Folder

MESSAGE = b"To: ann@example.net\r\nX-Chaffinch-Delivery: daily/3/abc234\r\n\r\nHello\r\n"


def nothing() -> None:
    pass


def send(folder: Path, message: bytes = MESSAGE) -> None:
    Folder(folder).send(message, "digest@example.org", "ann@example.net", nothing)


def test_a_letter_is_a_file_with_the_messages_own_bytes(tmp_path: Path) -> None:
    send(tmp_path / "new" / "outbox")

    assert [path.name for path in (tmp_path / "new" / "outbox").iterdir()] == ["daily-3-abc234.eml"]
    assert (tmp_path / "new" / "outbox" / "daily-3-abc234.eml").read_bytes() == MESSAGE


def test_the_same_delivery_twice_is_one_file(tmp_path: Path) -> None:
    send(tmp_path)
    send(tmp_path, MESSAGE + b"again\r\n")

    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", [b"../../evil", b"a/../../b", b"x" * 500, b"A B", b""])
def test_no_name_leaves_the_folder(tmp_path: Path, name: bytes) -> None:
    outbox = tmp_path / "deep" / "outbox"

    send(outbox, b"X-Chaffinch-Delivery: " + name + b"\r\n\r\nX-Chaffinch-Delivery: not/this\r\n")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == list(outbox.iterdir())
    assert "not-this" not in next(outbox.iterdir()).name


def test_a_letter_that_must_not_be_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    def lost() -> None:
        raise LeaseLost("taken over")

    with pytest.raises(LeaseLost):
        Folder(tmp_path).send(MESSAGE, "a@b.example", "c@d.example", lost)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file stands here")

    with pytest.raises(MailAway, match="outbox") as raised:
        send(tmp_path / "outbox")

    assert raised.value.code is None
