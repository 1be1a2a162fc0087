"""The only place that knows every wing: it wires a Config into parts that work together."""

from chaffinch.newsroom.room import Newsroom

__all__ = ["Newsroom"]
