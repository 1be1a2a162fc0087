"""Titles of plain texts: which line is the headline."""

import pytest

from chaffinch.extract import by_lines, plaintext

BOATS = ("first boat", "second boat", "old ferry", "pilot")


@pytest.mark.parametrize(
    "above",
    [
        ["Publié le 8 novembre 2026 à 07h00, mis à jour à 11h20 par la rédaction"],
        ["Posted by Iain Grier on 1 November 2026 in Crafts and More"],
        ["He came at dusk with his ladder and flame, as he did,"],
        ["From: Ida Holm and Others <ida@harbour.example>", "Date: Tue, 10 Nov 2026 08:12:44 +0000 (in the evening)"],
    ],
)
def test_what_is_said_of_a_text_is_no_title(above: list[str]) -> None:
    story = [f"The {name} came home before the evening bell, and the harbour master wrote it down." for name in BOATS]

    read = by_lines.read(plaintext.cut("\n\n".join([*above, "A calm day out at sea", *story])))

    assert read.title == "A calm day out at sea"


def test_the_subject_of_a_mail_is_its_title() -> None:
    story = [f"The {name} came home before the evening bell, and the harbour master wrote it down." for name in BOATS]

    read = by_lines.read(plaintext.cut("\n\n".join(["From: Ida Holm", "Subject: Fwd: All boats came home", *story])))

    assert read.title == "All boats came home"
