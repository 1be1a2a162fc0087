"""Status is the owner's; health is for whatever watches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def owned(open_press: Callable[..., Any], serve: Callable[[Any], Any], tmp_path: Path) -> Any:
    (tmp_path / "token").write_text("open-sesame\n")
    return serve(open_press(web='status_token_file = "token"'))


def test_the_owner_sees_what_is_wrong(owned: Any) -> None:
    for answer in (owned.get("/status?token=open-sesame"), owned.get("/status", Authorization="Bearer open-sesame")):
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "https://wire.example/ <503> (3 times)" in answer.page.text_content()
        assert answer.page.xpath("//*[@class='ill']/text()") == ["three failures"]


@pytest.mark.parametrize("path", ["/status", "/status?token=", "/status?token=wrong", "/status?token=%F0%9F%90%A6"])
def test_nobody_else_does(path: str, owned: Any) -> None:
    answer = owned.get(path)

    assert answer.status == 401
    assert "wire" not in answer.text


def test_without_a_token_file_there_is_no_status(visitor: Any) -> None:
    assert visitor.get("/status?token=").status == 404


def test_an_empty_token_file_opens_nothing(
    open_press: Callable[..., Any], serve: Callable[[Any], Any], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("\n")
    visitor = serve(open_press(web='status_token_file = "token"'))

    assert visitor.get("/status?token=").status == 404


def test_health_is_told_apart_from_readiness(visitor: Any, desk: Any) -> None:
    assert visitor.get("/healthz").text == "ok\n"
    assert visitor.get("/readyz").text == "ready\n"
    desk.why_not_ready = ("the database is locked",)

    assert visitor.get("/healthz").status == 200
    assert visitor.get("/readyz").status == 503
    assert visitor.get("/readyz").text == "the database is locked\n"
