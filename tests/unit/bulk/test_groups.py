"""Components are the closure of the edges, and a component that is too large is divided at its weakest edges."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.bulk import groups
from worker.bulk.components import components
from worker.bulk.schema import EDGES
from worker.evaluate.components import connected_components
from worker.match.judgement import BALANCED

_NONE = np.zeros(0, np.int32), np.zeros(0, np.int32)


def edges(*rows: tuple[int, int, float]) -> pa.Table:
    """Return edges, later article first, with the same probability in both columns."""
    return pa.Table.from_pylist([{"b": b, "a": a, "similarity": p, "apart": p} for b, a, p in rows], schema=EDGES)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=40))
def test_components_are_the_closure_of_the_edges(pairs: list[tuple[int, int]]) -> None:
    """Each id gets the smallest id that any path of edges leads to."""
    a, b = (np.array([pair[i] for pair in pairs], dtype=np.int32) for i in (0, 1))
    names = [str(i) for i in range(31)]
    first = connected_components(names, iter((str(x), str(y)) for x, y in pairs))
    members: dict[str, list[int]] = {}
    for name in names:
        members.setdefault(str(first[name]), []).append(int(name))
    smallest = {i: min(own) for own in members.values() for i in own}
    assert components(30, a, b).tolist() == [smallest[i] for i in range(31)]


def test_only_pairs_that_agree_are_connected() -> None:
    """A pair below the limit of agreement connects nothing; those with the same words belong together in any case."""
    formed = groups.group(5, (np.array([5]), np.array([1])), edges((2, 1, 0.3), (3, 2, 0.2), (4, 3, 0.9)), BALANCED)
    assert formed.component.tolist() == [0, 1, 1, 3, 3, 1]
    assert formed.story.tolist() == [0, 1, 2, 3, 3, 1]  # .3 agrees, but is not one story
    assert formed.several.tolist() == [False, True, True, True, True, True]


def test_a_large_component_is_divided_at_its_weakest_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker could not hold is divided where the probability of one story is the least."""
    monkeypatch.setattr(groups, "MOST_ARTICLES", 3)
    chain = edges((2, 1, 0.95), (3, 2, 0.7), (4, 3, 0.95), (6, 5, 0.3))
    assert groups.group(6, _NONE, chain, BALANCED).component.tolist() == [0, 1, 1, 3, 3, 5, 5]


def test_no_component_is_larger_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be divided at an edge is divided in the order of time, and no presumed story is in two components."""
    monkeypatch.setattr(groups, "MOST_ARTICLES", 2)
    formed = groups.group(5, (np.array([2, 3, 4, 5]), np.array([1, 1, 1, 1])), edges(), BALANCED)
    assert formed.component.tolist() == [0, 1, 1, 3, 3, 5]
    assert all(formed.component[story] == own for story, own in zip(formed.story, formed.component, strict=True))
    weak = groups.group(3, _NONE, edges((2, 1, 0.95), (3, 2, 0.7)), BALANCED)
    assert weak.story.tolist() == [0, 1, 1, 3]


def test_stories_before_are_those_of_other_components() -> None:
    """The stories of an article's own component are left to the clusterer, which knows them exactly."""
    formed = groups.group(5, _NONE, edges((3, 1, 0.9), (5, 4, 0.3)), BALANCED)
    members = groups.members(formed, np.array([False, True, True, True, True, True]))
    assert members[1].ids == [1, 3]
    assert members[1].stories_before == [0, 1]
    assert members[4].stories_before == [2, 2]
