"""What time it is, as something that can be handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Says the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """The machine's clock; the only place that reads it."""
    return datetime.now(UTC)
