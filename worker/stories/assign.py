"""Assign prepared articles to stories and write both: the only way in which new articles are stored.

Candidates are read and the batch is clustered without a lock. Under the placement lock it is clustered again, from the
same verdicts, only if other workers changed stories meanwhile; so two workers never make two stories of one dispatch.
"""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from worker.article import Relation
from worker.store import articles, candidate_queries, locks, sketches, stories
from worker.stories.batch_match import BatchMatch, match_batch, recheck
from worker.stories.candidates import FeatureCache
from worker.stories.canonical_choice import VerdictLookup
from worker.stories.references import New, Stored, TextRef
from worker.stories.related import link_related
from worker.stories.review import ask_about_verdicts
from worker.stories.rows import BatchChanges, batch_changes, match_decisions
from worker.stories.update_canonical import CanonicalChanges, choose_canonicals
from worker.stories.withdraw import withdraw


def assign_stories(
    connection: Connection, cache: FeatureCache, matched: BatchMatch, preferred_sources: Sequence[str] = ()
) -> dict[int, tuple[int, str]]:
    """Write a batch under the placement lock; return the story and the relation of each article by its id, in order.

    ``preferred_sources`` are those whose articles rather become canonical, the best first.
    """
    if not matched.batch:
        return {}
    locks.lock_placement(connection)
    now = candidate_queries.high_water_marks(connection)
    if now.reprocessed != matched.marks.reprocessed:
        # the matched articles may have other words now
        matched = match_batch(connection, cache, matched.batch, matched.window, matched.verdicts.judgement)
    clusterer = recheck(connection, cache, matched, now)
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
    withdrawn = withdraw(connection, changes, matched.window)
    refs: dict[int, TextRef] = {article: New(number) for number, article in enumerate(ids)}
    # a known text that its provider sends again, as a newer version, may be the newest one now
    sent_again = {ids[number] for number in exact.keys() & matched.links.stories.keys()}
    canonicals = _choose_canonicals(
        connection,
        cache,
        changes,
        newly_joined,
        lambda a, b: matched.verdicts.judged(refs.get(a, Stored(a)), refs.get(b, Stored(b))),
        preferred_sources,
        {row.story_id for row in changes.rows.values() if row.id in sent_again and row.revision_key},
        withdrawn,
    )
    _write(connection, changes, canonicals, ids)
    versions = matched.links.versions | {number: ids[first] for number, first in matched.links.earlier.items()}
    links = list(match_decisions(clusterer.matches, exact, ids, revisions=versions))
    articles.insert_match_decisions(connection, links)
    ask_about_verdicts(connection, links, matched.verdicts.judgement.same_story)
    link_related(connection, clusterer.matches, ids)
    return {article: (changes.rows[article].story_id, changes.rows[article].relation) for article in ids}


def _choose_canonicals(
    connection: Connection,
    cache: FeatureCache,
    changes: BatchChanges,
    newly_joined: set[int],
    judged: VerdictLookup,
    preferred_sources: Sequence[str],
    revised: set[int],
    withdrawn: set[int],
) -> CanonicalChanges:
    """Choose canonical articles and relations of the stories that get a different text, and of those ``revised``.

    Also of those of which a stored text was ``withdrawn``.
    """
    different = changes.new_texts()
    initial_canonical = {story: new.canonical_id for story, new in changes.created.items() if len(different[story]) > 1}
    changed = {
        story: different.get(story, ())
        for story in {*initial_canonical, *changes.merged.values(), *different, *revised, *withdrawn}
    }
    alone = changes.created.keys() - initial_canonical.keys()
    return choose_canonicals(
        connection,
        cache,
        {story: new for story, new in sorted(changed.items()) if story not in alone},
        initial_canonical=initial_canonical,
        newly_joined=frozenset(newly_joined),
        judged=judged,
        preferred_sources=preferred_sources,
        not_stored=changes.sent_texts(),
        withdrawn=withdrawn,
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
