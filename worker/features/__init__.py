"""Features: what every later step compares, computed once from a cleaned text.

Fingerprint, sketch and evidence all read the same `Features`, so that no text is tokenised twice.
"""

from worker.features.extract import features, features_of
from worker.features.model import Features, Source

__all__ = ["Features", "Source", "features", "features_of"]
