"""Whatever instant a process dies at: no article lost, each id once, no letter twice, no file half."""

from pathlib import Path

import pytest

from tests.faults.history import EACH, Ordeal

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
    press.start()
    assert press.until_published(4 * EACH)
    press.send()
    assert press.stop()

    found = press.verdict()

    assert found.problems == []
    assert (found.articles, found.letters, found.kills) == (4 * EACH, 3, 1)
    assert found.reads > 0
