"""The owner's link: looking changes nothing, a button does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chaffinch.model import Issue, IssueState


@pytest.fixture
def held(desk: Any, article_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> list[Issue]:
    """The one issue there is, which the desk keeps here."""
    now = datetime(2026, 11, 22, 6, tzinfo=UTC)
    kept = [Issue(7, "daily", "daily 07:00", now, 3, IssueState.HELD, now, (article_of(1),), release_at=now)]

    def decide(token: str, *, approve: bool) -> Issue | None:
        if token != "t0ken":
            return None
        kept[0] = replace(kept[0], state=IssueState.OPEN if approve else IssueState.SKIPPED)
        return kept[0]

    monkeypatch.setattr(desk, "held_issue", lambda token: kept[0] if token == "t0ken" else None)
    monkeypatch.setattr(desk, "decide", decide)
    return kept


def test_looking_decides_nothing(visitor: Any, held: list[Issue]) -> None:
    seen, peeked = visitor.get("/desk/t0ken"), visitor.head("/desk/t0ken")

    assert (seen.status, peeked.status) == (200, 200)
    assert "Approve it" in seen.text
    assert held[0].state is IssueState.HELD


@pytest.mark.parametrize(
    ("button", "state", "said"),
    [("approve", IssueState.OPEN, "is released"), ("skip", IssueState.SKIPPED, "nobody gets it")],
)
def test_a_button_decides(visitor: Any, held: list[Issue], button: str, state: IssueState, said: str) -> None:
    answer = visitor.post("/desk/t0ken", {"do": button})

    assert answer.status == 200
    assert said in answer.text
    assert held[0].state is state


def test_what_is_no_link_or_no_button_of_ours_is_refused(visitor: Any, held: list[Issue]) -> None:
    assert visitor.get("/desk/other").status == 404
    assert visitor.post("/desk/other", {"do": "approve"}).status == 404
    assert visitor.post("/desk/t0ken", {"do": "both"}).status == 400
    assert held[0].state is IssueState.HELD
