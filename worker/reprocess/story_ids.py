"""Assign story ids to reclustered articles, so that every id stays readable.

A cluster keeps the smallest id of its stories, and the other ids point to it. A story without other articles is merged
into the cluster of its canonical article. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from worker.stories.cluster_text import Cluster
from worker.stories.references import MemberRef, New, StoredStory


@dataclass
class StoryIdMap:
    """Position of an article -> its story, for a new story its first article; merged story -> the one it becomes."""

    stories: dict[int, MemberRef] = field(default_factory=dict)
    merges: dict[int, int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # stored stories in any cluster


def assign_story_ids(clusters: Sequence[Cluster], heads: Mapping[int, int]) -> StoryIdMap:
    """Return the stories of ``clusters``; ``heads``: story without other articles -> position of its canonical one."""
    story_ids = StoryIdMap()
    for cluster in clusters:
        members = set(cluster.articles)
        stored = {*cluster.stored, *(story for story, article in heads.items() if article in members)}
        kept = min(stored, default=None)
        ref = New(min(cluster.articles)) if kept is None else StoredStory(kept)
        story_ids.stories |= dict.fromkeys(cluster.articles, ref)
        story_ids.merges |= {story: kept for story in stored if kept is not None and story != kept}
        story_ids.touched |= stored
    return story_ids
