"""Grouping: single link over verified pairs, what a person separated stays apart, the order of pairs is no matter."""

import random

from hypothesis import given
from hypothesis import strategies as st

from worker.assign import Edge, Group, assign

COUNT = 8
STORIES = (11, 12, 13)

_pairs = st.tuples(
    st.integers(0, COUNT - 1), st.one_of(st.integers(0, COUNT - 1), st.sampled_from(STORIES)), st.floats(0.5, 1.0)
).filter(lambda pair: pair[0] != pair[1])
_edges = st.lists(_pairs, max_size=20).map(
    lambda pairs: [
        Edge(a, strength, story=b) if b in STORIES else Edge(max(a, b), strength, other=min(a, b))
        for a, b, strength in pairs
    ]
)
_never = st.sets(st.sampled_from([frozenset((11, 12)), frozenset((11, 13)), frozenset((12, 13))]))


def components(edges: list[Edge]) -> set[tuple[frozenset[int], frozenset[int]]]:
    """Return the connected components that hold a new article, found by spreading from each one."""
    near: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for edge in edges:
        a = ("new", edge.article)
        b = ("story", edge.story) if edge.story is not None else ("new", edge.other or 0)
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    found = set()
    for article in range(COUNT):
        reached, waiting = set(), [("new", article)]
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting += near.get(node, ())
        found.add(
            (frozenset(n for kind, n in reached if kind == "new"), frozenset(n for kind, n in reached if kind != "new"))
        )
    return found


def as_sets(groups: list[Group]) -> set[tuple[frozenset[int], frozenset[int]]]:
    """Return groups without their order."""
    return {(frozenset(group.articles), frozenset(group.stories)) for group in groups}


@given(_edges)
def test_groups_are_the_connected_components(edges: list[Edge]) -> None:
    """Where nothing was separated, groups are what single link says: the connected components."""
    assert as_sets(assign(COUNT, edges)) == components(edges)


@given(_edges, _never, st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(
    edges: list[Edge], never: set[frozenset[int]], chance: random.Random
) -> None:
    """The same pairs in any order make the same groups, also where some are refused."""
    shuffled = list(edges)
    chance.shuffle(shuffled)
    assert as_sets(assign(COUNT, shuffled, never)) == as_sets(assign(COUNT, edges, never))


@given(_edges, _never)
def test_what_was_separated_is_never_joined(edges: list[Edge], never: set[frozenset[int]]) -> None:
    """No chain of pairs, however long, puts two stories into one group that a person separated."""
    for group in assign(COUNT, edges, never):
        assert not any(pair <= set(group.stories) for pair in never)


@given(_edges, _never)
def test_every_article_is_in_one_group(edges: list[Edge], never: set[frozenset[int]]) -> None:
    """Each new article is placed once, and no story in two groups."""
    groups = assign(COUNT, edges, never)
    assert sorted(number for group in groups for number in group.articles) == list(range(COUNT))
    stories = [story for group in groups for story in group.stories]
    assert len(stories) == len(set(stories))


def test_the_stronger_link_wins_where_both_cannot() -> None:
    """An article between two separated stories goes to the one that it is nearer to."""
    edges = [Edge(0, 0.7, story=11), Edge(0, 0.9, story=12)]
    assert assign(1, edges, {frozenset((11, 12))}) == [Group([0], [12])]
