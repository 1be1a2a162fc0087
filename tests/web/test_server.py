"""The server starts, answers, ends."""

import http.client
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from chaffinch.config import Web
from chaffinch.errors import ConfigError
from chaffinch.web.app import build
from chaffinch.web.server import Server


def ask(port: int, path: str = "/healthz") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_it_answers_from_start_to_stop(desk: Any) -> None:
    server = Server(build(desk), Web(bind="127.0.0.1:0"))
    server.start()

    assert server.address == f"http://127.0.0.1:{server.port}"
    assert ask(server.port) == 200
    assert server.stop(2)
    with pytest.raises(OSError, match="refused"):
        ask(server.port)


def test_a_port_that_is_taken_is_one_clear_line(desk: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigError, match=rf"web\.bind: cannot listen on 127\.0\.0\.1:{port}: Address already in use"
        ):
            Server(Starlette(), Web(bind=f"127.0.0.1:{port}")).start()


def test_a_request_under_way_is_answered_before_the_end() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow(request: Request) -> PlainTextResponse:
        entered.set()
        go_on.wait(5)
        return PlainTextResponse("done")

    server = Server(Starlette(routes=[Route("/", slow)]), Web(bind="127.0.0.1:0"))
    server.start()
    statuses: list[int] = []
    asking = threading.Thread(target=lambda: statuses.append(ask(server.port, "/")))
    asking.start()
    entered.wait(5)
    threading.Timer(0.05, go_on.set).start()

    assert server.stop(5)
    asking.join()
    assert statuses == [200]


def test_stopping_what_never_started_is_nothing() -> None:
    assert Server(Starlette(), Web(bind="127.0.0.1:0")).stop(1)


def test_it_does_not_say_what_it_is_made_of(serve: Callable[[Any], Any], desk: Any) -> None:
    assert "server" not in serve(desk).get("/").headers
