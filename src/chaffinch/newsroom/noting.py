"""What goes wrong is noted under a subject until it is over."""

from __future__ import annotations

from chaffinch.errors import ChaffinchError
from chaffinch.newsroom.parts import Parts


def noted(parts: Parts, subject: str) -> _Noted:
    """A block whose trouble is noted under a subject, and raised; when there is none, it is over."""
    return _Noted(parts, subject)


class _Noted:
    def __init__(self, parts: Parts, subject: str) -> None:
        self._parts, self._subject = parts, subject

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ChaffinchError):
            self._parts.problems.note(self._subject, str(error), self._parts.clock())
        elif error is None:
            self._parts.problems.over(self._subject)
