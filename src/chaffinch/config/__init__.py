"""config.toml as values."""

from chaffinch.config.load import Config, load, parse
from chaffinch.config.tables import Fetch, Mail, Press, Web

__all__ = ["Config", "Fetch", "Mail", "Press", "Web", "load", "parse"]
