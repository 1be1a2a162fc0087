"""Whatever instant a process dies at: no article lost, each id once, no letter twice, no file half."""

import time
from pathlib import Path

import pytest

from tests.faults.history import EACH, Ordeal

KILLS = 60
LINE = ("offered", "shelved", "learned", "kept", "visited", "coded", "written", "built", "published")
"""Where a daemon dies between a listing and a feed; `test_killpoints` has every point there is."""
ENGINES = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])


def trial(engine: str, request: pytest.FixtureRequest, home: Path, sources: int, **kwargs: int) -> Ordeal:
    url = "" if engine == "sqlite" else str(request.getfixturevalue("postgresql"))
    made = Ordeal(home, sources, database_url=url, **kwargs)
    request.addfinalizer(made.close)
    return made


@ENGINES
def test_a_press_that_is_killed_at_random_instants_keeps_its_history(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    press = trial(engine, request, tmp_path, 4, workers=1 if engine == "sqlite" else 2)
    press.papers.shown = 1
    press.start()
    assert press.until_published(1)
    press.papers.shown = EACH
    press.kill()
    assert press.until_published(4 * EACH)
    press.send()
    assert press.stop()

    found = press.verdict()

    assert found.problems == []
    assert (found.articles, found.letters, found.kills) == (4 * EACH, 3, 1)
    assert found.reads > 0


@ENGINES
@pytest.mark.soak
def test_sixty_kills_at_random_instants_leave_every_article_and_no_letter_twice(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    press = trial(engine, request, tmp_path, 20, workers=1 if engine == "sqlite" else 2)
    press.start()
    while press.kills < KILLS:
        press.papers.shown = min(1 + press.kills // (KILLS // EACH), EACH)
        time.sleep(press.random.uniform(0.5, 6.0))
        press.kill()
        if press.kills % 5 == 0:
            press.send(kill_after=press.random.uniform(0.5, 3.0))
    press.papers.shown = EACH
    assert press.until_published(20 * EACH, 300)
    press.send()
    press.until_idle()
    assert press.stop() == [0] * press.workers

    found = press.verdict()

    assert found.problems == []
    assert (found.articles, found.sources) == (20 * EACH, 20)
    assert found.kills >= KILLS


@ENGINES
@pytest.mark.soak
@pytest.mark.parametrize("point", LINE)
def test_a_daemon_that_dies_on_the_line_is_followed_by_another(
    engine: str, point: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    press = trial(engine, request, tmp_path, 2)
    press.papers.shown = 2
    assert press.killed_at(point)
    press.papers.shown = EACH
    press.start()
    assert press.until_published(2 * EACH)
    press.stop()

    assert press.verdict().problems == []


@ENGINES
@pytest.mark.soak
@pytest.mark.parametrize(("point", "told"), [("in flight", 3), ("handed over", 4)])
def test_a_letter_at_which_the_press_died_is_sent_once_or_told_of(
    engine: str, point: str, told: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    press = trial(engine, request, tmp_path, 2)
    press.papers.shown = 1
    press.start()
    assert press.until_published(2)
    press.papers.shown = EACH  # what a first visit finds stands in no letter
    assert press.until_published(2 * EACH)
    press.send(CHAFFINCH_DIE_AT=point)
    press.kill()
    press.until(lambda: len(press.office.letters) + press.unknown() >= told, 60)
    press.stop()

    found = press.verdict()

    assert found.problems == []
    assert found.letters + found.unknown >= told
    assert found.unknown >= 1
