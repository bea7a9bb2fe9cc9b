"""Assign story ids to reclustered articles, so that every id stays readable.

A group keeps the smallest id of its stories, and the other ids point to it. A story without other articles is merged
into the group of its canonical article. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from worker.stories.cluster_text import Cluster


@dataclass
class StoryIdMap:
    """Position of an article -> its story, ``-1 - number`` for a new story; and merged story -> the one it becomes."""

    stories: dict[int, int] = field(default_factory=dict)
    merges: dict[int, int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # stored stories in any group


@dataclass
class _Group:
    stored: set[int]
    articles: list[int]  # by position


def assign_story_ids(
    clusters: Sequence[Cluster],
    heads: Mapping[int, int],
    labels: Mapping[int, int],
    must_link: Sequence[tuple[int, int]],
    cannot_link: Collection[frozenset[int]],
) -> StoryIdMap:
    """Return the stories of ``clusters``.

    ``heads``: story without other articles -> the position of its canonical article · ``labels``: label -> position ·
    ``must_link`` and ``cannot_link``: pairs of labels (or stories) that an editor joined or separated.
    """
    groups = [_Group(set(cluster.stored), sorted(cluster.articles)) for cluster in clusters]
    group_of = {article: group for group in groups for article in group.articles}
    for pair in must_link:
        first, second = (_group(groups, group_of, labels, label) for label in pair)
        _unite(groups, group_of, first, second, labels, cannot_link)
    for story, article in heads.items():
        group_of[article].stored.add(story)
    story_ids = StoryIdMap()
    for number, group in enumerate(group for group in groups if group.articles):
        kept = min(group.stored, default=-1 - number)
        story_ids.stories |= dict.fromkeys(group.articles, kept)
        story_ids.merges |= {story: kept for story in group.stored if story != kept}
        story_ids.touched |= group.stored
    return story_ids


def _group(groups: list[_Group], group_of: Mapping[int, _Group], labels: Mapping[int, int], label: int) -> _Group:
    """Return the group of a label; a stored story that no article joined gets a new group."""
    if label < 0:
        return group_of[labels[label]]
    group = next((group for group in groups if label in group.stored), None)
    if group is None:
        group = _Group({label}, [])
        groups.append(group)
    return group


def _unite(
    groups: list[_Group],
    group_of: dict[int, _Group],
    first: _Group,
    second: _Group,
    labels: Mapping[int, int],
    cannot_link: Collection[frozenset[int]],
) -> None:
    """Merge two groups that an editor joined, unless a later correction separates parts of them."""
    label_of = {article: label for label, article in labels.items()}
    members = [{*group.stored, *(label_of[article] for article in group.articles)} for group in (first, second)]
    if first is second or any(frozenset((a, b)) in cannot_link for a in members[0] for b in members[1]):
        return
    first.stored |= second.stored
    first.articles = sorted(first.articles + second.articles)
    group_of |= dict.fromkeys(second.articles, first)
    groups.remove(second)
