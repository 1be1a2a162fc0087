"""A fetcher for one page, outside any visit."""

from __future__ import annotations

import threading
from pathlib import Path

from chaffinch.clock import system_clock
from chaffinch.config import Config, load, parse
from chaffinch.fetch.client import Client
from chaffinch.model import Source, SourceKind
from chaffinch.newsroom.parts import client_of
from chaffinch.ports import Fetcher


def config_or_none(path: Path) -> Config | None:
    """The config where there is one; a command that works without does so. Raises ConfigError when it is wrong."""
    return load(path) if path.is_file() else None


def client_for(config: Config | None) -> Client:
    """The client that the config wants, or the default one."""
    return client_of(config or parse("", Path("config.toml")), system_clock, threading.Event())


def fetcher_for(path: Path) -> Fetcher:
    """Gets pages that a person named: robots.txt speaks to robots, and is not asked."""
    return client_for(config_or_none(path)).for_source(Source("", SourceKind.PAGE, "", robots=False))
