"""A press that is killed at random instants, again and again, loses nothing and doubles nothing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

ARTICLES = Path(__file__).resolve().parents[1] / "examples/articles"
KILLS = 60
CONFIG = """
[[source]]
location = "articles"

[[digest]]
slug = "daily"
when = ["daily 07:00"]
recipients = ["a@example.org", "b@example.org", "c@example.org"]
max_articles = 200

[mail]
from = "Press <press@example.org>"
"""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_kills_at_random_instants_lose_nothing_and_double_nothing(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "articles").mkdir()
    waiting = sorted(path for path in ARTICLES.iterdir() if path.suffix != ".toml")
    for kill in range(KILLS):
        if waiting and kill % 2 == 0:
            arrived = waiting.pop(0)
            for file in ARTICLES.glob(f"{arrived.stem}.*"):
                shutil.copy(file, tmp_path / "articles")
        killed_after(random.uniform(0.2, 2.5), tmp_path)
    for left in waiting:
        for file in ARTICLES.glob(f"{left.stem}.*"):
            shutil.copy(file, tmp_path / "articles")

    subprocess.run(press(), cwd=tmp_path, check=True, capture_output=True, timeout=120)

    ids = [item["id"] for item in json.loads((tmp_path / "feeds/all.json").read_bytes())["items"]]
    assert len(ids) == len(set(ids)) == len([path for path in ARTICLES.iterdir() if path.suffix != ".toml"])
    names = [message_id(letter) for letter in (tmp_path / "outbox").glob("*.eml")]
    assert names
    assert len(names) == len(set(names))


def press() -> list[str]:
    return [sys.executable, "-m", "chaffinch", "run", "--once"]


def killed_after(seconds: float, folder: Path) -> None:
    running = subprocess.Popen(press(), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def message_id(letter: Path) -> str:
    return next(line for line in letter.read_text("ascii").splitlines() if line.lower().startswith("message-id:"))
