"""A plan and the new ids go in; the rows, stories and links that it means come out, before anything is written.

So an article is written once, with its relation, and a story with its canonical article: correcting a row afterwards
writes all of it again, text and index entries too.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from worker import clean, fingerprint
from worker.article import ChangeKind, Cleaned, Relation
from worker.fingerprint.article import Prepared
from worker.match import Evidence, reasons
from worker.store import articles, index, stories
from worker.stories.cluster import Cluster, Match

#: Decimals of stored evidence: more say nothing to a reader and are a third of a link's bytes.
_DECIMALS = 4


@dataclass(slots=True)
class BatchChanges:
    """What a batch will change."""

    rows: dict[int, articles.Row] = field(default_factory=dict)  # by article id
    created: dict[int, stories.NewStory] = field(default_factory=dict)  # by story id
    #: stored story -> articles and different texts that come to it, and their first and last time
    grown: dict[int, tuple[int, int, datetime, datetime]] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)  # story -> the one that it becomes
    changes: list[stories.StoryChange] = field(default_factory=list)

    def different(self) -> dict[int, list[stories.MemberText]]:
        """Return the new articles of each story that are not exact copies."""
        found: dict[int, list[stories.MemberText]] = {}
        for row in self.rows.values():
            if row.relation != Relation.EXACT:
                faults = sum((row.changes or {}).values())
                found.setdefault(row.story_id, []).append(
                    stories.MemberText(row.id, row.story_id, row.words, row.seen_at, faults)
                )
        return found


def batch_changes(
    batch: Sequence[Prepared],
    probes: Sequence[index.NewArticle],
    exact: Collection[int],
    groups: Mapping[int, Cluster],
    ids: Sequence[int],
) -> BatchChanges:
    """Draft a batch: ``groups`` are the planned stories by id, ``exact`` the places of articles with known words."""
    made = BatchChanges()
    for story, group in groups.items():
        members = [
            article_row(batch[number], probes[number], number in exact, ids[number], story)
            for number in sorted(group.articles)
        ]
        made.rows |= {row.id: row for row in members}
        times = [row.seen_at for row in members]
        distinct = sum(row.relation != Relation.EXACT for row in members)
        if not group.stored:
            first = members[0]
            made.created[story] = stories.NewStory(
                story, first.id, first.title, first.language, min(times), max(times), len(members), distinct
            )
            made.changes.append(stories.StoryChange(ChangeKind.CREATED, story, first.id))
        else:
            made.grown[story] = (len(members), distinct, min(times), max(times))
        dead = sorted(group.stored)[1:]
        made.merged |= dict.fromkeys(dead, story)
        made.changes += [stories.StoryChange(ChangeKind.MERGED, story, other_story_id=one) for one in dead]
        made.changes += [
            stories.StoryChange(ChangeKind.COPY, story, row.id) for row in members[0 if group.stored else 1 :]
        ]
    return made


def article_row(one: Prepared, probe: index.NewArticle, exact: bool, article_id: int, story: int) -> articles.Row:
    """Return an article as it is stored, before its relation to the canonical one is known."""
    return articles.Row(
        id=article_id,
        file_id=one.file_id,
        position=one.article.position,
        story_id=story,
        relation=Relation.EXACT if exact else Relation.ORIGINAL,
        similarity=1.0,
        seen_at=probe.when.published or probe.when.arrived,
        published_at=one.cleaned.published_at,
        words=one.fingerprint.words,
        cleaner_version=clean.VERSION,
        fingerprint_version=fingerprint.VERSION,
        text_hash=one.fingerprint.text_hash,
        simhash=one.fingerprint.simhash,
        sketch=one.fingerprint.sketch,
        language=one.cleaned.language,
        title=one.cleaned.title,
        text=one.cleaned.text,
        external_id=one.article.external_id,
        url=one.article.url,
        source=one.article.source,
        author=one.article.author or one.cleaned.byline,
        facts=stored_metadata(one.cleaned),
        changes=one.cleaned.changes or None,
    )


def stored_metadata(cleaned: Cleaned) -> dict[str, object] | None:
    """Return what debris carried, as it is stored; None where it carried nothing."""
    found = {name: getattr(cleaned, name) for name in ("dateline", "agency", "byline", "captions")}
    return {name: value for name, value in found.items() if value} or None


def match_decisions(
    judged: Sequence[Match], twins: Mapping[int, int], identical: Mapping[int, int], ids: Sequence[int]
) -> Iterator[articles.Link]:
    """Yield for each article the strongest verdict that joined it and the strongest that was refused."""
    best: dict[tuple[int, bool], Match] = {}
    for one in judged:
        key = (one.number, one.verdict.same)
        if key not in best or one.verdict.similarity > best[key].verdict.similarity:
            best[key] = one
    for number, other in twins.items():
        yield _identical(ids[number], ids[other])
    for number, other in identical.items():
        yield _identical(ids[number], other)
    told = reasons([one.verdict for one in best.values()])
    for ((number, same), one), why in zip(best.items(), told, strict=True):
        yield articles.Link(
            article_id=ids[number],
            other_id=one.other if one.other > 0 else ids[-1 - one.other],
            same=same,
            relation=one.verdict.relation,
            similarity=one.verdict.similarity,
            reason=why,
            evidence=_told(one.verdict.evidence),
        )


def _told(evidence: Evidence) -> dict[str, Any]:
    """Return the evidence as it is kept: a null where there was nothing to compare, nothing where it was not asked."""
    told: dict[str, Any] = {
        name: round(value, _DECIMALS) if isinstance(value, float) else value
        for name, value in zip(Evidence._fields, evidence, strict=True)
    }
    if evidence.whole:
        return told
    return {name: value for name, value in told.items() if value is not None and not math.isnan(value)}


def _identical(article_id: int, other_id: int) -> articles.Link:
    return articles.Link(article_id, other_id, True, Relation.EXACT, 1.0, "the same words in the same order", {})
