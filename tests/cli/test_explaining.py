"""`chaffinch explain`: every block with its verdict and the reason, on the terminal and as a page."""

from pathlib import Path

import pytest
from lxml import html

from chaffinch.cli.app import run

PAGE = """<html><head><title>The wall is whole | Fen Courier</title></head><body>
<nav><a href=/>Home</a> <a href=/news>News</a></nav>
<article><h1>The wall is whole</h1>
<p>The long wall of the harbour was repaired on Sunday, after the storm of last week had broken three of its stones.</p>
<p class=pitch>The mason's shop on the quay has been cutting stones for such walls since before the war &amp; after.</p>
<p>Nobody was hurt, the harbour master said, and the ferries will run again from tomorrow on, as the tide allows.</p>
</article><footer>Subscribe to our newsletter</footer></body></html>"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "wall.html"
    path.write_text(PAGE, "utf-8")
    return path


def rows(printed: str) -> dict[str, list[str]]:
    """The table's rows by what the blocks say."""
    cells = [line.split("\t") for line in printed.splitlines() if line.count("\t") == 5]
    return {row[4]: row for row in cells}


def test_each_block_has_a_verdict_a_reason_and_its_place(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(page)]) == 0

    printed = capsys.readouterr().out
    found = rows(printed)
    assert found["Home News"][:2] == ["drop", "markup: nav"]
    assert found["Subscribe to our newsletter"][:2] == ["drop", "phrase: subscribe"]
    said = next(row for text, row in found.items() if text.startswith("The long wall"))
    assert said[0] == "keep"
    assert float(said[2]) > 0.5
    assert said[5] == "html/body/article/p"
    assert "article (" in printed
    assert "title:     The wall is whole\n" in printed


def test_a_rule_can_be_tried_before_it_is_written(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(page), "--drop", ".pitch", "--keep", "footer"]) == 0

    found = rows(capsys.readouterr().out)
    assert next(row for text, row in found.items() if text.startswith("The mason"))[:2] == ["drop", "rule: drop .pitch"]
    assert found["Subscribe to our newsletter"][:2] == ["keep", "rule: keep footer"]


def test_the_page_shows_what_is_kept_and_what_goes(page: Path, tmp_path: Path) -> None:
    shown = tmp_path / "shown.html"

    assert run(["explain", str(page), "--html", str(shown)]) == 0

    root = html.fromstring(shown.read_text("utf-8"))
    kept, gone = (
        [str(each.text) for each in root.iter("p") if verdict in each.get("class", "").split()]
        for verdict in ("keep", "drop")
    )
    assert [text.partition(" ")[0] for text in kept] == ["The", "The", "Nobody"]
    assert "war & after" in kept[1]
    assert "Subscribe to our newsletter" in gone
    notes = [str(small.text) for small in root.iter("small")]
    assert len(notes) == len(kept) + len(gone)
    assert all(note.count("0.") <= 1 for note in notes), "a score is told once"
