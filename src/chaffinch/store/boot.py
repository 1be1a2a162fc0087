"""Which start of the machine this is.

What a process has written survives the process, synced or not; only a machine that goes down may lose what was not
synced. So a mark that was written since this start can be trusted.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@cache
def this_boot() -> str:
    """A name for it, the same in every process until the machine starts anew; empty where the system has none."""
    try:
        return _BOOT_ID.read_text("ascii").strip().replace("-", "")[:12]
    except (OSError, UnicodeDecodeError):
        return ""
