"""Build the rows of a clustered batch: articles, stories and match decisions. Nothing is written here.

An article is then written once, with its relation, and a story once, with its canonical article: an UPDATE would write
the whole row again, with its text and its index entries.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from worker import clean, fingerprint
from worker.article import Article, ChangeKind, Cleaned, PublicationStatus, Relation
from worker.fingerprint.article import Prepared
from worker.match import EXACT_REASON, Evidence, reasons
from worker.store import articles, stories
from worker.store.candidate_queries import NewArticle
from worker.store.links import Link
from worker.store.read.sources import source_of
from worker.store.revisions import RevisionKey, SentText
from worker.stories.cluster import Match
from worker.stories.cluster_text import Cluster
from worker.stories.references import TextRef, article_id

#: Decimals of stored evidence: more are of no use to a reader and take a third of a link's bytes.
_DECIMALS = 4
_SAME_ID = "Same story: the same provider sent both under the same id."


@dataclass(slots=True)
class BatchChanges:
    """The changes that a batch makes in the database."""

    rows: dict[int, articles.Row] = field(default_factory=dict)  # by article id
    created: dict[int, stories.NewStory] = field(default_factory=dict)  # by story id
    #: stored story -> numbers of new articles and different texts, and their first and last time
    additions: dict[int, tuple[int, int, datetime, datetime]] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)  # story -> the story that it is merged into
    story_changes: list[stories.StoryChange] = field(default_factory=list)

    def new_texts(self) -> dict[int, list[stories.CanonicalCandidate]]:
        """Return the new articles of each story that are not exact copies."""
        texts: dict[int, list[stories.CanonicalCandidate]] = {}
        for row in self.rows.values():
            if row.relation != Relation.EXACT:
                faults = sum(n for step, n in (row.changes or {}).items() if step != stories.NO_FAULTS)
                texts.setdefault(row.story_id, []).append(
                    stories.CanonicalCandidate(
                        row.id,
                        row.story_id,
                        row.words,
                        row.seen_at,
                        source_of(row.source, row.url),
                        faults,
                        _sent_text(row),
                        current_status(row.status, row.embargoed_until),
                        (row.facts or {}).get("agency"),
                    )
                )
        return texts

    def sent_texts(self) -> dict[int, list[SentText]]:
        """Return what was sent in each story under ids that count, exact copies included."""
        sent: dict[int, list[SentText]] = {}
        for row in self.rows.values():
            if row.revision_key is not None:
                sent.setdefault(row.story_id, []).append(_sent_text(row))
        return sent


def _sent_text(row: articles.Row) -> SentText:
    counted = row.external_id if row.revision_key is not None else None
    withdrawn = row.status == PublicationStatus.WITHDRAWN
    return SentText(row.provider, counted, row.version, row.published_at, row.text_hash, row.title, withdrawn=withdrawn)


def current_status(status: str, embargoed_until: datetime | None) -> str:
    """Return the status now, as ``worker/store/read/status.py`` does for a stored article."""
    over = embargoed_until is not None and embargoed_until <= datetime.now(UTC)
    return PublicationStatus.USABLE if status == PublicationStatus.WITHHELD and over else status


def batch_changes(
    batch: Sequence[Prepared],
    new_articles: Sequence[NewArticle],
    exact: Collection[int],
    clusters: Mapping[int, Cluster],
    ids: Sequence[int],
) -> BatchChanges:
    """Return the changes of a batch; ``clusters`` are by story id, ``exact`` the positions of exact copies."""
    changes = BatchChanges()
    for story, cluster in clusters.items():
        members = [
            article_row(batch[number], new_articles[number], number in exact, ids[number], story)
            for number in sorted(cluster.articles)
        ]
        changes.rows |= {row.id: row for row in members}
        times = [row.seen_at for row in members]
        distinct = sum(row.relation != Relation.EXACT for row in members)
        if not cluster.stored:
            first = members[0]
            changes.created[story] = stories.NewStory(
                story, first.id, first.title, first.language, min(times), max(times), len(members), distinct
            )
            changes.story_changes.append(stories.StoryChange(ChangeKind.CREATED, story, first.id))
        else:
            changes.additions[story] = (len(members), distinct, min(times), max(times))
        dead = sorted(cluster.stored)[1:]
        changes.merged |= dict.fromkeys(dead, story)
        changes.story_changes += [stories.StoryChange(ChangeKind.MERGED, story, other_story_id=other) for other in dead]
        changes.story_changes += [
            stories.StoryChange(ChangeKind.COPY, story, row.id) for row in members[0 if cluster.stored else 1 :]
        ]
    return changes


def article_row(prepared: Prepared, new: NewArticle, exact: bool, article_id: int, story: int) -> articles.Row:
    """Return the row of an article, before its relation to the canonical article is known."""
    return articles.Row(
        id=article_id,
        file_id=prepared.file_id,
        position=prepared.article.position,
        story_id=story,
        relation=Relation.EXACT if exact else Relation.ORIGINAL,
        similarity=1.0,
        seen_at=new.when.published or new.when.arrived,
        published_at=prepared.cleaned.published_at,
        words=prepared.fingerprint.words,
        cleaner_version=clean.VERSION,
        fingerprint_version=fingerprint.VERSION,
        text_hash=prepared.fingerprint.text_hash,
        simhash=prepared.fingerprint.simhash,
        sketch=prepared.fingerprint.sketch,
        language=prepared.cleaned.language,
        title=prepared.cleaned.title,
        text=prepared.cleaned.text,
        external_id=prepared.article.external_id,
        url=prepared.article.url,
        source=prepared.article.source,
        author=prepared.article.author or prepared.cleaned.byline,
        facts=stored_metadata(prepared.cleaned),
        changes=prepared.cleaned.changes or None,
        provider=prepared.article.provider,
        version=prepared.article.version,
        revision_key=_revision_key(prepared.article, new),
        status=prepared.article.status,
        embargoed_until=prepared.article.embargoed_until,
    )


def _revision_key(article: Article, new: NewArticle) -> int | None:
    """Return the hash of the id; a kill notice always has it, so that it withdraws what arrives late."""
    if article.status == PublicationStatus.WITHDRAWN and article.provider and article.external_id:
        return RevisionKey(article.provider, article.external_id).hash()
    return new.revision_key


def stored_metadata(cleaned: Cleaned) -> dict[str, object] | None:
    """Return the metadata extracted from debris in its stored form; None if there is none."""
    metadata = {name: getattr(cleaned, name) for name in ("dateline", "agency", "byline", "captions")}
    return {name: value for name, value in metadata.items() if value} or None


def match_decisions(
    matches: Sequence[Match],
    exact: Mapping[int, TextRef],
    ids: Sequence[int],
    *,
    revisions: Mapping[int, int] | None = None,
) -> Iterator[Link]:
    """Yield for each article the strongest verdict that joined it and the strongest that did not.

    ``exact``: position -> what the article is an exact copy of · ``ids``: the ids of the batch's articles ·
    ``revisions``: position -> the id of another version, whose story the article joined whatever the verdicts
    """
    by_id = {n: other for n, other in (revisions or {}).items() if n not in exact}
    for number, other in by_id.items():
        yield Link(ids[number], other, True, Relation.REVISION, 1.0, _SAME_ID, {})
    best: dict[tuple[int, bool], Match] = {}
    for match in matches:
        if match.number in by_id and (not match.verdict.same or article_id(match.other, ids) == by_id[match.number]):
            continue
        key = (match.number, match.verdict.same)
        if key not in best or match.verdict.similarity > best[key].verdict.similarity:
            best[key] = match
    for number, original in exact.items():
        yield _exact_copy(ids[number], article_id(original, ids))
    explained = reasons([match.verdict for match in best.values()])
    for ((number, same), match), why in zip(best.items(), explained, strict=True):
        yield Link(
            article_id=ids[number],
            other_id=article_id(match.other, ids),
            same=same,
            relation=match.verdict.relation,
            similarity=match.verdict.similarity,
            reason=why,
            evidence=_stored_evidence(match.verdict.evidence),
        )


def _stored_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return the stored form: NaN (null in JSON) where there was nothing to compare; without what was not computed."""
    numbers: dict[str, Any] = {
        name: round(value, _DECIMALS) if isinstance(value, float) else value
        for name, value in zip(Evidence._fields, evidence, strict=True)
    }
    if evidence.whole:
        return numbers
    return {name: value for name, value in numbers.items() if value is not None and not math.isnan(value)}


def _exact_copy(article_id: int, other_id: int) -> Link:
    return Link(article_id, other_id, True, Relation.EXACT, 1.0, EXACT_REASON, {})
