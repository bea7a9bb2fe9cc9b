"""Ask which story a text would join now: the way of a new article up to its placement, without storing anything."""

from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import Connection

from worker import formats
from worker.article import BadRecord, Relation
from worker.errors import QuarantineError
from worker.fingerprint.article import Prepared
from worker.match import reason
from worker.match.judgement import JUDGEMENTS
from worker.pipeline.prepare import prepare_article
from worker.pipeline.reader_limits import reader_limits
from worker.settings import Settings
from worker.store.candidate_queries import stories_of
from worker.store.session import avoid_table_scans_now
from worker.stories.batch_match import BatchMatch, match_batch
from worker.stories.candidates import FeatureCache
from worker.stories.references import Stored
from worker.window import Window


@dataclass(frozen=True, slots=True)
class ComparedArticle:
    """A stored article that the text was compared with; ``evidence`` has the numbers of the comparison."""

    article_id: int
    story_id: int
    same: bool
    relation: str
    similarity: float
    reason: str
    evidence: dict[str, float | int | bool | None]


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Where a text would be placed; ``story_id`` is None if it would begin a new story.

    ``would_merge`` are further stories that would become part of that one. ``same_words_as`` is a stored article with
    the same words. ``relation`` and ``similarity`` are those to the text that decides. ``refused`` says why it would be
    quarantined instead.
    """

    story_id: int | None
    would_merge: list[int]
    relation: str
    similarity: float
    same_words_as: int | None
    compared: list[ComparedArticle]
    refused: str | None = None


def match_text(connection: Connection, settings: Settings, document: bytes) -> TextMatch:
    """Match the one article of a JSON document with the stored stories."""
    avoid_table_scans_now(connection)
    try:
        prepared = _prepare(settings, document)
    except QuarantineError as error:
        return TextMatch(None, [], str(Relation.ORIGINAL), 1.0, None, [], str(error))
    window, judgement = Window(settings.window_days), JUDGEMENTS[settings.judgement]
    return _result(connection, match_batch(connection, FeatureCache(), [prepared], window, judgement))


def _prepare(settings: Settings, document: bytes) -> Prepared:
    record = next(formats.read(BytesIO(document), "posted.json", reader_limits(settings)), None)
    if record is None:
        raise QuarantineError("The document holds no article.")
    prepared = record if isinstance(record, BadRecord) else prepare_article(0, record)
    if isinstance(prepared, BadRecord):
        raise QuarantineError(prepared.reason)
    return prepared


def _result(connection: Connection, matched: BatchMatch) -> TextMatch:
    if matched.clusterer is None:
        raise TypeError("a matched batch has clusters")
    stored = sorted(story for cluster in matched.clusterer.clusters() for story in cluster.stored)
    same_words = matched.exact_matches.get(0)
    compared = _compared(connection, matched)
    best = next((other for other in compared if other.same), None)
    relation, similarity = (best.relation, best.similarity) if best else (str(Relation.ORIGINAL), 1.0)
    if stored and not best:  # joined by its id, not by its text
        relation = str(Relation.REVISION)
    if matched.clusterer.exact_copies:
        relation, similarity = str(Relation.EXACT), 1.0
    return TextMatch(stored[0] if stored else None, stored[1:], relation, similarity, same_words, compared)


def _compared(connection: Connection, matched: BatchMatch) -> list[ComparedArticle]:
    """Return the stored articles that decided for or against a story, the most similar first."""
    matches = matched.clusterer.matches if matched.clusterer else []
    pairs = [(match.other.id, match.verdict) for match in matches if isinstance(match.other, Stored)]
    story_of = stories_of(connection, [article for article, _ in pairs])
    rows = [
        ComparedArticle(
            article,
            story_of[article],
            verdict.same,
            str(verdict.relation),
            verdict.similarity,
            reason(verdict),
            verdict.evidence._asdict(),
        )
        for article, verdict in pairs
        if article in story_of
    ]
    return sorted(rows, key=lambda row: (row.same, row.similarity), reverse=True)
