"""Assign prepared articles to stories and write both: the only way in which new articles are stored.

Candidates are read and the batch is clustered without a lock. Under the placement lock it is clustered again, from the
same verdicts, only if other workers changed stories meanwhile; so two workers never make two stories of one dispatch.
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
from worker.match import KeyRarity
from worker.match.judgement import BALANCED, Judgement
from worker.store import articles, candidate_queries, locks, sketches, stories
from worker.store.candidate_queries import CandidateText, HighWaterMarks, NewArticle, NewerArticle
from worker.stories import candidates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.references import MemberRef, New, Stored, StoredStory, TextRef
from worker.stories.related import link_related
from worker.stories.rows import BatchChanges, batch_changes, match_decisions
from worker.stories.update_canonical import CanonicalChanges, VerdictLookup, choose_canonicals
from worker.stories.verdict_cache import VerdictCache, predict_pairs
from worker.window import Window


@dataclass
class BatchMatch:
    """The matching of a batch before the lock: its clusters, the data they were computed from, and how recent it is."""

    batch: Sequence[Prepared]
    window: Window
    articles: list[NewArticle]
    texts: list[ClusterText]
    in_batch_duplicates: dict[int, int]  # position in the batch -> that of the first article with the same words
    marks: HighWaterMarks
    verdicts: VerdictCache
    exact_matches: dict[int, int] = field(default_factory=dict)  # position -> stored article with the same words
    candidates: dict[int, dict[int, int]] = field(default_factory=dict)  # position -> story -> number of shared keys
    texts_by_story: dict[int, list[CandidateText]] = field(default_factory=dict)  # of the candidate stories
    candidates_to_read: dict[int, list[int]] = field(default_factory=dict)  # position -> those that pass the prefilter
    rarity: KeyRarity = field(default_factory=KeyRarity)  # of the articles' keys among the stored stories
    stories_depended_on: set[int] = field(default_factory=set)  # the stored stories that the clusters depend on
    clusterer: BatchClusterer | None = None

    @property
    def to_match(self) -> list[NewArticle]:
        """The articles without an exact copy in the batch or in the database."""
        exact = self.in_batch_duplicates.keys() | self.exact_matches.keys()
        return [article for article in self.articles if article.number not in exact]


def match_batch(
    connection: Connection,
    cache: FeatureCache,
    batch: Sequence[Prepared],
    window: Window,
    judgement: Judgement = BALANCED,
) -> BatchMatch:
    """Match a batch with the stored articles and within itself, without a lock."""
    new_articles = candidates.new_articles(batch, datetime.now(UTC))
    shared = _shared_keys(batch)
    texts = [
        # a key that no other article of the batch has can't find one
        ClusterText(
            New(new.number),
            p.features,
            p.fingerprint.simhash,
            new.when,
            p.fingerprint.sketch,
            [k for k in new.keys if k in shared],
        )
        for new, p in zip(new_articles, batch, strict=True)
    ]
    duplicates = in_batch_duplicates(new_articles, window)
    # the marks are read first, so that whatever is committed after them is checked under the lock
    marks = candidate_queries.high_water_marks(connection)
    verdicts = VerdictCache(judgement)
    matched = BatchMatch(batch, window, new_articles, texts, duplicates, marks, verdicts)
    cache.invalidate_if_changed(matched.marks)
    distinct = [new for new in new_articles if new.number not in duplicates]
    same = candidate_queries.exact_matches(connection, distinct, window)
    matched.exact_matches = {number: article for number, (article, _) in same.items()}
    matched.candidates, matched.rarity = candidates.stories_sharing_keys(connection, cache, matched.to_match, window)
    matched.clusterer = _cluster(connection, cache, matched, dict(same.values()))
    return matched


def _shared_keys(batch: Sequence[Prepared]) -> set[int]:
    """Return the keys that several articles of the batch have."""
    keys = np.sort(np.concatenate([prepared.fingerprint.sketch for prepared in batch] or [np.empty(0, dtype=np.int32)]))
    return set(keys[1:][keys[1:] == keys[:-1]].tolist())


def in_batch_duplicates(new_articles: Sequence[NewArticle], window: Window) -> dict[int, int]:
    """Map articles to an earlier one of the batch with the same words and within the window."""
    duplicates: dict[int, int] = {}
    firsts: dict[bytes, list[int]] = defaultdict(list)
    for article in new_articles:
        same = firsts[article.text_hash]
        earlier = next((n for n in same if window.contains(article.when, new_articles[n].when)), None)
        if earlier is None:
            same.append(article.number)
        else:
            duplicates[article.number] = earlier
    return duplicates


def _cluster(
    connection: Connection, cache: FeatureCache, matched: BatchMatch, story_of: Mapping[int, int]
) -> BatchClusterer:
    """Cluster the batch with the stories as they are now; ``story_of``: article with the same words -> its story."""
    candidate_stories = {story for ids in matched.candidates.values() for story in ids}
    texts, to_read = matched.texts_by_story, matched.candidates_to_read
    missing = candidate_stories - texts.keys()
    texts |= candidate_queries.story_texts(connection, sorted(missing))
    to_read |= candidates.prefiltered(
        texts, matched.texts, {n: ids for n, ids in matched.candidates.items() if missing & ids.keys()}
    )
    stored = candidates.load_clusters(connection, cache, matched.texts, texts, to_read)
    loaded = {story.stored[0] for story in stored}
    stored += [Cluster(stored=[story]) for story in sorted(set(story_of.values()) - loaded)]
    # usually there are no corrections at all; a correction made meanwhile is noticed under the lock
    corrected = matched.marks.correction > 0
    cannot_link = stories.cannot_link(connection, sorted({*loaded, *story_of.values()})) if corrected else ()
    matched.stories_depended_on = {*loaded, *story_of.values(), *candidate_stories}
    to_match = {article.number: matched.texts[article.number] for article in matched.to_match}
    matched.verdicts.compare(predict_pairs(to_match, to_read, stored, matched.window))
    clusterer = BatchClusterer(
        stored,
        matched.verdicts,
        matched.window,
        rarity=matched.rarity,
        cannot_link=[(StoredStory(a), StoredStory(b)) for a, b in cannot_link],
    )
    for number, text in enumerate(matched.texts):
        candidate_refs = [StoredStory(story) for story in to_read.get(number, ())]
        clusterer.add(text, candidate_refs, copy_of=_originals(matched, number, story_of))
    return clusterer


def _originals(matched: BatchMatch, number: int, story_of: Mapping[int, int]) -> list[MemberRef]:
    """Return what an article is an exact copy of, if of anything: an earlier one of the batch, or a stored story."""
    if (duplicate := matched.in_batch_duplicates.get(number)) is not None:
        return [New(duplicate)]
    if (same := matched.exact_matches.get(number)) is not None:
        return [StoredStory(story_of[same])]
    return []


def assign_stories(
    connection: Connection, cache: FeatureCache, matched: BatchMatch, preferred_sources: Sequence[str] = ()
) -> list[int]:
    """Write a batch under the placement lock; return the ids of its articles in their order.

    ``preferred_sources`` are those whose articles rather become canonical, the best first.
    """
    if not matched.batch:
        return []
    locks.lock_placement(connection)
    now = candidate_queries.high_water_marks(connection)
    if now.reprocessed != matched.marks.reprocessed:
        # the matched articles may have other words now
        matched = match_batch(connection, cache, matched.batch, matched.window, matched.verdicts.judgement)
    clusterer = _recheck(connection, cache, matched, now)
    clusters = clusterer.clusters()
    new = iter(articles.take_ids(connection, "stories", sum(not cluster.stored for cluster in clusters)))
    by_story = {min(cluster.stored) if cluster.stored else next(new): cluster for cluster in clusters}
    ids = articles.take_ids(connection, "articles", len(matched.batch))
    exact: dict[int, TextRef] = {
        number: ref if isinstance(ref, New) else Stored(matched.exact_matches[number])
        for number, ref in clusterer.exact_copies.items()
    }
    changes = batch_changes(matched.batch, matched.articles, exact, by_story, ids)
    for number, prepared in enumerate(matched.batch):
        if number not in exact:
            cache.put(ids[number], prepared.features)
    newly_joined = stories.merge(connection, changes.merged)
    stories.recount(connection, set(changes.merged.values()))
    refs: dict[int, TextRef] = {article: New(number) for number, article in enumerate(ids)}
    canonicals = _choose_canonicals(
        connection,
        cache,
        changes,
        newly_joined,
        lambda a, b: matched.verdicts.judged(refs.get(a, Stored(a)), refs.get(b, Stored(b))),
        preferred_sources,
    )
    _write(connection, changes, canonicals, ids)
    articles.insert_match_decisions(connection, list(match_decisions(clusterer.matches, exact, ids)))
    link_related(connection, clusterer.matches, ids)
    return ids


def _choose_canonicals(
    connection: Connection,
    cache: FeatureCache,
    changes: BatchChanges,
    newly_joined: set[int],
    judged: VerdictLookup,
    preferred_sources: Sequence[str],
) -> CanonicalChanges:
    """Choose canonical articles and relations of the stories that get a different text."""
    different = changes.new_texts()
    initial_canonical = {story: new.canonical_id for story, new in changes.created.items() if len(different[story]) > 1}
    changed = {story: different.get(story, ()) for story in {*initial_canonical, *changes.merged.values(), *different}}
    alone = changes.created.keys() - initial_canonical.keys()
    return choose_canonicals(
        connection,
        cache,
        {story: new for story, new in sorted(changed.items()) if story not in alone},
        initial_canonical=initial_canonical,
        newly_joined=frozenset(newly_joined),
        judged=judged,
        preferred_sources=preferred_sources,
    )


def _write(connection: Connection, changes: BatchChanges, canonicals: CanonicalChanges, ids: Sequence[int]) -> None:
    """Insert stories, articles and keys, and record the changes in the change feed."""
    rows, created = changes.rows, changes.created
    for article in canonicals.relations.keys() & rows.keys():
        rows[article].relation, rows[article].similarity = canonicals.relations[article]
    chosen = canonicals.canonical | canonicals.unchanged
    for story in chosen.keys() & created.keys():
        article, reason = chosen[story]
        new, row = created[story], rows[article]
        new.canonical_id, new.title, new.language, new.reason = article, row.title, row.language, reason
    stories.create(connection, list(created.values()))
    articles.insert(connection, [rows[i] for i in ids])
    indexed = [row for row in rows.values() if row.relation != Relation.EXACT]
    if indexed:
        keys = np.concatenate([row.sketch for row in indexed])
        stories_of_keys = np.repeat([row.story_id for row in indexed], [len(row.sketch) for row in indexed])
        sketches.insert_keys(connection, keys, stories_of_keys, new=list(created))
    stories.add_to_counts(connection, changes.additions)
    stories.set_canonical(connection, {s: c for s, c in chosen.items() if s not in created})
    stories.set_relations(connection, {a: r for a, r in canonicals.relations.items() if a not in rows})
    stories.record_changes(connection, changes.story_changes + canonicals.story_changes)


def _recheck(connection: Connection, cache: FeatureCache, matched: BatchMatch, now: HighWaterMarks) -> BatchClusterer:
    """Return the clusters, recomputed if other workers changed a story of theirs or stored a matching article."""
    if matched.clusterer and now == matched.marks:
        return matched.clusterer
    touched = stories.changed(connection, matched.marks.change)
    stale = now.correction != matched.marks.correction or not touched.isdisjoint(matched.stories_depended_on)
    if stale:
        merged = stories.merged_into(connection, {story for ids in matched.candidates.values() for story in ids})
        for number, ids in matched.candidates.items():
            matched.candidates[number] = {merged.get(story, story): shared for story, shared in ids.items()}
    stale |= _add_newer(matched, candidate_queries.newer_articles(connection, matched.marks.article))
    if matched.clusterer and not stale:
        return matched.clusterer
    matched.marks = now
    for story in touched & matched.texts_by_story.keys():
        del matched.texts_by_story[story]
    story_of = candidate_queries.stories_of(connection, sorted(set(matched.exact_matches.values())))
    return _cluster(connection, cache, matched, story_of)


def _add_newer(matched: BatchMatch, newer: Sequence[NewerArticle]) -> bool:
    """Add the matches among articles that other workers stored meanwhile; return whether there are any."""
    by_hash: dict[bytes, list[NewerArticle]] = defaultdict(list)
    postings, keys = PostingIndex(), {key for article in matched.to_match for key in article.keys}
    for other in newer:
        by_hash[other.text_hash].append(other)
        postings.add([key for key in other.sketch if key in keys], other.story_id)
    changed = False
    for article in matched.to_match:
        same = next((o for o in by_hash[article.text_hash] if matched.window.contains(article.when, o.when)), None)
        if same:
            matched.exact_matches[article.number] = same.id
            changed = True
        known = matched.candidates.get(article.number, {})
        more = postings.candidates(article.keys)
        if not more.keys() <= known.keys():
            matched.candidates[article.number] = more | known
            changed = True
    return changed
