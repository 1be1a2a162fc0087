"""Which article a draft is: identity is given once, and kept for ever."""

from chaffinch.identity.holding import held_back
from chaffinch.identity.likeness import sketch
from chaffinch.identity.settling import settle

__all__ = ["held_back", "settle", "sketch"]
