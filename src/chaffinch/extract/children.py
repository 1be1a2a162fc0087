"""Extraction runs in child processes, which may be killed without harm.

A page that takes too long or too much memory costs its child and nothing else.
"""

from __future__ import annotations

import multiprocessing
import resource
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from lxml import etree
from pebble import ProcessExpired, ProcessPool

from chaffinch.errors import ExtractError
from chaffinch.model import Document, Draft, Outline, Page, Reference, Repeats, Rules

_P = ParamSpec("_P")
_T = TypeVar("_T")

DEADLINE = 20.0
"""Seconds that one page may take."""
MEMORY = 1 << 30
"""Bytes that one page may take beyond what a child needs to start."""
_RECYCLE = 500
"""Pages after which a child makes room for a fresh one, against slow leaks in parsers."""
_MOST_HOMES = 10_000
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    etree.Error,
)
"""What a parser may stumble over in a page that nobody has seen yet."""


class Children:
    """An Extractor whose work is done by `number` child processes. May be called from any thread."""

    def __init__(self, number: int = 1, *, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["chaffinch.extract.preload"])
        self._deadline = deadline
        self._lock = threading.Lock()
        self.killed: Counter[str] = Counter()
        """How many children died of a page since the start: of `time`, of `memory`, or otherwise."""
        self._pools = [
            ProcessPool(max_workers=1, max_tasks=_RECYCLE, initializer=_confine, initargs=(memory,), context=context)
            for _ in range(max(1, number))
        ]
        self._busy = [0] * len(self._pools)
        """How many pages each is at, or has waiting."""
        self._homes: OrderedDict[str, int] = OrderedDict()
        """Which child saw a page last: it may still have it parsed (`extract.parsed`)."""

    def outline(self, page: Page) -> Outline:
        """The page's outline, made in a child. Raises ExtractError."""
        from chaffinch.extract import extractor

        return self._call(page.url, extractor.outline, page)

    def extract(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft:
        """The page's draft, made in a child. Raises ExtractError, ConfigError."""
        from chaffinch.extract import extractor

        return self._call(page.url, extractor.extract, reference, page, rules, repeats)

    def understand(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Document:
        """The page's blocks with their verdicts, made in a child. Raises ExtractError, ConfigError."""
        from chaffinch.extract import extractor

        return self._call(page.url, extractor.understand, reference, page, rules, repeats)

    def close(self) -> None:
        """End the children; what they were at is lost. No call may follow."""
        with self._lock:
            for pool in self._pools:
                pool.stop()  # type: ignore[no-untyped-call] # pebble leaves it so
            for pool in self._pools:
                pool.join()

    def _call(self, url: str, work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        child = self._chosen(url)
        try:
            with self._lock:
                future = self._pools[child].schedule(work, args=args, kwargs=kwargs, timeout=self._deadline)
            done: _T = future.result()
        except TimeoutError as error:
            self._lost("time")
            raise ExtractError(f"{url}: extraction took more than {self._deadline:.0f} s and was stopped") from error
        except MemoryError as error:
            self._lost("memory")
            raise ExtractError(f"{url}: extraction took more memory than a page may") from error
        except ProcessExpired as error:
            self._lost("other")
            raise ExtractError(f"{url}: the process that extracted it died ({error.exitcode})") from error
        except _STUMBLES as error:
            raise ExtractError(f"{url}: extraction stumbled: {type(error).__name__}: {error}") from error
        except RuntimeError as error:
            raise ExtractError(f"{url}: extraction was closed down") from error
        finally:
            with self._lock:
                self._busy[child] -= 1
        return done

    def _lost(self, why: str) -> None:
        with self._lock:
            self.killed[why] += 1

    def _chosen(self, url: str) -> int:
        """The child that had the page before where it is idle, else the one with the least to do."""
        with self._lock:
            home = self._homes.pop(url, None)
            child = home if home is not None and not self._busy[home] else self._busy.index(min(self._busy))
            self._busy[child] += 1
            self._homes[url] = child
            if len(self._homes) > _MOST_HOMES:
                self._homes.popitem(last=False)
            return child


class Inline:
    """An Extractor that works in the caller's own process: no deadline, no memory limit."""

    def outline(self, page: Page) -> Outline:
        """The page's outline. Raises ExtractError."""
        from chaffinch.extract import extractor

        return extractor.outline(page)

    def extract(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft:
        """The page's draft. Raises ExtractError, ConfigError."""
        from chaffinch.extract import extractor

        return extractor.extract(reference, page, rules, repeats)


def _confine(memory: int) -> None:
    """Limit what this child may allocate, counted from what the libraries have mapped already (RLIMIT_AS)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - one number, read once a child
            mapped = int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # no /proc: a limit that may kill numpy's start-up is worse than none
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = mapped + memory
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
