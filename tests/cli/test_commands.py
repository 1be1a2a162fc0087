"""The command line: what is typed wrong is one line, what is written keeps every other line."""

import json
import re
from pathlib import Path

import pytest

from chaffinch import __version__
from chaffinch.cli.app import run
from chaffinch.cli.markdown import markdown
from chaffinch.cli.writing import NewSource, add_sources
from chaffinch.config import load
from chaffinch.errors import ConfigError

CONFIG = """# My press.
[press]
title = "The Quay"  # its name

[[source]]
location = "https://quay.example/"
tags = [
  "harbour",
]

# What readers subscribe to.
[[feed]]
slug = "news"
"""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["run", "--nix"], "No such option: --nix"),
        (["digest", "test", "daily"], "Missing option '--to'"),
        (["articles", "list", "-n", "many"], "Invalid value"),
    ],
)
def test_what_is_typed_wrong_is_told_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(arguments)

    error = capsys.readouterr().err
    assert status == 64
    assert told in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["digest", "--help"], ["digest", "test", "--help"]]
)
def test_help_is_there_for_everything(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert "Usage: chaffinch" in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"chaffinch {__version__}\n"


def test_without_a_config_the_way_to_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    status = run(["status"])

    assert status == 78
    assert re.fullmatch(r"chaffinch: config\.toml: .*chaffinch init.*\n", capsys.readouterr().err)


def test_a_new_source_stands_behind_the_others_and_nothing_else_moves(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, "utf-8")

    add_sources(config, [NewSource("https://other.example/feed", "feed", 'The "Other"', ("sea", "fish"))])

    written = config.read_text("utf-8")
    added = '\n[[source]]\nlocation = "https://other.example/feed"\nkind = "feed"\n'
    added += 'title = "The \\"Other\\""\ntags = ["sea", "fish"]\n'
    assert written == CONFIG.replace("]\n\n# What", f"]\n{added}\n# What")
    assert [source.location for source in load(config).sources] == [
        "https://quay.example/",
        "https://other.example/feed",
    ]


def test_a_first_source_goes_to_the_end(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[press]\ntitle = "The Quay"\n', "utf-8")

    add_sources(config, [NewSource("https://quay.example/")])

    assert (
        config.read_text("utf-8") == '[press]\ntitle = "The Quay"\n\n[[source]]\nlocation = "https://quay.example/"\n'
    )


def test_a_source_that_would_break_the_config_is_not_written(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, "utf-8")

    with pytest.raises(ConfigError):
        add_sources(config, [NewSource("ftp://quay.example/")])

    assert config.read_text("utf-8") == CONFIG
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<h2>Part</h2><p>One <b>two</b> <em>three</em></p>", "## Part\n\nOne **two** *three*"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<p><a href="https://x.example/(a)">b</a></p>', "[b](<https://x.example/(a)>)"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>c|d</td></tr></table>", "| a | b |\n| --- | --- |\n| c\\|d |  |"),
        ("<pre>x = *y*\n</pre>", "```\nx = *y*\n\n```"),
        ("<p>1 * 2 [not a link]</p>", "1 \\* 2 \\[not a link\\]"),
    ],
)
def test_clean_html_is_written_as_markdown(html: str, written: str) -> None:
    assert markdown(html) == written


def test_jsonl_tells_a_day_by_the_pages_own_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "one.html"
    page.write_text(
        '<html><head><meta property="article:published_time" content="2026-05-03T20:30:00-07:00"></head><body>'
        "<h1>A calm day</h1><p>The first boat came home before the evening bell, and nobody had lit the lamp.</p>"
    )

    assert run(["extract", str(page), "--format", "jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["published"] == "2026-05-03T20:30:00-07:00"
