"""What the docs say and what the code does are one: keys, defaults, commands, options, links."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.main import get_command

from chaffinch.cli.app import app
from chaffinch.config import tables
from chaffinch.errors import ReadError
from chaffinch.sources import frontmatter

TOP = Path(__file__).resolve().parents[1]
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").glob("*.md"), TOP / "examples/README.md", TOP / "feeds/README.md"])
COMMANDS = TOP / "docs/commands.md"
CONFIGURATION = TOP / "docs/configuration.md"
EXAMPLE = TOP / "config.toml"

TABLES: Mapping[str, type[BaseModel]] = {
    "[[digest]]": tables.DigestTable,
    "[[feed]]": tables.FeedTable,
    "[[source]]": tables.SourceTable,
    "[fetch]": tables.Fetch,
    "[[mail.dkim]]": tables.Dkim,
    "[mail]": tables.Mail,
    "[press]": tables.Press,
    "[web]": tables.Web,
}

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"`(--?[\w-]+)")
NAME_ROW = re.compile(r"^\| `([\w-]+)` \|", re.MULTILINE)
ROW = re.compile(r"^\| `([\w-]+)` \| (.*?) \|", re.MULTILINE)


def sections(page: Path, level: str = "##") -> dict[str, str]:
    """What stands under each heading of that level, by the heading's text without its backticks."""
    parts = re.split(rf"^{level} (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {title.replace("`", ""): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def keys(model: type[BaseModel]) -> dict[str, object]:
    """A table's keys as they are written, with their defaults; None where there is none to show."""
    fields = model.model_fields.items()
    return {field.alias or name: None if field.is_required() else field.default for name, field in fields}


def as_written(default: object) -> str | None:
    """The default as config.toml would write it; None where words say it better."""
    match default:
        case None | "" | ():
            return None
        case bool():
            return str(default).lower()
        case timedelta():
            return f'"{int(default.total_seconds())}s"'
        case str() | Path():
            return f'"{default}"'
        case _:
            return str(default)


def unquoted(page: Path) -> str:
    """The page's prose, without fenced code."""
    return FENCE.sub("", page.read_text("utf-8"))


def snippets(page: Path, language: str) -> Iterator[str]:
    for fence in FENCE.finditer(page.read_text("utf-8")):
        if fence[2] == language:
            yield re.sub(f"^{fence[1]}", "", fence[3], flags=re.MULTILINE)


def unknown_keys(written: str) -> Iterable[str]:
    """The keys of a piece of config.toml that no table has."""
    for name, content in tomllib.loads(written).items():
        model = TABLES.get(f"[[{name}]]" if isinstance(content, list) else f"[{name}]")
        if model is None or not isinstance(content, list | dict):
            yield name
            continue
        for table in content if isinstance(content, list) else [content]:
            yield from (f"{name}.{key}" for key in table if key not in keys(model))


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_described_and_every_described_key_exists(table: str) -> None:
    described = dict(ROW.findall(sections(CONFIGURATION)[table].partition("\n### ")[0]))

    assert set(described) == set(keys(TABLES[table]))


@pytest.mark.parametrize("table", TABLES)
def test_defaults_are_told_as_they_are(table: str) -> None:
    told = dict(ROW.findall(sections(CONFIGURATION)[table].partition("\n### ")[0]))

    for key, default in keys(TABLES[table]).items():
        written = as_written(default)
        if written is None:
            assert not re.fullmatch(r"`.*`", told[key]) or told[key] in ('`""`', "`[]`"), f"{key} has no such default"
        else:
            assert told[key] == f"`{written}`", f"{key} is {written} by default"


def commands() -> dict[str, Any]:
    """Every command that does something, by its whole name."""
    found: dict[str, Any] = {}

    def walk(name: str, command: Any) -> None:
        if hasattr(command, "commands"):
            for part, inner in command.commands.items():
                walk(f"{name} {part}", inner)
        else:
            found[name] = command

    walk("chaffinch", get_command(app))
    return found


def test_every_command_is_described_and_every_described_command_exists() -> None:
    described = {title for title in sections(COMMANDS, "###") if title.startswith("chaffinch")}

    assert described == set(commands())


@pytest.mark.parametrize("name", commands())
def test_every_option_and_argument_of_a_command_is_described(name: str) -> None:
    section = re.split(r"^## ", sections(COMMANDS, "###")[name], flags=re.MULTILINE)[0]
    usage = FENCE.search(section)
    assert usage
    parameters = [p for p in commands()[name].params if p.name not in ("config", "help")]

    rows = {option for cell in re.findall(r"^\| (`-.*?) \|", section, re.MULTILINE) for option in OPTION.findall(cell)}
    assert rows == {option for p in parameters if p.param_type_name == "option" for option in p.opts}
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    assert len(arguments) == len(re.sub(r"--\w+ [A-Z]+", "", usage[3]).replace(name, "").split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    known = commands()
    for snippet in (*re.findall(r"`(chaffinch [^`]+)`", unquoted(page)), *snippets(page, "sh")):
        for line in snippet.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["chaffinch"] and not words[1].startswith("-"):
                name = next((n for length in (3, 2) if (n := " ".join(words[:length])) in known), None)
                assert name, f"{page.name}: {line}"
                options = {option for p in known[name].params for option in p.opts} | {"--help"}
                assert {word for word in words if word.startswith("-")} <= options, f"{page.name}: {line}"


def test_every_name_of_front_matter_is_described() -> None:
    with pytest.raises(ReadError, match=r"known are (.+)") as refused:
        frontmatter.told({"~": ""}, "a.txt")

    described = NAME_ROW.findall(sections(CONFIGURATION, "###")["Articles in a folder"].partition("\n## ")[0])
    assert ", ".join(described) == str(refused.value).partition("known are ")[2]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_snippets_of_configuration_have_only_keys_that_exist(page: Path) -> None:
    for snippet in snippets(page, "toml"):
        assert not list(unknown_keys(snippet)), snippet


def test_the_example_mentions_every_key_and_only_keys_that_exist() -> None:
    mentioned: dict[str, set[str]] = {}
    table = ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if heading := re.fullmatch(r"\[.+\]|# (\[\[\w+\.(\w+)\]\])", line):  # a table inside [mail] is a key of it
            if heading[2]:
                mentioned.setdefault(table, set()).add(heading[2])
            table = heading[1] or line
        elif key := re.match(r"(?:# )?(\w+) = ", line):
            mentioned.setdefault(table, set()).add(key[1])
        elif several := re.match(r"# ((?:\w+, )+\w+)  ", line):
            mentioned.setdefault(table, set()).update(several[1].split(", "))

    for name, model in TABLES.items():
        assert mentioned[name] == set(keys(model)), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", unquoted(page)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        assert path.exists(), f"{page.name}: {target}"
        if anchor:
            titles = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
            assert anchor in {anchor_of(title) for title in titles}, f"{page.name}: {target}"


def anchor_of(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE))

    named = re.findall(r"`make ([\w-]+)", unquoted(page))
    for snippet in snippets(page, "sh"):
        commands = (shlex.split(line, comments=True) for line in snippet.splitlines())
        named += [words[1] for words in commands if words[:1] == ["make"]]

    assert set(named) <= targets


def test_the_decisions_are_listed_at_their_head_in_their_order() -> None:
    page = TOP / "docs/decisions.md"

    listed = re.findall(r"^- \[(.+)\]\(#", page.read_text("utf-8").partition("\n## ")[0], re.MULTILINE)

    assert listed == list(sections(page))
