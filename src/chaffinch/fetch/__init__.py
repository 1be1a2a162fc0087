"""Pages come from the web politely, within limits, and never from where we must not go."""

from chaffinch.fetch.client import Client
from chaffinch.fetch.limits import Limits
from chaffinch.fetch.polling import next_visit

__all__ = ["Client", "Limits", "next_visit"]
