"""Connected components of a graph, which single link makes of pairs."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

ItemT = TypeVar("ItemT", bound=Hashable)


def connected_components(items: Iterable[ItemT], pairs: Iterable[tuple[ItemT, ItemT]]) -> dict[ItemT, ItemT]:
    """Return for each item the one that represents its component; each pair is of two of the items (union-find)."""
    parent = {item: item for item in items}

    def root(item: ItemT) -> ItemT:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in pairs:
        parent[root(b)] = root(a)
    return {item: root(item) for item in parent}
