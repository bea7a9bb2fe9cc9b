"""Cluster one component of articles as the service would, had they arrived in order of publication.

No article of it shares enough with one outside to be of its story; the counts of keys bring in what those outside have.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

import orjson

from worker.article import PublicationStatus
from worker.bulk.canonical import CanonicalChoice
from worker.bulk.settled import Settled
from worker.bulk.texts import TextStore
from worker.bulk.verdicts import ARRIVED, KeyCounts
from worker.fingerprint.article import Prepared
from worker.match import KeyRarity
from worker.match.judgement import JUDGEMENTS
from worker.settings import Settings
from worker.store.candidate_queries import NewArticle
from worker.store.links import Link
from worker.stories import candidates
from worker.stories.batch_match import cluster_texts, in_batch_duplicates
from worker.stories.cluster import BatchClusterer
from worker.stories.references import MemberRef, New, Stored, StoredStory, TextRef
from worker.stories.revisions import RevisionLinks, link_revisions, sent_texts, settle_exact_copies
from worker.stories.rows import BatchChanges, batch_changes, match_decisions
from worker.stories.verdict_cache import VerdictCache
from worker.stories.withdraw import withdraw_rows
from worker.window import Window

_DECISION: Final = attrgetter("other_id", "same", "relation", "similarity", "reason", "evidence")


@dataclass(frozen=True, slots=True)
class Component:
    """The ids of a component, ascending, and for each the number of stories outside it that came before."""

    ids: Sequence[int]
    stories_before: Sequence[int]

    def of(self, ids: Collection[int]) -> "Component":
        """Return the component without other articles than these."""
        rows = [row for row in zip(self.ids, self.stories_before, strict=True) if row[0] in ids]
        return Component([id_ for id_, _ in rows], [stories for _, stories in rows])


def cluster(
    store: TextStore, component: Component, counts: KeyCounts, settings: Settings, settled: Settled | None = None
) -> Iterator[dict[str, Any]]:
    """Yield where each article of a component is placed, also in ``settled`` stories: rows of `PLACED`."""
    settled = settled or Settled()
    batch, ids = store.prepared(component.ids), [settled.last_id + id_ for id_ in component.ids]
    window, verdicts = Window(settings.window_days), VerdictCache(JUDGEMENTS[settings.judgement])
    new = candidates.new_articles(batch, ARRIVED)
    duplicates = in_batch_duplicates(new, window)
    links = _link(batch, new, duplicates, window, settled)
    clusterer = BatchClusterer(settled.stories, verdicts, window)
    choice = CanonicalChoice(batch, new, ids, verdicts, settings.preferred_sources, settled)
    for number, text in enumerate(cluster_texts(batch, new)):
        joins = links.joins(number)
        candidate_refs = [*([joins] if joins else []), *map(StoredStory, settled.candidates.get(number, ()))]
        rarity = KeyRarity(counts.by_id.get(component.ids[number], {}), component.stories_before[number])
        copy_of = _originals(number, duplicates, settled)
        clusterer.add(text, candidate_refs, copy_of=copy_of, joins=joins, rarity=rarity)
        own = clusterer.cluster_of(number)
        if number not in clusterer.exact_copies and not own.stored:
            service_batch = (component.ids[number] - 1) // settings.records_per_part
            choice.update(own, clusterer.exact_copies, service_batch)
    exact: dict[int, TextRef] = {
        n: ref if isinstance(ref, New) else Stored(settled.exact[n][0]) for n, ref in clusterer.exact_copies.items()
    }
    by_story = {(own.stored or [ids[min(own.articles)]])[0]: own for own in clusterer.clusters()}
    changes = batch_changes(batch, new, exact, by_story, ids)
    withdraw_rows(changes.rows.values())
    versions = {number: ids[first] for number, first in links.earlier.items()} | links.versions
    decisions = list(match_decisions(clusterer.matches, exact, ids, revisions=versions))
    yield from _rows(changes, choice.choose(changes), decisions)


def _originals(number: int, duplicates: Mapping[int, int], settled: Settled) -> list[MemberRef]:
    """Return what an article is an exact copy of, if of anything."""
    if number in duplicates:
        return [New(duplicates[number])]
    return [StoredStory(settled.exact[number][1])] if number in settled.exact else []


def _link(
    batch: Sequence[Prepared],
    new: Sequence[NewArticle],
    duplicates: dict[int, int],
    window: Window,
    settled: Settled,
) -> RevisionLinks:
    """Return which articles are versions of one another; set their keys, and leave out duplicates that ids replace."""
    sent, exact = sent_texts(batch), settled.exact
    for number in duplicates:
        exact.pop(number, None)  # it goes where its duplicate goes
    revisions = {number: own for number, own in settled.revisions.items() if sent[number].key}
    of_duplicates = {number: exact[other] for number, other in duplicates.items() if other in exact}
    links = link_revisions(sent, revisions, exact | of_duplicates, window)
    settle_exact_copies(links, revisions, exact, duplicates, sent)
    for article, text in zip(new, sent, strict=True):
        article.revision_key = text.key.hash() if text.key and article.number not in links.without_key else None
    return links


def _rows(
    changes: BatchChanges, canonical: Mapping[int, tuple[int, str | None]], decisions: Sequence[Link]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of the result; the decision that joined an article comes before one that refused it."""
    why: dict[int, list[Link]] = defaultdict(list)
    for link in sorted(decisions, key=lambda link: not link.same):
        why[link.article_id].append(link)
    for row in changes.rows.values():
        own = why[row.id]
        decision = own[0] if own else None
        chosen, reason = canonical.get(row.story_id, (None, None))
        yield {
            "article_id": row.id,
            "story_id": row.story_id,
            "relation": str(row.relation),
            "similarity": row.similarity,
            "is_canonical": row.id == chosen,
            "other_article_id": decision.other_id if decision else None,
            "reason": decision.reason if decision else None,
            "evidence": _json(decision.evidence) if decision and decision.evidence else None,
            "own_status": str(row.status) if row.status == PublicationStatus.WITHDRAWN else None,
            "revision_key": row.revision_key,
            "canonical_reason": reason if row.id == chosen else None,
            "decisions": _json([_DECISION(link) for link in own]) if own else None,
        }


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
