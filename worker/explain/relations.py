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


def chance(similarity: float) -> str:
    """Return the probability of one story in words."""
    return f"{similarity:.0%} likely to be one story"
