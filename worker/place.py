"""Prepared articles go in; stored articles come out, each in its story: matched, linked, merged, explained.

Candidates are read and judged without a lock. Under the placement lock only articles committed since are judged, then
everything is written; so no two workers can make two stories of one dispatch.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from worker import candidates, clean, fingerprint
from worker.article import Cleaned, Relation
from worker.assign import Edge, Group
from worker.candidates import Judged, Shelf
from worker.grouping import Grouping
from worker.prepare import Prepared
from worker.settle import settle
from worker.store import articles, index, stories
from worker.window import Window

#: Strength of a link between identical texts: above every similarity.
_IDENTICAL = 2.0


@dataclass
class Findings:
    """What is known of a batch before the lock: its probes, verdicts, identical texts, and up to which article."""

    batch: Sequence[Prepared]
    window: Window
    probes: list[index.Probe]
    twins: dict[int, int]  # place in the batch -> place of the first article with the same words
    mark: int = 0
    identical: dict[int, int] = field(default_factory=dict)  # place -> stored article with the same words
    judged: list[Judged] = field(default_factory=list)

    @property
    def asked(self) -> list[index.Probe]:
        """The articles whose place no identical text decides."""
        return [p for p in self.probes if p.number not in self.twins and p.number not in self.identical]


def find(connection: Connection, shelf: Shelf, batch: Sequence[Prepared], window: Window) -> Findings:
    """Match a batch with what is stored and with itself, without any lock."""
    found = Findings(batch, window, candidates.probes(batch, datetime.now(UTC)), {})
    firsts: dict[bytes, list[int]] = defaultdict(list)
    for probe in found.probes:
        same = firsts[probe.text_hash]
        earlier = next((n for n in same if window.holds(probe.when, found.probes[n].when)), None)
        if earlier is None:
            same.append(probe.number)
        else:
            found.twins[probe.number] = earlier
    found.mark = index.high_water(connection)  # before the candidates are read: what is newer is looked at again
    found.identical = index.exact(connection, [p for p in found.probes if p.number not in found.twins], window)
    asked = found.asked
    found.judged = candidates.stored(connection, shelf, batch, asked, window)
    found.judged += candidates.within(batch, asked, window)
    return found


def place(connection: Connection, shelf: Shelf, found: Findings) -> list[int]:
    """Write a batch under the placement lock; return the new articles' ids in the order of the batch."""
    if not found.batch:
        return []
    articles.lock_placement(connection)
    _catch_up(connection, shelf, found)
    groups = _groups(connection, shelf, found)
    ids = articles.take_ids(connection, "articles", len(found.batch))
    told, moved = _write(connection, found, groups, ids)
    articles.explain(connection, list(_links(found, ids)))
    for number, one in enumerate(found.batch):
        if number not in found.twins and number not in found.identical:
            shelf.put(ids[number], one.features)
    fresh = frozenset(ids) | moved
    changed = [story for story, group in groups.items() if len(group.articles) > 1 or story in group.stories]
    told += settle(connection, shelf, changed, fresh=fresh)
    stories.tell(connection, told)
    return ids


def _catch_up(connection: Connection, shelf: Shelf, found: Findings) -> None:
    """Judge against what other workers committed since the candidates were read."""
    newer = index.newer(connection, found.mark)
    if not newer:
        return
    by_hash = {other.text_hash: other for other in newer}
    for probe in found.asked:
        other = by_hash.get(probe.text_hash)
        if other and found.window.holds(probe.when, other.when):
            found.identical[probe.number] = other.id
    found.judged += candidates.newer(connection, shelf, found.batch, found.asked, newer, found.window)


def _groups(connection: Connection, shelf: Shelf, found: Findings) -> dict[int, Group]:
    """Return the groups by the id of the story that each is or becomes: the smallest of its stories, or a new one."""
    matter = [j.other_id for j in found.judged if j.other_id is not None and (j.verdict.same or j.verdict.likely)]
    where = index.places(connection, sorted({*matter, *found.identical.values()}))
    edges = [Edge(number, _IDENTICAL, other=other) for number, other in found.twins.items()]
    edges += [Edge(number, _IDENTICAL, story=where[other]) for number, other in found.identical.items()]
    known = sorted(set(where.values()))
    stories.lock(connection, known)
    never = stories.never_together(connection, known)
    groups = Grouping(connection, shelf, found.batch, found.judged, edges, where, never).groups()
    new = iter(articles.take_ids(connection, "stories", sum(not group.stories for group in groups)))
    return {group.stories[0] if group.stories else next(new): group for group in groups}


def _write(
    connection: Connection, found: Findings, groups: dict[int, Group], ids: Sequence[int]
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
        members = [_row(found, number, ids[number], story) for number in group.articles]
        rows |= {row.id: row for row in members}
        keys += [(key, story) for row in members if row.relation != Relation.EXACT for key in row.sketch]
        times = [row.seen_at for row in members]
        distinct = sum(row.relation != Relation.EXACT for row in members)
        if not group.stories:
            first = members[0]
            created.append(stories.NewStory(story, first.id, first.title, first.language, first.seen_at))
            told.append(stories.Change("created", story, first.id))
            grown[story] = (len(members) - 1, distinct - 1, min(times), max(times))
        else:
            grown[story] = (len(members), distinct, min(times), max(times))
        merged |= dict.fromkeys(group.stories[1:], story)
        told += [stories.Change("merged", story, other_story_id=dead) for dead in group.stories[1:]]
        told += [stories.Change("copy", story, row.id) for row in members[0 if group.stories else 1 :]]
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


def _links(found: Findings, ids: Sequence[int]) -> Iterator[articles.Link]:
    """Yield for each article the strongest verdict that joined it and the strongest that was refused."""
    best: dict[tuple[int, bool], Judged] = {}
    for one in found.judged:
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
            other_id=one.other_id if one.other_id is not None else ids[one.other_number or 0],
            same=same,
            relation=one.verdict.relation,
            similarity=one.verdict.similarity,
            reason=one.verdict.reason,
            evidence=asdict(one.evidence),
        )


def _identical(article_id: int, other_id: int) -> articles.Link:
    return articles.Link(article_id, other_id, True, Relation.EXACT, 1.0, "the same words in the same order", {})
