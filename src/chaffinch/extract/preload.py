"""What a child needs is imported in the fork server, once for all children."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a page's matrices are small: more threads wait for each other

from chaffinch.extract import by_classifier as by_classifier
from chaffinch.extract import extractor as extractor
