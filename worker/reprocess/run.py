"""Reprocess articles of other versions with the current cleaner and fingerprint, and update their stories.

A batch is a few outdated articles with the others of their stories. It is read, cleaned and decided without a lock;
under the placement lock it is decided again from the same verdicts and written in one transaction, with the versions
that mark it as done. So a kill at any point costs one batch, and the next run continues after it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from worker import clean, fingerprint
from worker.article import Article, BadRecord
from worker.errors import CopydeskError, RetryError
from worker.fingerprint.article import Prepared
from worker.match.judgement import JUDGEMENTS
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
from worker.stories.correction_context import CorrectionContext
from worker.stories.reunite import reunite
from worker.stories.verdict_cache import VerdictCache
from worker.window import Window

PRESENT = Versions(clean.VERSION, fingerprint.VERSION)
#: Outdated articles that a batch starts with, and its maximum size with the others of their stories. The lock is held
#: while they are written: about a millisecond each.
_SEEDS, _MOST = 50, 250
#: Maximum number of examples in the summary; all articles are counted.
MOST_TOLD = 1_000

Prepare = Callable[[int, Article], Prepared | BadRecord]


@dataclass(frozen=True, slots=True)
class Changed:
    """What reprocessing changes in an article: whether its text, and the story and relation before and after.

    ``story_after`` is None for a new story in a dry run, which has no id.
    """

    article_id: int
    text: bool
    story_before: int
    story_after: int | None
    relation_before: str
    relation_after: str


@dataclass
class Summary:
    """What a run did, or would do: counts of articles, and the first ``MOST_TOLD`` that change or can't be read."""

    looked_at: int = 0
    unchanged: int = 0
    text_changed: int = 0
    story_changed: int = 0
    relation_changed: int = 0
    kept_as_it_was: int = 0  # outdated articles whose bytes can't be read again
    done: int = 0  # the id up to which all articles are done
    changed: list[Changed] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)  # article -> why it was not reprocessed

    def count(self, changes: Sequence[Changed]) -> None:
        """Add these changes."""
        self.text_changed += sum(c.text for c in changes)
        self.story_changed += sum(c.story_after != c.story_before for c in changes)
        self.relation_changed += sum(c.relation_after != c.relation_before for c in changes)
        self.changed += changes[: MOST_TOLD - len(self.changed)]


@dataclass
class ReprocessRun:
    """One run of ``copydesk reprocess``.

    ``everything`` includes articles of the current versions, as after a change of the debris rules; ``dry`` writes
    nothing, and reports each batch as if it were the first.
    """

    settings: Settings
    engine: Engine
    versions: Versions = PRESENT
    prepare: Prepare = prepare_article
    dry: bool = False
    everything: bool = False
    cache: FeatureCache = field(default_factory=FeatureCache)
    summary: Summary = field(default_factory=Summary)
    _reached: int = 0
    _ahead: set[int] = field(default_factory=set)  # done together with their story, ahead of their turn

    def __call__(self, advance: Callable[[int, int], None], after: int = 0) -> Summary:
        """Reprocess all outdated articles after the id ``after``; calls ``advance(id reached, last id)``.

        Raises:
            RetryError: another run is in progress.
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
        """Return the ids of the next batch; the last of its seeds is where the next run continues."""
        with self.engine.connect() as connection:
            while True:
                seeds = reprocess.next_outdated(
                    connection, self._reached, last, _SEEDS, self.versions, everything=self.everything
                )
                if not seeds:
                    return []
                self._reached = seeds[-1]
                ids = [article for article in seeds if article not in self._ahead]
                if ids:
                    more = reprocess.outdated_in_same_stories(
                        connection, ids, _MOST - len(ids), self.versions, everything=self.everything
                    )
                    ids += [article for article in more if article not in self._ahead]
                self._ahead = {article for article in (*self._ahead, *ids) if article > self._reached}
                if ids:
                    return sorted(ids)

    def _batch(self, ids: Sequence[int], reader: Reader) -> None:
        with self.engine.connect() as connection:
            stored = reprocess.load(connection, ids)
        read = self._reread(stored, reader)
        self.summary.looked_at += len(stored)
        unchanged = [article for article in read if article.unchanged]
        self.summary.unchanged += len(unchanged)
        changed = [article for article in read if not article.unchanged]
        verdicts = VerdictCache(JUDGEMENTS[self.settings.judgement])
        window = Window(self.settings.window_days)
        if any(article.judged_again for article in changed):
            # fills both caches, so that the lock is short; in one snapshot, because workers go on meanwhile
            with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
                decide(connection, self.cache, changed, verdicts, window)
        with self.engine.connect() as connection, connection.begin() as transaction:
            if changed:
                locks.lock_placement(connection)
                self._write(connection, decide(connection, self.cache, changed, verdicts, window))
            reprocess.mark_current(connection, [article.id for article in unchanged], self.versions)
            if self.dry:
                transaction.rollback()
        if self.dry:
            self.cache.clear()  # it has features that were rolled back

    def _reread(self, stored: dict[int, StoredArticle], reader: Reader) -> list[ReprocessedArticle]:
        """Read and prepare again the articles for which that is possible."""
        articles = []
        for _, old in sorted(stored.items()):
            prepared = self._prepared(old, reader)
            if isinstance(prepared, Prepared):
                articles.append(ReprocessedArticle(old.id, prepared, old))
            else:
                self.summary.kept_as_it_was += 1
                if len(self.summary.reasons) < MOST_TOLD:
                    self.summary.reasons[old.id] = prepared
        return articles

    def _prepared(self, stored: StoredArticle, reader: Reader) -> Prepared | str:
        """Return the article prepared again, or the reason why that is not possible."""
        try:
            record = reader(stored)
        except RetryError:
            raise
        except CopydeskError as error:
            return str(error)
        prepared = self.prepare(stored.file_id, record) if isinstance(record, Article) else record
        return prepared if isinstance(prepared, Prepared) else prepared.reason

    def _write(self, connection: Connection, decision: Decision) -> None:
        written = [*decision.to_reassign, *decision.metadata_only]
        ids = [article.id for article in written]
        before = reprocess.placements(connection, decision.stories, ids)
        needed = JUDGEMENTS[self.settings.judgement].same_story
        new = write(connection, self.cache, decision, self.versions, needed, self.settings.preferred_sources)
        if decision.to_reassign:
            context = CorrectionContext(
                connection,
                self.settings.window_days,
                preferred_sources=self.settings.preferred_sources,
                cache=self.cache,
            )
            words = {bytes(article.stored.text_hash) for article in decision.to_reassign}
            reunite(context, {*decision.stories, *new}, words)
        after = reprocess.placements(connection, (), list(before))
        texts = {article.id for article in written if article.text_changed}
        changes = [
            Changed(article, article in texts, was[0], None if self.dry and now[0] in new else now[0], was[1], now[1])
            for article, was in sorted(before.items())
            if (now := after[article]) != was or article in texts
        ]
        self.summary.count(changes)


def why_kept(summary: Summary) -> Counter[str]:
    """Count the reasons why articles were not reprocessed."""
    return Counter(summary.reasons.values())
