"""Form components from the edges, presume the stories in them, and pack them into units of work."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from worker.bulk.cluster import Component
from worker.bulk.components import components
from worker.match.judgement import Judgement

#: Articles of a component: with more, a worker's memory would grow with the corpus (13 KB of features each). A larger
#: one is divided at its weakest edges.
MOST_ARTICLES: Final = 20_000
#: What an edge within a larger component needs, step by step, after ``agreement`` and ``same_story``.
STRONG: Final = (0.9, 0.99, 0.999)
#: Articles of a unit of work.
UNIT_ARTICLES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Groups:
    """By id, from 1: its ``component`` and presumed ``story``, both by their first article. Index 0 is unused."""

    component: NDArray[np.int32]
    story: NDArray[np.int32]
    several: NDArray[np.bool_]
    units: list[list[int]]  # the first articles of the components in each unit

    def table(self) -> pa.Table:
        """Return the table ``grouped`` of the SQL."""
        ids = np.arange(1, len(self.component), dtype=np.int32)
        unit = np.zeros(len(self.component), dtype=np.int32)
        for number, firsts in enumerate(self.units):
            unit[firsts] = number
        columns: dict[str, Any] = {"component": self.component, "story": self.story, "several": self.several}
        columns["unit"] = unit[self.component]
        return pa.table({"id": ids} | {name: values[1:] for name, values in columns.items()})


def group(
    count: int, same: tuple[Any, Any], edges: pa.Table, judgement: Judgement, also: NDArray[np.bool_] | None = None
) -> Groups:
    """Return the groups of articles 1 to ``count``; ``same`` are the pairs that belong together in any case.

    ``also``: by id, articles whose components are ``several`` too, because they may belong to settled stories
    """
    b, a, similarity, apart = (edges.column(name).to_numpy() for name in edges.schema.names)
    ends = np.concatenate((same[0], b)), np.concatenate((same[1], a))
    certain = np.ones(len(same[0]), np.float32)
    strength, apart = np.concatenate((certain, similarity)), np.concatenate((certain, apart))

    def of_edges(chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
        return components(count, ends[0][chosen], ends[1][chosen])

    component = of_edges(strength >= judgement.agreement)
    for needed in (judgement.same_story, *STRONG):
        sizes = np.bincount(component, minlength=count + 1)
        large = sizes[component] > MOST_ARTICLES
        if not large.any():
            break
        within = of_edges((strength >= needed) & large[ends[0]])
        component = np.where(large, within, component)
    _divide(component)
    # a presumed story must not be in two components
    story = of_edges((apart >= judgement.same_story) & (component[ends[0]] == component[ends[1]]))
    sizes = np.bincount(component[1:], minlength=count + 1)
    chosen = sizes > 1
    if also is not None:
        chosen[component[also]] = True
    chosen[0] = False
    return Groups(component, story, chosen[component], _pack(sizes, chosen))


def _divide(component: NDArray[np.int32]) -> None:
    """Divide components that are still too large, in which all pairs are nearly certain, in the order of time."""
    for first in np.flatnonzero(np.bincount(component) > MOST_ARTICLES):
        ids = np.flatnonzero(component == first)
        for start in range(0, len(ids), MOST_ARTICLES):
            component[ids[start : start + MOST_ARTICLES]] = ids[start]


def _pack(sizes: NDArray[np.intp], chosen: NDArray[np.bool_]) -> list[list[int]]:
    units: list[list[int]] = []
    articles = UNIT_ARTICLES
    for first in np.flatnonzero(chosen).tolist():
        if articles >= UNIT_ARTICLES:
            units.append([])
            articles = 0
        units[-1].append(first)
        articles += int(sizes[first])
    return units


def members(groups: Groups, texts: NDArray[np.bool_], settled: NDArray[np.int64] | int = 0) -> dict[int, Component]:
    """Return the components of several by their first article; ``texts`` says which ids are not exact copies.

    ``settled``: by id, the number of stories of a settled corpus in reach
    """
    begins = texts & (groups.story == np.arange(len(groups.story)))
    before = np.cumsum(begins) - begins + settled
    ids = np.flatnonzero(groups.several)
    ids = ids[np.argsort(groups.component[ids], kind="stable")]
    starts = np.flatnonzero(np.diff(groups.component[ids], prepend=-1))
    found = {}
    for own in np.split(ids, starts[1:]) if len(ids) else ():
        inside = np.cumsum(begins[own]) - begins[own]
        found[int(groups.component[own[0]])] = Component(own.tolist(), (before[own] - inside).tolist())
    return found
