"""The article as later steps know it: read, cleaned and fingerprinted, not yet stored."""

from dataclasses import dataclass

from worker.article import Article, Cleaned
from worker.features import Features
from worker.fingerprint import Fingerprint


@dataclass(slots=True)
class Prepared:
    """An article ready to be placed."""

    file_id: int
    article: Article
    cleaned: Cleaned
    features: Features
    fingerprint: Fingerprint
