"""Verified pairs go in, groups come out: which new articles form one story, and with which stored stories.

Single link over verified pairs, the strongest first; what a person has separated is never joined by any chain.
Pure, and independent of the order in which pairs are given.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Edge:
    """A verified pair: a new article and another new one (``story`` is None) or a stored story."""

    article: int  # place in the batch
    strength: float
    other: int | None = None  # place in the batch of the other new article
    story: int | None = None


@dataclass(slots=True)
class Group:
    """One story to be: new articles by their place in the batch, and the stored stories that they join."""

    articles: list[int] = field(default_factory=list)
    stories: list[int] = field(default_factory=list)


def assign(count: int, edges: Sequence[Edge], never: Collection[frozenset[int]] = ()) -> list[Group]:
    """Group ``count`` new articles; stories of a pair in ``never`` end in different groups."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}
    stories: dict[tuple[str, int], set[int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        if node not in parent:
            parent[node] = node
            stories[node] = {node[1]} if node[0] == "story" else set()
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for edge in sorted(edges, key=_order):
        a = root(("article", edge.article))
        b = root(("article", edge.other) if edge.story is None else ("story", edge.story))  # type: ignore[arg-type]
        if a == b or any(frozenset((x, y)) in never for x in stories[a] for y in stories[b]):
            continue
        parent[b] = a
        stories[a] |= stories.pop(b)
    groups: dict[tuple[str, int], Group] = {}
    for article in range(count):
        groups.setdefault(root(("article", article)), Group()).articles.append(article)
    for node, group in groups.items():
        group.stories = sorted(stories[node])
    return list(groups.values())


def _order(edge: Edge) -> tuple[float, int, int, int]:
    return (-edge.strength, edge.story or 0, edge.article, edge.other or 0)
