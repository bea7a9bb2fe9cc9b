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
from worker.store import articles, candidate_queries, locks, revisions, sketches, stories
from worker.store.candidate_queries import CandidateText, HighWaterMarks, NewArticle, NewerArticle
from worker.store.revisions import SentText, StoredRevision
from worker.stories import candidates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.revisions import RevisionLinks, link_revisions, sent_texts, settle_exact_copies
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
    sent: list[SentText]  # by position
    revisions: dict[int, list[StoredRevision]] = field(default_factory=dict)  # position -> stored articles with its id
    links: RevisionLinks = field(default_factory=RevisionLinks)
    exact_matches: dict[int, int] = field(default_factory=dict)  # position -> stored article with the same words
    candidates: dict[int, dict[int, int]] = field(default_factory=dict)  # position -> story -> number of shared keys
    texts_by_story: dict[int, list[CandidateText]] = field(default_factory=dict)  # of the candidate stories
    candidates_to_read: dict[int, list[int]] = field(default_factory=dict)  # position -> those that pass the prefilter
    verdicts: VerdictCache = field(default_factory=VerdictCache)
    rarity: KeyRarity = field(default_factory=KeyRarity)  # of the articles' keys among the stored stories
    stories_depended_on: set[int] = field(default_factory=set)  # the stored stories that the clusters depend on
    clusterer: BatchClusterer | None = None

    @property
    def to_match(self) -> list[NewArticle]:
        """The articles without an exact copy in the batch or in the database."""
        exact = self.in_batch_duplicates.keys() | self.exact_matches.keys()
        return [article for article in self.articles if article.number not in exact]


def match_batch(connection: Connection, cache: FeatureCache, batch: Sequence[Prepared], window: Window) -> BatchMatch:
    """Match a batch with the stored articles and within itself, without a lock."""
    new_articles = candidates.new_articles(batch, datetime.now(UTC))
    shared = _shared_keys(batch)
    texts = [
        # a key that no other article of the batch has can't find one
        ClusterText(
            -1 - new.number,
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
    matched = BatchMatch(batch, window, new_articles, texts, duplicates, marks, sent_texts(batch))
    cache.invalidate_if_changed(matched.marks)
    distinct = [new for new in new_articles if new.number not in duplicates]
    same = candidate_queries.exact_matches(connection, distinct, window)
    matched.exact_matches = {number: article for number, (article, _) in same.items()}
    matched.revisions = revisions.revisions(connection, dict(enumerate(matched.sent)), window)
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
    story_of = _link(matched, story_of)
    numbers = {article.number for article in matched.to_match}  # an exact copy needs no texts of its story
    joined = {number: story for number, story in matched.links.stories.items() if number in numbers}
    candidate_stories = {story for ids in matched.candidates.values() for story in ids} | set(joined.values())
    texts, to_read = matched.texts_by_story, matched.candidates_to_read
    missing = candidate_stories - texts.keys()
    texts |= candidate_queries.story_texts(connection, sorted(missing))
    to_read |= candidates.prefiltered(
        texts, matched.texts, {n: ids for n, ids in matched.candidates.items() if missing & ids.keys()}
    )
    for number, story in joined.items():
        to_read[number] = [story, *(other for other in to_read.get(number, ()) if other != story)]
    stored = candidates.load_clusters(connection, cache, matched.texts, texts, to_read)
    loaded = {story.stored[0] for story in stored}
    stored += [Cluster(stored=[story]) for story in sorted({*story_of.values(), *joined.values()} - loaded)]
    # usually there are no corrections at all; a correction made meanwhile is noticed under the lock
    corrected = matched.marks.correction > 0
    known = {*loaded, *story_of.values(), *joined.values()}
    cannot_link = stories.cannot_link(connection, sorted(known)) if corrected else ()
    matched.stories_depended_on = {*known, *candidate_stories}
    to_match = [matched.texts[article.number] for article in matched.to_match]
    matched.verdicts.compare(predict_pairs(to_match, to_read, stored, matched.window))
    clusterer = BatchClusterer(stored, matched.verdicts, matched.window, cannot_link, matched.rarity)
    for article in matched.articles:
        if (duplicate := matched.in_batch_duplicates.get(article.number)) is not None:
            clusterer.add_exact_copy(other=duplicate)
        elif (same := matched.exact_matches.get(article.number)) is not None:
            clusterer.add_exact_copy(story=story_of[same])
        else:
            n = article.number
            clusterer.add(matched.texts[n], to_read.get(n, ()), story=joined.get(n), other=matched.links.earlier.get(n))
    return clusterer


def _link(matched: BatchMatch, story_of: Mapping[int, int]) -> dict[int, int]:
    """Link versions of one article; return ``story_of`` with the exact copies that their ids have replaced."""
    exact = {number: (article, story_of[article]) for number, article in matched.exact_matches.items()}
    duplicates = matched.in_batch_duplicates
    of_duplicates = {number: exact[other] for number, other in duplicates.items() if other in exact}
    matched.links = link_revisions(matched.sent, matched.revisions, exact | of_duplicates, matched.window)
    settle_exact_copies(matched.links, matched.revisions, exact, duplicates, matched.sent)
    matched.exact_matches = {number: article for number, (article, _) in exact.items()}
    for new, sent in zip(matched.articles, matched.sent, strict=True):
        new.revision_key = sent.key.hash() if sent.key and new.number not in matched.links.without_key else None
    return dict(exact.values())


def assign_stories(connection: Connection, cache: FeatureCache, matched: BatchMatch) -> list[int]:
    """Write a batch under the placement lock; return the ids of its articles in their order."""
    if not matched.batch:
        return []
    locks.lock_placement(connection)
    now = candidate_queries.high_water_marks(connection)
    if now.reprocessed != matched.marks.reprocessed:
        # the matched articles may have other words now
        matched = match_batch(connection, cache, matched.batch, matched.window)
    clusterer = _recheck(connection, cache, matched, now)
    clusters = clusterer.clusters()
    new = iter(articles.take_ids(connection, "stories", sum(not cluster.stored for cluster in clusters)))
    by_story = {min(cluster.stored) if cluster.stored else next(new): cluster for cluster in clusters}
    ids = articles.take_ids(connection, "articles", len(matched.batch))
    exact = matched.in_batch_duplicates.keys() | matched.exact_matches.keys()
    changes = batch_changes(matched.batch, matched.articles, exact, by_story, ids)
    for number, prepared in enumerate(matched.batch):
        if number not in exact:
            cache.put(ids[number], prepared.features)
    newly_joined = stories.merge(connection, changes.merged)
    stories.recount(connection, set(changes.merged.values()))
    keys = {article: -1 - number for number, article in enumerate(ids)}
    # a known text that its provider sends again, as a newer version, may be the newest one now
    sent_again = {ids[number] for number in exact & matched.links.stories.keys()}
    canonicals = _choose_canonicals(
        connection,
        cache,
        changes,
        newly_joined,
        lambda a, b: matched.verdicts.judged(keys.get(a, a), keys.get(b, b)),
        {row.story_id for row in changes.rows.values() if row.id in sent_again and row.revision_key},
    )
    _write(connection, changes, canonicals, ids)
    versions = matched.links.versions | {number: ids[first] for number, first in matched.links.earlier.items()}
    decisions = match_decisions(
        clusterer.matches, matched.in_batch_duplicates, matched.exact_matches, ids, revisions=versions
    )
    articles.insert_match_decisions(connection, list(decisions))
    return ids


def _choose_canonicals(
    connection: Connection,
    cache: FeatureCache,
    changes: BatchChanges,
    newly_joined: set[int],
    judged: VerdictLookup,
    revised: set[int],
) -> CanonicalChanges:
    """Choose canonical articles and relations of the stories that get a different text, and of those ``revised``."""
    different = changes.new_texts()
    initial_canonical = {story: new.canonical_id for story, new in changes.created.items() if len(different[story]) > 1}
    changed = {
        story: different.get(story, ())
        for story in {*initial_canonical, *changes.merged.values(), *different, *revised}
    }
    alone = changes.created.keys() - initial_canonical.keys()
    return choose_canonicals(
        connection,
        cache,
        {story: new for story, new in sorted(changed.items()) if story not in alone},
        initial_canonical=initial_canonical,
        newly_joined=frozenset(newly_joined),
        judged=judged,
        not_stored=changes.sent_texts(),
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
    versions = revisions.revisions(connection, dict(enumerate(matched.sent)), matched.window)
    stale |= versions != matched.revisions
    matched.revisions = versions
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
