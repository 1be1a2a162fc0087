"""What is published stands in files, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chaffinch.killpoints import passing
from chaffinch.model import Rendition
from chaffinch.newsroom.parts import Parts
from chaffinch.publish import files


def put(parts: Parts, renditions: Iterable[Rendition], *, private: bool = False) -> tuple[str, ...]:
    """Publish documents; the names of those that changed. See `files.write` for what is guaranteed, and raised.

    On many machines they become rows first, from which each machine writes its own files.
    """
    made, now = tuple(renditions), parts.clock()
    if not parts.database.shared:
        return files.write(parts.private_folder if private else parts.config.press.feeds_dir, made, now)
    for rendition in made:
        files.check(rendition)
    changed = parts.renditions.put(made, now, private=private)
    passing("entered")
    follow(parts)
    return changed


def drop(parts: Parts, names: Sequence[str]) -> None:
    """Take documents away. Raises StoreError."""
    if parts.database.shared:
        parts.renditions.take_away(parts.clock(), names=names)
    files.drop(parts.config.press.feeds_dir, names)


def remove(parts: Parts, slug: str) -> None:
    """Take all of a feed away that everybody may read. Raises StoreError."""
    if parts.database.shared:
        parts.renditions.take_away(parts.clock(), beginnings=[f"{slug}.", f"{slug}/"])
    files.remove(parts.config.press.feeds_dir, slug)


def follow(parts: Parts) -> None:
    """Show here what other machines have published; nothing to do where there is only one. Raises StoreError."""
    if parts.database.shared:
        parts.mirror.follow(parts.renditions, parts.config.press.feeds_dir, parts.private_folder)
