"""Our own templates stand where the package is installed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def packaged_templates() -> Path:
    """Their folder: inside the installed package, or at the top of a checkout."""
    inside = Path(str(files("chaffinch"))) / "templates"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "templates"
