"""Imports go down only; wings on one floor do not know each other."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src" / "chaffinch"

FLOORS = (
    ("__main__",),
    ("cli",),
    ("schedule", "web"),
    ("newsroom",),
    ("pipeline",),
    ("sources", "fetch", "extract", "identity", "publish", "mailing", "store", "engine"),
    ("ports", "config", "pages"),
    ("model",),
    ("errors", "text", "urls", "clock", "killpoints"),
)
FLOOR_OF = {room: height for height, rooms in enumerate(reversed(FLOORS)) for room in rooms}
SAME_FLOOR_ALLOWED = {"ports", "config", "pages", "errors", "text", "urls", "clock", "killpoints"}


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "chaffinch":
            names |= {alias.name for alias in node.names if alias.name != "__version__"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("chaffinch."):
            names.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("chaffinch.")}
    return names


MODULES = sorted(path for path in SRC.rglob("*.py") if room_of(path) != "__init__")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))
def test_imports_go_down_only(path: Path) -> None:
    room = room_of(path)

    for other in imported_rooms(path) - {room}:
        assert other in FLOOR_OF, f"{other} has no floor in the house"
        lower = FLOOR_OF[other] < FLOOR_OF[room]
        beside = FLOOR_OF[other] == FLOOR_OF[room] and room in SAME_FLOOR_ALLOWED
        assert lower or beside, f"{path.relative_to(SRC)} imports {other}, which does not stand below it"


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(path) for path in MODULES}

    assert rooms <= set(FLOOR_OF), f"without a floor: {sorted(rooms - set(FLOOR_OF))}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))
def test_every_module_says_its_idea_in_one_line(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))

    assert docstring, f"{path.relative_to(SRC)} says nothing"
    assert docstring.splitlines()[0].endswith((".", ":")), f"{path.relative_to(SRC)}: the first line is no sentence"
