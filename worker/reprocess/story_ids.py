"""Planned groups of stored articles go in; the story that each gets comes out, so that every id stays readable.

A group keeps the smallest id of the stories that it is made of, and these point to it. A story of which nothing else is
left goes where its canonical article went. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from worker.stories.cluster import Cluster


@dataclass
class StoryIdMap:
    """By place the story of each article, ``-1 - number`` for one to be made; and which stories become which."""

    stories: dict[int, int] = field(default_factory=dict)
    merges: dict[int, int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # stored stories that take part


@dataclass
class _Group:
    stored: set[int]
    places: list[int]


def assign_story_ids(
    planned: Sequence[Cluster],
    heads: Mapping[int, int],
    labels: Mapping[int, int],
    bound: Sequence[tuple[int, int]],
    apart: Collection[frozenset[int]],
) -> StoryIdMap:
    """Return the stories that ``planned`` ones become.

    ``heads``: story of which nothing else is left -> the place of its canonical article · ``labels``: label -> place ·
    ``bound`` and ``apart``: pairs of labels (or stories) that a person joined or kept apart.
    """
    groups = [_Group(set(story.stored), sorted(story.articles)) for story in planned]
    at = {place: group for group in groups for place in group.places}
    for one, two in bound:
        _unite(groups, at, _group(groups, at, labels, one), _group(groups, at, labels, two), labels, apart)
    for story, place in heads.items():
        at[place].stored.add(story)
    homes = StoryIdMap()
    for number, group in enumerate(group for group in groups if group.places):
        kept = min(group.stored, default=-1 - number)
        homes.stories |= dict.fromkeys(group.places, kept)
        homes.merges |= {story: kept for story in group.stored if story != kept}
        homes.touched |= group.stored
    return homes


def _group(groups: list[_Group], at: Mapping[int, _Group], labels: Mapping[int, int], label: int) -> _Group:
    """Return the group of a label, a new one for a stored story that no article joined."""
    if label < 0:
        return at[labels[label]]
    found = next((group for group in groups if label in group.stored), None)
    if found is None:
        found = _Group({label}, [])
        groups.append(found)
    return found


def _unite(
    groups: list[_Group],
    at: dict[int, _Group],
    one: _Group,
    two: _Group,
    labels: Mapping[int, int],
    apart: Collection[frozenset[int]],
) -> None:
    """Make one group of two that a person joined, unless they kept parts of them apart later."""
    names = {place: label for label, place in labels.items()}
    stand = [{*group.stored, *(names[place] for place in group.places)} for group in (one, two)]
    if one is two or any(frozenset((a, b)) in apart for a in stand[0] for b in stand[1]):
        return
    one.stored |= two.stored
    one.places = sorted(one.places + two.places)
    at |= dict.fromkeys(two.places, one)
    groups.remove(two)
