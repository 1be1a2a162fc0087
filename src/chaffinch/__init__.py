"""Chaffinch separates the grain from the chaff: clean full-text feeds, digest letters, from any article source."""

__version__ = "0.1.0"
