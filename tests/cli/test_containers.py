"""The container files hold to what such files are judged by, and name only what exists."""

import json
import re
import shlex
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from chaffinch.cli.app import app
from chaffinch.config import load

TOP = Path(__file__).resolve().parents[2]
DEPLOY = TOP / "deploy"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its arguments, continued lines joined."""
    written = (DEPLOY / "Dockerfile").read_text("utf-8")
    lines = [line for line in written.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines())]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    begins = max(number for number, (name, _) in enumerate(found) if name == "FROM")
    return found[begins:]


def compose_file(path: Path) -> dict[str, Any]:
    said = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(said, dict)
    return said


def test_images_are_plain_names_with_a_version() -> None:
    images = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    for compose in COMPOSE:
        images += re.findall(r"^ +image: (\S+:\S+)", compose.read_text("utf-8"), re.MULTILINE)

    for image in images:
        assert re.fullmatch(r"[a-z]+:\d[\w.-]*", image), image
        assert "latest" not in image


def test_what_runs_is_nobody_of_importance_and_can_be_asked_for_its_health() -> None:
    said = dict(last_stage())

    assert re.fullmatch(r"[1-9]\d+", said["USER"])
    assert "/healthz" in said["HEALTHCHECK"]
    assert said["ENTRYPOINT"] == '["chaffinch"]'
    assert re.findall(r'"([^"]+)"', said["CMD"])[0] in get_command(app).commands  # type: ignore[attr-defined]  # a group


def test_nothing_is_fetched_from_an_address_and_no_secret_is_built_in() -> None:
    for name, rest in instructions():
        assert name != "ADD"
        assert not re.search(r"https?://(?!127\.0\.0\.1)|curl|wget|password|secret", rest, re.IGNORECASE), rest
        if name == "RUN":
            assert "sudo" not in shlex.split(rest.replace("$(", "("))


def test_what_is_copied_is_there_and_is_sent_to_the_engine() -> None:
    rules = [
        line for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    assert rules[0] == "*"
    sent = [rule[1:] for rule in rules if rule.startswith("!")]
    for rest in (rest for name, rest in instructions() if name == "COPY" and "--from" not in rest):
        for source in rest.split()[:-1]:
            assert (TOP / source).exists()
            assert any(fnmatch(source, rule) for rule in sent), f"{source} is left behind"


def test_the_config_for_containers_is_one(tmp_path: Path) -> None:
    config = load(DEPLOY / "config.toml")

    assert config.press.data_dir.is_relative_to(dict(last_stage())["VOLUME"])
    assert config.press.feeds_dir.is_relative_to(dict(last_stage())["VOLUME"])
    assert config.mail.folder.is_relative_to(dict(last_stage())["VOLUME"])
    assert config.web.bind.rpartition(":")[2] == dict(last_stage())["EXPOSE"]


@pytest.mark.parametrize("compose", COMPOSE, ids=lambda path: path.stem)
def test_compose_files_open_nothing_to_the_world(compose: Path) -> None:
    said = compose_file(compose)

    for name, service in said["services"].items():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in said["volumes"], f"{name}: {source}"
        if service.get("image") == "chaffinch":
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert (TOP / "deploy" / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
            command = service.get("command", ["run"])[0]
            assert command in get_command(app).commands  # type: ignore[attr-defined]  # a group has them
    assert "metrics" not in str(said)


@pytest.mark.parametrize("compose", COMPOSE, ids=lambda path: path.stem)
def test_compose_files_mount_and_publish_what_the_image_says(compose: Path) -> None:
    image = dict(last_stage())
    config = json.loads(image["CMD"])[-1]
    ours = [service for service in compose_file(compose)["services"].values() if service["image"] == "chaffinch"]

    assert ours
    for service in ours:
        mounted = dict(volume.split(":")[1::-1] for volume in service["volumes"])
        assert image["VOLUME"] in mounted
        assert mounted[config] == "./config.toml"
        assert service.get("command", [config])[-1] == config
        assert [port.rpartition(":")[2] for port in service.get("ports", [image["EXPOSE"]])] == [image["EXPOSE"]]


def test_compose_files_are_read_by_the_compose_of_debian_12_too() -> None:
    for compose in COMPOSE:
        keys = {key for key in compose_file(compose) if not key.startswith("x-")}
        assert keys <= {"services", "volumes"}  # its 1.29 refuses a file with a name


def test_the_command_of_the_docs_mounts_what_the_image_says() -> None:
    image = dict(last_stage())
    (line,) = re.findall(r"^docker run .*$", (TOP / "docs" / "running.md").read_text("utf-8"), re.MULTILINE)
    words = shlex.split(line)
    volumes = dict(value.split(":")[1::-1] for option, value in pairwise(words) if option == "-v")

    assert set(volumes) == {image["VOLUME"], json.loads(image["CMD"])[-1]}
    assert not any(source.startswith(".") for source in volumes.values()), "older engines want a whole path"
    assert f"127.0.0.1:{image['EXPOSE']}:{image['EXPOSE']}" in words
