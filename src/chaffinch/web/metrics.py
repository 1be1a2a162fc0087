"""`/metrics`: the press in figures, for Prometheus, on an address of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chaffinch.model import Figure

PREFIX = "chaffinch_"
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Requests:
    """How often each route was asked, and with which answer; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, ...]] = Counter()

    def count(self, route: str, method: str, status: int) -> None:
        """One more. `route` is as the list of routes has it; empty where none fits."""
        with self._lock:
            self._counted[route or "none", method if method in _METHODS else "other", str(status)] += 1

    def figure(self) -> Figure:
        """All of them."""
        with self._lock:
            counted = {labels: float(number) for labels, number in self._counted.items()}
        return Figure("http_requests", "Answers by route", True, counted, ("route", "method", "status"))


def build(
    figures: Callable[[], Iterable[Figure]],
    requests: Requests,
    queued: Callable[[], Mapping[str, int]] = dict,
) -> Starlette:
    """The application: one route. Each scrape asks anew; nothing is kept between two, and nothing is global."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(figures, requests, queued))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)

    def metrics(request: Request) -> Response:
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    return Starlette(routes=[Route("/metrics", metrics)])


class _Figures(Collector):
    def __init__(
        self,
        figures: Callable[[], Iterable[Figure]],
        requests: Requests,
        queued: Callable[[], Mapping[str, int]],
    ) -> None:
        self._figures, self._requests, self._queued = figures, requests, queued

    def collect(self) -> Iterator[Metric]:
        for figure in (*self._figures(), self._requests.figure(), self._queues()):
            kind = CounterMetricFamily if figure.grows else GaugeMetricFamily
            family = kind(PREFIX + figure.name, f"{figure.what}.", labels=figure.labels)
            for labels, value in figure.values.items():
                family.add_metric(labels, value)
            yield family

    def _queues(self) -> Figure:
        lengths: Mapping[tuple[str, ...], float] = {(lane or "house",): n for lane, n in self._queued().items()}
        return Figure("queue_length", "Tasks that wait for a thread", False, lengths, ("queue",))
