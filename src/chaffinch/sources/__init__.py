"""Sources list their articles: a reader for each kind."""

from chaffinch.sources.discover import Candidate, candidates
from chaffinch.sources.files import Files
from chaffinch.sources.folder import SUFFIXES
from chaffinch.sources.opml import Subscribed, read_opml
from chaffinch.sources.readers import READERS, read

__all__ = ["READERS", "SUFFIXES", "Candidate", "Files", "Subscribed", "candidates", "read", "read_opml"]
