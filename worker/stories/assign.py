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
from worker.fingerprint.posting_index import Posted
from worker.store import articles, index, sketches, stories
from worker.stories import candidates
from worker.stories.candidates import Shelf
from worker.stories.cluster import Pairs, Plan, Story, Text, foreseen
from worker.stories.rows import Draft, draft, links
from worker.stories.update_canonical import Judged, Settled, choose
from worker.window import Window


@dataclass
class Findings:
    """What is known of a batch before the lock: the plan for it, and what it was made of and up to when."""

    batch: Sequence[Prepared]
    window: Window
    probes: list[index.Probe]
    texts: list[Text]
    twins: dict[int, int]  # place in the batch -> place of the first article with the same words
    marks: index.Marks
    identical: dict[int, int] = field(default_factory=dict)  # place -> stored article with the same words
    offered: dict[int, dict[int, int]] = field(default_factory=dict)  # place -> stored stories, keys that they share
    of_stories: dict[int, list[index.StoryText]] = field(default_factory=dict)  # texts of those stories
    near: dict[int, list[int]] = field(default_factory=dict)  # place -> those stories that are worth reading
    pairs: Pairs = field(default_factory=Pairs)
    known: set[int] = field(default_factory=set)  # the stored stories that the plan looked at
    plan: Plan | None = None

    @property
    def asked(self) -> list[index.Probe]:
        """The articles whose place no identical text decides."""
        return [p for p in self.probes if p.number not in self.twins and p.number not in self.identical]


def find(connection: Connection, shelf: Shelf, batch: Sequence[Prepared], window: Window) -> Findings:
    """Match a batch with what is stored and with itself, without any lock."""
    probes = candidates.probes(batch, datetime.now(UTC))
    often = _shared_keys(batch)
    texts = [
        # a key that no other article of the batch has can't find one
        Text(-1 - p.number, one.features, one.fingerprint.simhash, p.when, [key for key in p.keys if key in often])
        for p, one in zip(probes, batch, strict=True)
    ]
    # the marks are read first: whatever is committed after them is looked at again under the lock
    found = Findings(batch, window, probes, texts, twins(probes, window), index.marks(connection))
    shelf.keep_up(found.marks)
    same = index.exact(connection, [p for p in probes if p.number not in found.twins], window)
    found.identical = {number: article for number, (article, _) in same.items()}
    found.offered = candidates.sharing(connection, shelf, found.asked, window)
    found.plan = _planned(connection, shelf, found, dict(same.values()))
    return found


def _shared_keys(batch: Sequence[Prepared]) -> set[int]:
    """Return the keys that several articles have."""
    keys = np.sort(np.concatenate([one.fingerprint.sketch for one in batch] or [np.empty(0, dtype=np.int32)]))
    return set(keys[1:][keys[1:] == keys[:-1]].tolist())


def twins(probes: Sequence[index.Probe], window: Window) -> dict[int, int]:
    """Return which articles of a batch have the words of an earlier one in their window."""
    found: dict[int, int] = {}
    firsts: dict[bytes, list[int]] = defaultdict(list)
    for probe in probes:
        same = firsts[probe.text_hash]
        earlier = next((n for n in same if window.holds(probe.when, probes[n].when)), None)
        if earlier is None:
            same.append(probe.number)
        else:
            found[probe.number] = earlier
    return found


def _planned(connection: Connection, shelf: Shelf, found: Findings, where: Mapping[int, int]) -> Plan:
    """Plan the batch with the stories as they are now; ``where`` are those of the identical articles."""
    offered = {story for ids in found.offered.values() for story in ids}
    texts, near = found.of_stories, found.near
    fresh = offered - texts.keys()
    texts |= index.texts(connection, sorted(fresh))
    near |= candidates.near(texts, found.texts, {n: ids for n, ids in found.offered.items() if fresh & ids.keys()})
    stored = candidates.stories(connection, shelf, found.texts, texts, near)
    known = {story.stored[0] for story in stored}
    stored += [Story(stored=[story]) for story in sorted(set(where.values()) - known)]
    # nobody corrected anything, as a rule; whoever does so meanwhile is noticed under the lock
    corrected = found.marks.correction > 0
    never = stories.never_together(connection, sorted({*known, *where.values()})) if corrected else ()
    found.known = {*known, *where.values(), *offered}
    asked = [found.texts[probe.number] for probe in found.asked]
    found.pairs.compare(foreseen(asked, near, stored, found.window))
    plan = Plan(stored, found.pairs, found.window, never)
    for probe in found.probes:
        if (twin := found.twins.get(probe.number)) is not None:
            plan.follow(other=twin)
        elif (same := found.identical.get(probe.number)) is not None:
            plan.follow(story=where[same])
        else:
            plan.receive(found.texts[probe.number], near.get(probe.number, ()))
    return plan


def place(connection: Connection, shelf: Shelf, found: Findings) -> list[int]:
    """Write a batch under the placement lock; return the new articles' ids in the order of the batch."""
    if not found.batch:
        return []
    articles.lock_placement(connection)
    now = index.marks(connection)
    if now.anew != found.marks.anew:
        found = find(connection, shelf, found.batch, found.window)  # what was found may have other words by now
    plan = _caught_up(connection, shelf, found, now)
    planned = plan.stories()
    new = iter(articles.take_ids(connection, "stories", sum(not story.stored for story in planned)))
    groups = {min(story.stored) if story.stored else next(new): story for story in planned}
    ids = articles.take_ids(connection, "articles", len(found.batch))
    exact = found.twins.keys() | found.identical.keys()
    made = draft(found.batch, found.probes, exact, groups, ids)
    for number, one in enumerate(found.batch):
        if number not in exact:
            shelf.put(ids[number], one.features)
    moved = stories.merge(connection, made.merged)
    stories.recount(connection, set(made.merged.values()))
    keys = {article: -1 - number for number, article in enumerate(ids)}
    settled = _settled(connection, shelf, made, moved, lambda a, b: found.pairs.judged(keys.get(a, a), keys.get(b, b)))
    _write(connection, made, settled, ids)
    articles.explain(connection, list(links(plan.judged, found.twins, found.identical, ids)))
    return ids


def _settled(connection: Connection, shelf: Shelf, made: Draft, moved: set[int], judged: Judged) -> Settled:
    """Choose canonical articles and relations where a story gets another text than those that it has."""
    different = made.different()
    starts = {story: one.canonical_id for story, one in made.created.items() if len(different[story]) > 1}
    changed = {story: different.get(story, ()) for story in {*starts, *made.merged.values(), *different}}
    alone = made.created.keys() - starts.keys()
    return choose(
        connection,
        shelf,
        {story: new for story, new in sorted(changed.items()) if story not in alone},
        starts=starts,
        moved=frozenset(moved),
        judged=judged,
    )


def _write(connection: Connection, made: Draft, settled: Settled, ids: Sequence[int]) -> None:
    """Insert stories, articles and keys, and tell what happened."""
    rows = made.rows
    for article in settled.relations.keys() & rows.keys():
        rows[article].relation, rows[article].similarity = settled.relations[article]
    created = made.created
    told_by = settled.canonical | settled.stays
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
        sketches.post_keys(connection, keys, homes, new=list(created))
    stories.count_copies(connection, made.grown)
    stories.set_canonical(connection, {s: c for s, c in told_by.items() if s not in created})
    stories.set_relations(connection, {a: r for a, r in settled.relations.items() if a not in rows})
    stories.tell(connection, made.told + settled.told)


def _caught_up(connection: Connection, shelf: Shelf, found: Findings, now: index.Marks) -> Plan:
    """Return the plan, made anew where others changed a story of it or stored what it should have seen."""
    if found.plan and now == found.marks:
        return found.plan
    touched = stories.changed(connection, found.marks.change)
    stale = now.correction != found.marks.correction or not touched.isdisjoint(found.known)
    if stale:
        merged = stories.merged_into(connection, {story for ids in found.offered.values() for story in ids})
        for number, ids in found.offered.items():
            found.offered[number] = {merged.get(story, story): shared for story, shared in ids.items()}
    stale |= _seen_since(found, index.newer(connection, found.marks.article))
    if found.plan and not stale:
        return found.plan
    found.marks = now
    for story in touched & found.of_stories.keys():
        del found.of_stories[story]
    return _planned(connection, shelf, found, index.places(connection, sorted(set(found.identical.values()))))


def _seen_since(found: Findings, newer: Sequence[index.Newer]) -> bool:
    """Let the batch know of articles that others stored meanwhile; tell whether any of them matters to it."""
    by_hash: dict[bytes, list[index.Newer]] = defaultdict(list)
    posted, asked = Posted(), {key for probe in found.asked for key in probe.keys}
    for other in newer:
        by_hash[other.text_hash].append(other)
        posted.post([key for key in other.sketch if key in asked], other.story_id)
    matter = False
    for probe in found.asked:
        same = next((one for one in by_hash[probe.text_hash] if found.window.holds(probe.when, one.when)), None)
        if same:
            found.identical[probe.number] = same.id
            matter = True
        offered = found.offered.get(probe.number, {})
        more = posted.sharing(probe.keys)
        if not more.keys() <= offered.keys():
            found.offered[probe.number] = more | offered
            matter = True
    return matter
