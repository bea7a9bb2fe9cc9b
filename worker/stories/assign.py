"""Prepared articles go in; stored articles come out, each in its story: matched, linked, merged, explained.

Candidates are read and the batch is planned without a lock. Under the placement lock it is planned again only where
others changed stories meanwhile, from the same verdicts, and written; so no two workers make two stories of a dispatch.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection

from worker.article import Relation
from worker.fingerprint.article import Prepared
from worker.fingerprint.posting_index import PostingIndex
from worker.store import articles, index, locks, sketches, stories
from worker.stories import candidates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import BatchClusterer, Cluster, ClusterText, VerdictCache, predict_pairs
from worker.stories.rows import BatchChanges, batch_changes, match_decisions
from worker.stories.update_canonical import CanonicalChanges, VerdictLookup, choose_canonicals
from worker.window import Window


@dataclass
class BatchMatch:
    """What is known of a batch before the lock: the plan for it, and what it was made of and up to when."""

    batch: Sequence[Prepared]
    window: Window
    articles: list[index.NewArticle]
    texts: list[ClusterText]
    in_batch_duplicates: dict[int, int]  # place in the batch -> place of the first article with the same words
    marks: index.HighWaterMarks
    exact_matches: dict[int, int] = field(default_factory=dict)  # place -> stored article with the same words
    candidates: dict[int, dict[int, int]] = field(default_factory=dict)  # place -> stored stories, keys that they share
    of_stories: dict[int, list[index.StoryText]] = field(default_factory=dict)  # texts of those stories
    prefiltered: dict[int, list[int]] = field(default_factory=dict)  # place -> those stories that are worth reading
    verdicts: VerdictCache = field(default_factory=VerdictCache)
    known: set[int] = field(default_factory=set)  # the stored stories that the plan looked at
    clusterer: BatchClusterer | None = None

    @property
    def to_match(self) -> list[index.NewArticle]:
        """The articles whose place no identical text decides."""
        return [
            p for p in self.articles if p.number not in self.in_batch_duplicates and p.number not in self.exact_matches
        ]


def match_batch(connection: Connection, shelf: FeatureCache, batch: Sequence[Prepared], window: Window) -> BatchMatch:
    """Match a batch with what is stored and with itself, without any lock."""
    probes = candidates.new_articles(batch, datetime.now(UTC))
    often = _shared_keys(batch)
    texts = [
        # a key that no other article of the batch has can't find one
        ClusterText(
            -1 - p.number, one.features, one.fingerprint.simhash, p.when, [key for key in p.keys if key in often]
        )
        for p, one in zip(probes, batch, strict=True)
    ]
    # the marks are read first: whatever is committed after them is looked at again under the lock
    found = BatchMatch(
        batch, window, probes, texts, in_batch_duplicates(probes, window), index.high_water_marks(connection)
    )
    shelf.invalidate_if_changed(found.marks)
    same = index.exact_matches(connection, [p for p in probes if p.number not in found.in_batch_duplicates], window)
    found.exact_matches = {number: article for number, (article, _) in same.items()}
    found.candidates = candidates.stories_sharing_keys(connection, shelf, found.to_match, window)
    found.clusterer = _cluster(connection, shelf, found, dict(same.values()))
    return found


def _shared_keys(batch: Sequence[Prepared]) -> set[int]:
    """Return the keys that several articles have."""
    keys = np.sort(np.concatenate([one.fingerprint.sketch for one in batch] or [np.empty(0, dtype=np.int32)]))
    return set(keys[1:][keys[1:] == keys[:-1]].tolist())


def in_batch_duplicates(probes: Sequence[index.NewArticle], window: Window) -> dict[int, int]:
    """Return which articles of a batch have the words of an earlier one in their window."""
    found: dict[int, int] = {}
    firsts: dict[bytes, list[int]] = defaultdict(list)
    for probe in probes:
        same = firsts[probe.text_hash]
        earlier = next((n for n in same if window.contains(probe.when, probes[n].when)), None)
        if earlier is None:
            same.append(probe.number)
        else:
            found[probe.number] = earlier
    return found


def _cluster(
    connection: Connection, shelf: FeatureCache, found: BatchMatch, where: Mapping[int, int]
) -> BatchClusterer:
    """Plan the batch with the stories as they are now; ``where`` are those of the identical articles."""
    offered = {story for ids in found.candidates.values() for story in ids}
    texts, near = found.of_stories, found.prefiltered
    fresh = offered - texts.keys()
    texts |= index.story_texts(connection, sorted(fresh))
    near |= candidates.prefiltered(
        texts, found.texts, {n: ids for n, ids in found.candidates.items() if fresh & ids.keys()}
    )
    stored = candidates.load_clusters(connection, shelf, found.texts, texts, near)
    known = {story.stored[0] for story in stored}
    stored += [Cluster(stored=[story]) for story in sorted(set(where.values()) - known)]
    # nobody corrected anything, as a rule; whoever does so meanwhile is noticed under the lock
    corrected = found.marks.correction > 0
    never = stories.cannot_link(connection, sorted({*known, *where.values()})) if corrected else ()
    found.known = {*known, *where.values(), *offered}
    asked = [found.texts[probe.number] for probe in found.to_match]
    found.verdicts.compare(predict_pairs(asked, near, stored, found.window))
    plan = BatchClusterer(stored, found.verdicts, found.window, never)
    for probe in found.articles:
        if (twin := found.in_batch_duplicates.get(probe.number)) is not None:
            plan.add_exact_copy(other=twin)
        elif (same := found.exact_matches.get(probe.number)) is not None:
            plan.add_exact_copy(story=where[same])
        else:
            plan.add(found.texts[probe.number], near.get(probe.number, ()))
    return plan


def assign_stories(connection: Connection, shelf: FeatureCache, found: BatchMatch) -> list[int]:
    """Write a batch under the placement lock; return the new articles' ids in the order of the batch."""
    if not found.batch:
        return []
    locks.lock_placement(connection)
    now = index.high_water_marks(connection)
    if now.reprocessed != found.marks.reprocessed:
        found = match_batch(connection, shelf, found.batch, found.window)  # what was found may have other words by now
    plan = _with_newer(connection, shelf, found, now)
    planned = plan.clusters()
    new = iter(articles.take_ids(connection, "stories", sum(not story.stored for story in planned)))
    groups = {min(story.stored) if story.stored else next(new): story for story in planned}
    ids = articles.take_ids(connection, "articles", len(found.batch))
    exact = found.in_batch_duplicates.keys() | found.exact_matches.keys()
    made = batch_changes(found.batch, found.articles, exact, groups, ids)
    for number, one in enumerate(found.batch):
        if number not in exact:
            shelf.put(ids[number], one.features)
    moved = stories.merge(connection, made.merged)
    stories.recount(connection, set(made.merged.values()))
    keys = {article: -1 - number for number, article in enumerate(ids)}
    settled = _settled(
        connection, shelf, made, moved, lambda a, b: found.verdicts.judged(keys.get(a, a), keys.get(b, b))
    )
    _write(connection, made, settled, ids)
    articles.explain(
        connection, list(match_decisions(plan.matches, found.in_batch_duplicates, found.exact_matches, ids))
    )
    return ids


def _settled(
    connection: Connection, shelf: FeatureCache, made: BatchChanges, moved: set[int], judged: VerdictLookup
) -> CanonicalChanges:
    """Choose canonical articles and relations where a story gets another text than those that it has."""
    different = made.different()
    starts = {story: one.canonical_id for story, one in made.created.items() if len(different[story]) > 1}
    changed = {story: different.get(story, ()) for story in {*starts, *made.merged.values(), *different}}
    alone = made.created.keys() - starts.keys()
    return choose_canonicals(
        connection,
        shelf,
        {story: new for story, new in sorted(changed.items()) if story not in alone},
        starts=starts,
        moved=frozenset(moved),
        judged=judged,
    )


def _write(connection: Connection, made: BatchChanges, settled: CanonicalChanges, ids: Sequence[int]) -> None:
    """Insert stories, articles and keys, and tell what happened."""
    rows = made.rows
    for article in settled.relations.keys() & rows.keys():
        rows[article].relation, rows[article].similarity = settled.relations[article]
    created = made.created
    told_by = settled.canonical | settled.unchanged
    for story in told_by.keys() & created.keys():
        article, reason = told_by[story]
        new, one = created[story], rows[article]
        new.canonical_id, new.title, new.language, new.reason = article, one.title, one.language, reason
    stories.create(connection, list(created.values()))
    articles.insert(connection, [rows[i] for i in ids])
    posting = [row for row in rows.values() if row.relation != Relation.EXACT]
    if posting:
        keys = np.concatenate([row.sketch for row in posting])
        homes = np.repeat([row.story_id for row in posting], [len(row.sketch) for row in posting])
        sketches.insert_keys(connection, keys, homes, new=list(created))
    stories.count_copies(connection, made.grown)
    stories.set_canonical(connection, {s: c for s, c in told_by.items() if s not in created})
    stories.set_relations(connection, {a: r for a, r in settled.relations.items() if a not in rows})
    stories.record_changes(connection, made.changes + settled.changes)


def _with_newer(
    connection: Connection, shelf: FeatureCache, found: BatchMatch, now: index.HighWaterMarks
) -> BatchClusterer:
    """Return the plan, made anew where others changed a story of it or stored what it should have seen."""
    if found.clusterer and now == found.marks:
        return found.clusterer
    touched = stories.changed(connection, found.marks.change)
    stale = now.correction != found.marks.correction or not touched.isdisjoint(found.known)
    if stale:
        merged = stories.merged_into(connection, {story for ids in found.candidates.values() for story in ids})
        for number, ids in found.candidates.items():
            found.candidates[number] = {merged.get(story, story): shared for story, shared in ids.items()}
    stale |= _seen_since(found, index.newer_articles(connection, found.marks.article))
    if found.clusterer and not stale:
        return found.clusterer
    found.marks = now
    for story in touched & found.of_stories.keys():
        del found.of_stories[story]
    return _cluster(connection, shelf, found, index.stories_of(connection, sorted(set(found.exact_matches.values()))))


def _seen_since(found: BatchMatch, newer: Sequence[index.NewerArticle]) -> bool:
    """Let the batch know of articles that others stored meanwhile; tell whether any of them matters to it."""
    by_hash: dict[bytes, list[index.NewerArticle]] = defaultdict(list)
    posted, asked = PostingIndex(), {key for probe in found.to_match for key in probe.keys}
    for other in newer:
        by_hash[other.text_hash].append(other)
        posted.add([key for key in other.sketch if key in asked], other.story_id)
    matter = False
    for probe in found.to_match:
        same = next((one for one in by_hash[probe.text_hash] if found.window.contains(probe.when, one.when)), None)
        if same:
            found.exact_matches[probe.number] = same.id
            matter = True
        offered = found.candidates.get(probe.number, {})
        more = posted.candidates(probe.keys)
        if not more.keys() <= offered.keys():
            found.candidates[probe.number] = more | offered
            matter = True
    return matter
