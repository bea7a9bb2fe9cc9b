"""A cleaned text goes in, what every later step compares comes out: tokenised once, kept as small NumPy arrays.

Fingerprint, sketch and evidence all read the same `Features`, so that no text is ever split twice.
"""

from worker.features.extract import features, features_of
from worker.features.model import Features, Source

__all__ = ["Features", "Source", "features", "features_of"]
