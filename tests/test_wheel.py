"""A wheel works outside the checkout, with nothing of the checkout in reach."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
ARTICLE = """<!doctype html><title>A heron on the weir | Paper</title><h1>A heron on the weir</h1>
<p>The heron came back to the weir on Tuesday, stood on one leg for the whole of the afternoon, and left at dusk with
a trout that three anglers had been after since the spring.</p>
<p>“We are not bitter,” said the oldest of them, who has fished there for forty years and had given the trout
a name.</p>
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked as an installer would do it."""
    built, target = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


@pytest.fixture
def chaffinch(installed: Path) -> Run:
    """Runs the installed command. Without `site` no .pth file leads back to the checkout's sources."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = {**os.environ, "PYTHONPATH": path}

    def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", "-m", "chaffinch", *arguments]
        return subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_the_wheel_holds_the_templates_the_command_and_the_licence(installed: Path) -> None:
    (metadata,) = installed.glob("chaffinch-*.dist-info")

    packaged = {path.relative_to(installed / "chaffinch/templates") for path in installed.rglob("templates/**/*.*")}
    wanted = {path.relative_to(CHECKOUT / "templates") for path in (CHECKOUT / "templates").rglob("*.*")}
    assert packaged == wanted
    assert "chaffinch = chaffinch.__main__:main" in (metadata / "entry_points.txt").read_text("utf-8")
    assert (metadata / "licenses/LICENSE").is_file()
    assert (metadata / "licenses/NOTICE").is_file()


def test_a_new_press_runs_from_the_wheel(chaffinch: Run, tmp_path: Path) -> None:
    made = chaffinch("init", "x", cwd=tmp_path)
    assert made.returncode == 0, made.stderr

    ran = chaffinch("run", "--once", cwd=tmp_path / "x")

    assert ran.returncode == 0, ran.stderr
    assert list((tmp_path / "x/feeds").glob("*.atom"))


def test_a_press_from_the_wheel_publishes_what_it_is_given(chaffinch: Run, tmp_path: Path) -> None:
    press = tmp_path / "x"
    (press / "articles").mkdir(parents=True)
    (press / "articles/heron.html").write_text(ARTICLE, "utf-8")
    (press / "config.toml").write_text('[[source]]\nlocation = "articles"\n', "utf-8")

    ran = chaffinch("run", "--once", cwd=press)

    assert ran.returncode == 0, ran.stderr
    assert "A heron on the weir" in (press / "feeds/all.atom").read_text("utf-8")
    assert (press / "feeds/all/index.html").is_file()
