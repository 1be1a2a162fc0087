"""What Prometheus reads, by its own parser."""

import http.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chaffinch.config import Web, parse
from chaffinch.errors import ConfigError
from chaffinch.model import Figure
from chaffinch.web import metrics
from chaffinch.web.app import build
from chaffinch.web.doorway import Doorway
from chaffinch.web.metrics import Requests
from chaffinch.web.server import Server
from tests.web.conftest import Desk, Stage, Visitor

Put = Callable[[Any], Visitor]


@pytest.fixture
def put(stage: tuple[Stage, int]) -> Put:
    """Puts any application on the stage."""

    def on_stage(app: Any) -> Visitor:
        stage[0].app = app
        return Visitor(stage[1])

    return on_stage


def scraped(visitor: Visitor) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample by its name, then by the values of its labels."""
    answer = visitor.get("/metrics")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation, f"{family.name} has no help"
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def own_figures() -> list[Figure]:
    return [
        Figure("polls", "Visits", True, {("changed",): 3, ("failed",): 1}, ("outcome",)),
        Figure("lateness_seconds", "Late", False, {(): 12.5}),
    ]


def test_counts_end_in_total_and_gauges_keep_their_unit(put: Put) -> None:
    found = scraped(put(metrics.build(own_figures, Requests(), lambda: {"refresh": 4, "": 1})))

    assert found["chaffinch_polls_total"] == {("changed",): 3, ("failed",): 1}
    assert found["chaffinch_lateness_seconds"] == {(): 12.5}
    assert found["chaffinch_queue_length"] == {("refresh",): 4, ("house",): 1}
    assert found["process_resident_memory_bytes"][()] > 1e6


def test_the_format_follows_what_the_scraper_asks_for(put: Put) -> None:
    visitor = put(metrics.build(own_figures, Requests()))

    plain = visitor.get("/metrics")
    opened = visitor.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")

    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert opened.headers["content-type"].startswith("application/openmetrics-text")
    assert opened.text.endswith("# EOF\n")


def test_two_applications_in_one_process_know_nothing_of_each_other(put: Put) -> None:
    first, second = Requests(), Requests()
    first.count("/search", "GET", 200)

    told = scraped(put(metrics.build(list, first)))
    untold = scraped(put(metrics.build(list, second)))

    assert told["chaffinch_http_requests_total"] == {("GET", "/search", "200"): 1}
    assert "chaffinch_http_requests_total" not in untold


def test_only_metrics_stands_there(put: Put) -> None:
    visitor = put(metrics.build(own_figures, Requests()))

    assert [visitor.get(path).status for path in ("/", "/status")] == [404, 404]
    assert visitor.post("/metrics").status == 405


def test_requests_are_counted_by_route_and_never_by_address(
    desk: Desk, serve: Callable[[Desk], Visitor], put: Put, stage: tuple[Stage, int]
) -> None:
    visitor = serve(desk)
    for path in ("/articles/k1", "/articles/k2", "/unsubscribe/t0ken", "/nowhere/at/all", "/feeds/news.atom?x=1"):
        visitor.get(path)
    visitor.ask("BREW", "/search")

    door = stage[0].app
    assert isinstance(door, Doorway)
    found = scraped(put(metrics.build(desk.figures, door.requests)))
    assert found["chaffinch_http_requests_total"] == {
        ("GET", "/articles/{key}", "200"): 2,
        ("GET", "/unsubscribe/{token}", "200"): 1,
        ("GET", "none", "404"): 1,
        ("GET", "/feeds/{name:path}", "200"): 1,
        ("other", "/search", "405"): 1,
    }


def test_what_is_answered_before_all_machinery_is_counted_too(desk: Desk) -> None:
    door = build(desk)
    server = Server(door, Web(bind="127.0.0.1:0"))
    server.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        etag = ""
        for _ in range(3):
            connection.request("GET", "/feeds/news.atom", headers={"If-None-Match": etag} if etag else {})
            answer = connection.getresponse()
            answer.read()
            etag = answer.headers["ETag"]
        connection.close()
    finally:
        server.stop(2)

    assert door.requests.figure().values == {
        ("/feeds/{name:path}", "GET", "200"): 1,
        ("/feeds/{name:path}", "GET", "304"): 2,
    }


def test_readiness_tells_what_cannot_be_done_and_stays_200(desk: Desk, visitor: Visitor) -> None:
    desk.cannot = ("data: only 3 MB are free; nothing is fetched until there is room",)
    limited = visitor.get("/readyz")
    desk.why_not_ready = ("the database is away",)
    away = visitor.get("/readyz")

    assert (limited.status, limited.text) == (200, f"ready\n{desk.cannot[0]}\n")
    assert (away.status, away.text) == (503, "the database is away\n")
    assert visitor.get("/healthz").text == "ok\n"


@pytest.mark.parametrize(
    ("bind", "own"),
    [
        ("127.0.0.1:8750", "127.0.0.1:8750"),
        ("0.0.0.0:80", "127.0.0.1:80"),
        ("127.0.0.1:8750", "localhost:8750"),
        ("[::]:80", "10.0.0.1:80"),
    ],
)
def test_the_public_address_is_refused(tmp_path: Path, bind: str, own: str) -> None:
    written = f'[web]\nbind = "{bind}"\nmetrics_bind = "{own}"\n'

    with pytest.raises(ConfigError, match=r"config\.toml:3: web\.metrics_bind: is the address of web\.bind"):
        parse(written, tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("bind", "own"),
    [("127.0.0.1:0", "127.0.0.1:0"), ("10.0.0.1:80", "127.0.0.1:80"), ("0.0.0.0:8750", "0.0.0.0:8751")],
)
def test_an_address_of_its_own_is_fine(tmp_path: Path, bind: str, own: str) -> None:
    config = parse(f'[web]\nbind = "{bind}"\nmetrics_bind = "{own}"\n', tmp_path / "config.toml")

    assert config.web.metrics_bind == own
