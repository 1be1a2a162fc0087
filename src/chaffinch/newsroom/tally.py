"""What this process has done since it started is counted, and forgotten when it ends."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from chaffinch.model import Refresh


class Tally:
    """Counts by name and kind; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, str]] = Counter()

    def count(self, name: str, kind: str, number: int = 1) -> None:
        """So many more of a kind."""
        with self._lock:
            self._counted[name, kind] += number

    def of(self, name: str) -> Mapping[str, int]:
        """The numbers under one name, by kind."""
        with self._lock:
            return {kind: number for (each, kind), number in self._counted.items() if each == name}

    def visited(self, done: Refresh) -> None:
        """A visit came to its end: how it went, what became of its pages."""
        came = done.listed + done.fetched + done.new + done.updated + done.unchanged > 0
        outcome = "changed" if done.new + done.updated else "failed" if done.problems and not came else "unchanged"
        self.count("polls", outcome)
        for name, kind, number in (
            ("articles", "new", done.new),
            ("articles", "updated", done.updated),
            ("fetches", "page", done.fetched),
            ("pages", "article", done.new + done.updated + done.unchanged),
            ("pages", "no_article", done.passed_over),
            ("pages", "failed", done.failed),
        ):
            self.count(name, kind, number)
