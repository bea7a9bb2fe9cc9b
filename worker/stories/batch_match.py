"""Match a batch with the stored articles and within itself: its candidates, exact copies, verdicts and clusters.

This runs without a lock. `recheck` brings it up to date under the placement lock, from the same verdicts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection

from worker.fingerprint.article import Prepared
from worker.fingerprint.posting_index import PostingIndex
from worker.match import KeyRarity
from worker.match.judgement import BALANCED, Judgement
from worker.match.metadata import ArticleMetadata
from worker.store import candidate_queries, revisions, stories
from worker.store.candidate_queries import CandidateText, HighWaterMarks, NewArticle, NewerArticle
from worker.store.revisions import SentText, StoredRevision
from worker.stories import candidates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.references import MemberRef, New, StoredStory
from worker.stories.revisions import RevisionLinks, link_revisions, sent_texts, settle_exact_copies
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
    sent: list[SentText]  # by position
    revisions: dict[int, list[StoredRevision]] = field(default_factory=dict)  # position -> stored articles with its id
    links: RevisionLinks = field(default_factory=RevisionLinks)
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
    texts = cluster_texts(batch, new_articles)
    duplicates = in_batch_duplicates(new_articles, window)
    # the marks are read first, so that whatever is committed after them is checked under the lock
    marks = candidate_queries.high_water_marks(connection)
    verdicts = VerdictCache(judgement)
    matched = BatchMatch(batch, window, new_articles, texts, duplicates, marks, verdicts, sent_texts(batch))
    cache.invalidate_if_changed(matched.marks)
    distinct = [new for new in new_articles if new.number not in duplicates]
    same = candidate_queries.exact_matches(connection, distinct, window)
    matched.exact_matches = {number: article for number, (article, _) in same.items()}
    matched.revisions = revisions.revisions(connection, dict(enumerate(matched.sent)), window)
    matched.candidates, matched.rarity = candidates.stories_sharing_keys(connection, cache, matched.to_match, window)
    matched.clusterer = _cluster(connection, cache, matched, dict(same.values()))
    return matched


def cluster_texts(batch: Sequence[Prepared], new_articles: Sequence[NewArticle]) -> list[ClusterText]:
    """Return the texts of a batch as they are clustered, in its order."""
    shared = _shared_keys(batch)
    return [
        # a key that no other article of the batch has can't find one
        ClusterText(
            New(new.number),
            p.features,
            p.fingerprint.simhash,
            new.when,
            p.fingerprint.sketch,
            [k for k in new.keys if k in shared],
            ArticleMetadata(p.cleaned.title, p.article.url, new.when.published, p.features.language),
        )
        for new, p in zip(new_articles, batch, strict=True)
    ]


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
    to_match = {article.number: matched.texts[article.number] for article in matched.to_match}
    to_read = _read_candidates(connection, cache, matched)
    stored = candidates.load_clusters(connection, cache, matched.texts, matched.texts_by_story, to_read)
    loaded = {story.stored[0] for story in stored}
    linked = {*story_of.values(), *matched.links.stories.values()}
    stored += [Cluster(stored=[story]) for story in sorted(linked - loaded)]
    # usually there are no corrections at all; a correction made meanwhile is noticed under the lock
    corrected = matched.marks.correction > 0
    cannot_link = stories.cannot_link(connection, sorted(loaded | linked)) if corrected else ()
    matched.stories_depended_on = {*loaded, *linked, *(story for ids in matched.candidates.values() for story in ids)}
    matched.verdicts.compare(predict_pairs(to_match, to_read, stored, matched.window))
    clusterer = BatchClusterer(
        stored,
        matched.verdicts,
        matched.window,
        rarity=matched.rarity,
        cannot_link=[(StoredStory(a), StoredStory(b)) for a, b in cannot_link],
    )
    for number, text in enumerate(matched.texts):
        joins = matched.links.joins(number)
        candidate_refs = [*([joins] if joins else []), *map(StoredStory, to_read.get(number, ()))]
        clusterer.add(text, candidate_refs, copy_of=_originals(matched, number, story_of), joins=joins)
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


def _read_candidates(connection: Connection, cache: FeatureCache, matched: BatchMatch) -> dict[int, list[int]]:
    """Read the texts of the candidate stories; return those to compare each article with, its versions' story first."""
    linked = matched.links.stories
    joined = {new.number: linked[new.number] for new in matched.to_match if new.number in linked}
    texts, to_read = matched.texts_by_story, matched.candidates_to_read
    missing = {*joined.values(), *(story for ids in matched.candidates.values() for story in ids)} - texts.keys()
    read = candidate_queries.story_texts(connection, sorted(missing))
    texts |= candidates.with_current_simhashes(connection, cache, read)
    to_read |= candidates.prefiltered(
        texts, matched.texts, {n: ids for n, ids in matched.candidates.items() if missing & ids.keys()}
    )
    first = {number: [story, *(s for s in to_read.get(number, ()) if s != story)] for number, story in joined.items()}
    return to_read | first


def _originals(matched: BatchMatch, number: int, story_of: Mapping[int, int]) -> list[MemberRef]:
    """Return what an article is an exact copy of, if of anything: an earlier one of the batch, or a stored story."""
    if (duplicate := matched.in_batch_duplicates.get(number)) is not None:
        return [New(duplicate)]
    if (same := matched.exact_matches.get(number)) is not None:
        return [StoredStory(story_of[same])]
    return []


def recheck(connection: Connection, cache: FeatureCache, matched: BatchMatch, now: HighWaterMarks) -> BatchClusterer:
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
