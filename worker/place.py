"""Prepared articles go in; stored articles come out, each in its story: matched, linked, merged, explained.

Candidates are read and the batch is planned without a lock. Under the placement lock it is planned again only where
others changed stories meanwhile, from the same verdicts, and written; so no two workers make two stories of a dispatch.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from worker import candidates, clean, fingerprint
from worker.article import Cleaned, Relation
from worker.candidates import Shelf
from worker.plan import Judged, Pairs, Plan, Story, Text
from worker.posted import Posted
from worker.prepare import Prepared
from worker.settle import settle
from worker.store import articles, index, stories
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
    offered: dict[int, list[int]] = field(default_factory=dict)  # place -> stored stories that share keys
    pairs: Pairs = field(default_factory=Pairs)
    plan: Plan | None = None

    @property
    def asked(self) -> list[index.Probe]:
        """The articles whose place no identical text decides."""
        return [p for p in self.probes if p.number not in self.twins and p.number not in self.identical]


def find(connection: Connection, shelf: Shelf, batch: Sequence[Prepared], window: Window) -> Findings:
    """Match a batch with what is stored and with itself, without any lock."""
    probes = candidates.probes(batch, datetime.now(UTC))
    texts = [
        Text(-1 - p.number, one.features, one.fingerprint.simhash, p.when, p.keys)
        for p, one in zip(probes, batch, strict=True)
    ]
    # the marks are read first: whatever is committed after them is looked at again under the lock
    found = Findings(batch, window, probes, texts, _twins(probes, window), index.marks(connection))
    found.identical = index.exact(connection, [p for p in probes if p.number not in found.twins], window)
    found.offered = index.shared(connection, found.asked)
    found.plan = _planned(connection, shelf, found)
    return found


def _twins(probes: Sequence[index.Probe], window: Window) -> dict[int, int]:
    """Return which articles of a batch have the words of an earlier one in their window."""
    twins: dict[int, int] = {}
    firsts: dict[bytes, list[int]] = defaultdict(list)
    for probe in probes:
        same = firsts[probe.text_hash]
        earlier = next((n for n in same if window.holds(probe.when, probes[n].when)), None)
        if earlier is None:
            same.append(probe.number)
        else:
            twins[probe.number] = earlier
    return twins


def _planned(connection: Connection, shelf: Shelf, found: Findings) -> Plan:
    """Plan the batch with the stories as they are now."""
    where = index.places(connection, sorted(set(found.identical.values())))
    stored = candidates.stories(connection, shelf, found.texts, found.offered)
    known = {story.stored[0] for story in stored}
    stored += [Story(stored=[story]) for story in sorted(set(where.values()) - known)]
    never = stories.never_together(connection, sorted({*known, *where.values()}))
    plan = Plan(stored, found.pairs, found.window, never)
    for probe in found.probes:
        if (twin := found.twins.get(probe.number)) is not None:
            plan.follow(other=twin)
        elif (same := found.identical.get(probe.number)) is not None:
            plan.follow(story=where[same])
        else:
            plan.receive(found.texts[probe.number], found.offered.get(probe.number, ()))
    return plan


def place(connection: Connection, shelf: Shelf, found: Findings) -> list[int]:
    """Write a batch under the placement lock; return the new articles' ids in the order of the batch."""
    if not found.batch:
        return []
    articles.lock_placement(connection)
    plan = _caught_up(connection, shelf, found)
    planned = plan.stories()
    new = iter(articles.take_ids(connection, "stories", sum(not story.stored for story in planned)))
    groups = {min(story.stored) if story.stored else next(new): story for story in planned}
    ids = articles.take_ids(connection, "articles", len(found.batch))
    told, moved = _write(connection, found, groups, ids)
    articles.explain(connection, list(_links(found, plan, ids)))
    for number, one in enumerate(found.batch):
        if number not in found.twins and number not in found.identical:
            shelf.put(ids[number], one.features)
    fresh = frozenset(ids) | moved
    changed = [story for story, group in groups.items() if len(group.articles) > 1 or group.stored]
    told += settle(connection, shelf, changed, fresh=fresh)
    stories.tell(connection, told)
    return ids


def _caught_up(connection: Connection, shelf: Shelf, found: Findings) -> Plan:
    """Return the plan, made anew where others changed stories since it was made."""
    if found.plan and index.marks(connection) == found.marks:
        return found.plan
    newer = index.newer(connection, found.marks.article)
    by_hash = {other.text_hash: other for other in newer}
    posted = Posted()
    for other in newer:
        posted.post(other.sketch, other.story_id)
    merged = stories.merged_into(connection, {story for ids in found.offered.values() for story in ids})
    for probe in found.asked:
        same = by_hash.get(probe.text_hash)
        if same and found.window.holds(probe.when, same.when):
            found.identical[probe.number] = same.id
        offered = [merged.get(story, story) for story in found.offered.get(probe.number, ())]
        found.offered[probe.number] = list(dict.fromkeys([*offered, *posted.sharing(probe.keys)]))
    return _planned(connection, shelf, found)


def _write(
    connection: Connection, found: Findings, groups: dict[int, Story], ids: Sequence[int]
) -> tuple[list[stories.Change], set[int]]:
    """Insert stories, articles and keys, merge what a new article bridges.

    Returns what happened, and the stored articles that moved to another story.
    """
    told: list[stories.Change] = []
    rows: dict[int, articles.Row] = {}
    keys: list[tuple[int, int]] = []
    created: list[stories.NewStory] = []
    grown: dict[int, tuple[int, int, datetime, datetime]] = {}
    merged: dict[int, int] = {}
    for story, group in groups.items():
        members = [_row(found, number, ids[number], story) for number in sorted(group.articles)]
        rows |= {row.id: row for row in members}
        keys += [(key, story) for row in members if row.relation != Relation.EXACT for key in row.sketch]
        times = [row.seen_at for row in members]
        distinct = sum(row.relation != Relation.EXACT for row in members)
        if not group.stored:
            first = members[0]
            created.append(stories.NewStory(story, first.id, first.title, first.language, first.seen_at))
            told.append(stories.Change("created", story, first.id))
            grown[story] = (len(members) - 1, distinct - 1, min(times), max(times))
        else:
            grown[story] = (len(members), distinct, min(times), max(times))
        merged |= dict.fromkeys(sorted(group.stored)[1:], story)
        told += [stories.Change("merged", story, other_story_id=dead) for dead in sorted(group.stored)[1:]]
        told += [stories.Change("copy", story, row.id) for row in members[0 if group.stored else 1 :]]
    stories.create(connection, created)
    moved = stories.merge(connection, merged)
    articles.insert(connection, [rows[i] for i in ids])
    articles.post_keys(connection, keys)
    stories.count_copies(connection, {s: g for s, g in grown.items() if g[0]})
    stories.recount(connection, set(merged.values()))
    return told, moved


def _row(found: Findings, number: int, article_id: int, story: int) -> articles.Row:
    one = found.batch[number]
    when = found.probes[number].when
    identical = number in found.twins or number in found.identical
    return articles.Row(
        id=article_id,
        file_id=one.file_id,
        position=one.article.position,
        story_id=story,
        relation=Relation.EXACT if identical else Relation.ORIGINAL,
        similarity=1.0,
        seen_at=when.published or when.arrived,
        published_at=one.cleaned.published_at,
        words=one.fingerprint.words,
        cleaner_version=clean.VERSION,
        fingerprint_version=fingerprint.VERSION,
        text_hash=one.fingerprint.text_hash,
        simhash=one.fingerprint.simhash,
        sketch=found.probes[number].keys,
        language=one.cleaned.language,
        title=one.cleaned.title,
        text=one.cleaned.text,
        external_id=one.article.external_id,
        url=one.article.url,
        source=one.article.source,
        author=one.article.author or one.cleaned.byline,
        facts=_facts(one.cleaned),
        changes=one.cleaned.changes or None,
    )


def _facts(cleaned: Cleaned) -> dict[str, object] | None:
    facts = {name: getattr(cleaned, name) for name in ("dateline", "agency", "byline", "captions")}
    return {name: value for name, value in facts.items() if value} or None


def _links(found: Findings, plan: Plan, ids: Sequence[int]) -> Iterator[articles.Link]:
    """Yield for each article the strongest verdict that joined it and the strongest that was refused."""
    best: dict[tuple[int, bool], Judged] = {}
    for one in plan.judged:
        key = (one.number, one.verdict.same)
        if key not in best or one.verdict.similarity > best[key].verdict.similarity:
            best[key] = one
    for number, other in found.twins.items():
        yield _identical(ids[number], ids[other])
    for number, other in found.identical.items():
        yield _identical(ids[number], other)
    for (number, same), one in best.items():
        yield articles.Link(
            article_id=ids[number],
            other_id=one.other if one.other > 0 else ids[-1 - one.other],
            same=same,
            relation=one.verdict.relation,
            similarity=one.verdict.similarity,
            reason=one.verdict.reason,
            evidence=asdict(one.evidence),
        )


def _identical(article_id: int, other_id: int) -> articles.Link:
    return articles.Link(article_id, other_id, True, Relation.EXACT, 1.0, "the same words in the same order", {})
