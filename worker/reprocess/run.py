"""Articles of older versions go in; the present cleaner and fingerprint make them anew, and their stories follow.

A batch is some old articles with the others of their stories. It is read, cleaned and planned under no lock; under the
placement lock the plan is made again from the same verdicts and written in one transaction, with the versions that say
that it is done. So a kill at any point costs one batch, and the next run goes on behind it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from worker import clean, fingerprint
from worker.article import Article, BadRecord
from worker.errors import CopydeskError
from worker.fingerprint.article import Prepared
from worker.pipeline.prepare import prepare_article
from worker.reprocess.decide import Decision, ReprocessedArticle, decide
from worker.reprocess.reread import Reader
from worker.reprocess.write import write
from worker.settings import Settings
from worker.store import locks, reprocess
from worker.store.id_search import newest_id
from worker.store.locks import AdvisoryLock, hold
from worker.store.models import articles
from worker.store.reprocess import StoredArticle, Versions
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import VerdictCache
from worker.window import Window

PRESENT = Versions(clean.VERSION, fingerprint.VERSION)
#: Old articles that a batch begins with; the others of their stories come along, up to the second number. The lock is
#: held for as long as it takes to write them: about a millisecond each.
_SEEDS, _MOST = 50, 250
#: Examples that are told of; all are counted.
MOST_TOLD = 1_000

Prepare = Callable[[int, Article], Prepared | BadRecord]


@dataclass(frozen=True, slots=True)
class Changed:
    """What reprocessing changes of one article: whether its text, and (before, after) of story and relation.

    The story after it is None where it gets one of its own, which has no number in a dry run.
    """

    article_id: int
    text: bool
    story_before: int
    story_after: int | None
    relation_before: str
    relation_after: str


@dataclass
class Summary:
    """What a run did, or would do: counts of articles, and the first ``MOST_TOLD`` that change or can't be made."""

    looked_at: int = 0
    unchanged: int = 0
    text_changed: int = 0
    story_changed: int = 0
    relation_changed: int = 0
    kept_as_it_was: int = 0  # old articles whose bytes can't be read again
    done: int = 0  # the id up to which all was done
    changed: list[Changed] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)  # article -> why it was kept as it was

    def count(self, changes: Sequence[Changed]) -> None:
        """Count what changes."""
        self.text_changed += sum(c.text for c in changes)
        self.story_changed += sum(c.story_after != c.story_before for c in changes)
        self.relation_changed += sum(c.relation_after != c.relation_before for c in changes)
        self.changed += changes[: MOST_TOLD - len(self.changed)]


@dataclass
class ReprocessRun:
    """One run of ``copydesk reprocess``.

    ``everything`` takes articles of the present versions too, as after a change of the debris rules; ``dry`` writes
    nothing, and tells of each batch as if it came first.
    """

    settings: Settings
    engine: Engine
    versions: Versions = PRESENT
    prepare: Prepare = prepare_article
    dry: bool = False
    everything: bool = False
    shelf: FeatureCache = field(default_factory=FeatureCache)
    summary: Summary = field(default_factory=Summary)
    _reached: int = 0
    _ahead: set[int] = field(default_factory=set)  # done with their story, before their turn came

    def __call__(self, advance: Callable[[int, int], None], after: int = 0) -> Summary:
        """Go through all old articles behind the id ``after``; ``advance`` is told (id that was reached, last id).

        Raises:
            RetryError: another run is under way.
        """
        with hold(self.engine, AdvisoryLock.REPROCESS):
            with self.engine.connect() as connection:
                last = newest_id(connection, articles)
            reader = Reader(self.settings)
            self._reached = self.summary.done = after
            while ids := self._next(last):
                self._batch(ids, reader)
                self.summary.done = self._reached
                advance(self.summary.done, last)
            self.summary.done = max(last, after)
            advance(last, last)
        return self.summary

    def _next(self, last: int) -> list[int]:
        """Return the next batch, by ids: seeds first, so that the last of these is where the next run goes on."""
        with self.engine.connect() as connection:
            while True:
                seeds = reprocess.next_outdated(
                    connection, self._reached, last, _SEEDS, self.versions, everything=self.everything
                )
                if not seeds:
                    return []
                self._reached = seeds[-1]
                wanted = [one for one in seeds if one not in self._ahead]
                if wanted:
                    more = reprocess.outdated_in_same_stories(
                        connection, wanted, _MOST - len(wanted), self.versions, everything=self.everything
                    )
                    wanted += [one for one in more if one not in self._ahead]
                self._ahead = {one for one in (*self._ahead, *wanted) if one > self._reached}
                if wanted:
                    return sorted(wanted)

    def _batch(self, ids: Sequence[int], reader: Reader) -> None:
        with self.engine.connect() as connection:
            stands = reprocess.load(connection, ids)
        made = self._made(stands, reader)
        self.summary.looked_at += len(stands)
        still = [one for one in made if one.unchanged]
        self.summary.unchanged += len(still)
        other = [one for one in made if not one.unchanged]
        pairs, window = VerdictCache(), Window(self.settings.window_days)
        if any(one.judged_again for one in other):
            # fills shelf and pairs, so that the lock is short; all of one moment, for workers go on meanwhile
            with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
                decide(connection, self.shelf, other, pairs, window)
        with self.engine.connect() as connection, connection.begin() as transaction:
            if other:
                locks.lock_placement(connection)
                self._write(connection, decide(connection, self.shelf, other, pairs, window))
            reprocess.mark_current(connection, [one.id for one in still], self.versions)
            if self.dry:
                transaction.rollback()
        if self.dry:
            self.shelf.clear()  # it holds what was rolled back

    def _made(self, stands: dict[int, StoredArticle], reader: Reader) -> list[ReprocessedArticle]:
        """Make articles anew, those that can be."""
        found = []
        for one in sorted(stands.values(), key=lambda stand: stand.id):
            prepared = self._prepared(one, reader)
            if isinstance(prepared, Prepared):
                found.append(ReprocessedArticle(one.id, prepared, one))
            else:
                self.summary.kept_as_it_was += 1
                if len(self.summary.reasons) < MOST_TOLD:
                    self.summary.reasons[one.id] = prepared
        return found

    def _prepared(self, one: StoredArticle, reader: Reader) -> Prepared | str:
        """Return an article made anew, or why it can't be."""
        try:
            record = reader(one)
        except CopydeskError as error:
            return str(error)
        prepared = self.prepare(one.file_id, record) if isinstance(record, Article) else record
        return prepared if isinstance(prepared, Prepared) else prepared.reason

    def _write(self, connection: Connection, decision: Decision) -> None:
        made = [*decision.to_reassign, *decision.metadata_only]
        ids = [one.id for one in made]
        before = reprocess.placements(connection, decision.stories, ids)
        new = write(connection, self.shelf, decision, self.versions)
        after = reprocess.placements(connection, (), list(before))
        texts = {one.id for one in made if one.text_changed}
        changes = [
            Changed(one, one in texts, was[0], None if self.dry and now[0] in new else now[0], was[1], now[1])
            for one, was in sorted(before.items())
            if (now := after[one]) != was or one in texts
        ]
        self.summary.count(changes)


def why_kept(summary: Summary) -> Counter[str]:
    """Return why articles were kept as they were, and how often."""
    return Counter(summary.reasons.values())
