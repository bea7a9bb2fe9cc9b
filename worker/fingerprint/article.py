"""The type `Prepared`: an article that is read, cleaned and fingerprinted, but not yet stored."""

from dataclasses import dataclass

from worker.article import Article, Cleaned
from worker.features import Features
from worker.fingerprint import Fingerprint


@dataclass(slots=True)
class Prepared:
    """An article that is ready to be assigned to a story."""

    file_id: int
    article: Article
    cleaned: Cleaned
    features: Features
    fingerprint: Fingerprint
