"""Describe in words what an article is to another, and how likely they are one story."""

from collections.abc import Mapping

#: Relation -> what an article with this relation is, as seen from the other article.
RELATIONS: Mapping[str, str] = {
    "original": "the canonical article of its story",
    "exact": "the same words",
    "near": "the same text with small changes",
    "abridged": "a shortened version",
    "extended": "a longer version",
    "rewrite": "the same reporting in other words",
    "revision": "another version from the same provider",
}

#: What has the same words as the other article.
_SAME_WORDS = frozenset({"original", "exact"})
#: What the probability of texts that differ is shown as at most: a rounded 100% would look like the same words.
_MOST_CERTAIN = 0.99


def certainty(similarity: float, relation: str | None = None) -> str:
    """Return the probability of one story as a percentage: 100% of the same words only, at most 99% of others."""
    return f"{1.0 if relation in _SAME_WORDS else min(similarity, _MOST_CERTAIN):.0%}"


def chance(similarity: float, relation: str | None = None) -> str:
    """Return the probability of one story in words."""
    return f"{certainty(similarity, relation)} likely to be one story"
