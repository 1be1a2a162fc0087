"""The systemd units and the container files are what their programs take, and name only what exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from chaffinch.cli.app import app

TOP = Path(__file__).resolve().parents[2]
UNITS = sorted((TOP / "deploy" / "systemd").glob("*.service"))
EXPOSURE = 2.0
"""The most that `systemd-analyze security` may find, of 10; it calls 1.4 OK."""


@pytest.fixture
def systemd_analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd-analyze here")
    return found


def directives(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_there_are_units() -> None:
    assert "chaffinch.service" in [unit.name for unit in UNITS]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_unit_without_a_word(unit: Path, systemd_analyze: str, tmp_path: Path) -> None:
    there = tmp_path / unit.name  # verify wants the command to be there
    there.write_text(unit.read_text("utf-8").replace("/opt/chaffinch/bin/chaffinch", "/bin/true"), "utf-8")

    done = subprocess.run([systemd_analyze, "verify", there], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_little_that_is_open(unit: Path, systemd_analyze: str) -> None:
    done = subprocess.run(
        [systemd_analyze, "security", "--offline=true", unit], capture_output=True, text=True, check=False
    )

    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"this systemd-analyze does not look at files: {done.stderr.strip()}")
    assert float(found[1]) <= EXPOSURE


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_exists_and_waits_for_its_word(unit: Path) -> None:
    said = directives(unit)
    (start,) = said["ExecStart"]

    assert start.split()[1] in get_command(app).commands  # type: ignore[attr-defined]  # a group has them
    assert said["Type"] == ["notify"]
    assert "WatchdogSec" in said


def test_both_units_are_hardened_alike() -> None:
    kept = [
        {k: v for k, v in directives(unit).items() if re.match(r"Protect|Private|Restrict|System|Cap", k)}
        for unit in UNITS
    ]

    assert all(one == kept[0] for one in kept)
