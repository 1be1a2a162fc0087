"""What a child needs is imported in the fork server, once for all children."""

from chaffinch.extract import by_classifier as by_classifier
from chaffinch.extract import extractor as extractor
