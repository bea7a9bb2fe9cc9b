"""Reprocess one batch of stored articles: read, clean, decide, write.

It is read, cleaned and decided without a lock; under the placement lock it is decided again from the same verdicts and
written in one transaction, with the versions that mark it as done. So an end at any point costs one batch.
"""

from collections.abc import Callable, Mapping, Sequence
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
from worker.reprocess.summary import Changed, Summary
from worker.reprocess.write import write
from worker.settings import Settings
from worker.store import locks, reprocess
from worker.store.reprocess import StoredArticle, Versions
from worker.stories.candidates import FeatureCache
from worker.stories.correction_context import CorrectionContext
from worker.stories.reunite import reunite
from worker.stories.verdict_cache import VerdictCache
from worker.window import Window

PRESENT = Versions(clean.VERSION, fingerprint.VERSION)
Prepare = Callable[[int, Article], Prepared | BadRecord]


@dataclass
class BatchReprocessor:
    """What a process needs for one batch after the other; ``dry`` takes back what it wrote."""

    settings: Settings
    engine: Engine
    versions: Versions = PRESENT
    prepare: Prepare = prepare_article
    dry: bool = False
    cache: FeatureCache = field(default_factory=FeatureCache)
    _reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        """Read archived files with these settings."""
        self._reader = Reader(self.settings)

    def __call__(self, ids: Sequence[int]) -> Summary:
        """Reprocess articles with the rest of their stories, as they are now; return what that changed."""
        summary = Summary()
        with self.engine.connect() as connection:
            stored = reprocess.load(connection, ids)
        read = self._reread(stored, summary)
        summary.looked_at = len(stored)
        unchanged = [article for article in read if article.unchanged]
        summary.unchanged = len(unchanged)
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
                decision = decide(connection, self.cache, changed, verdicts, window)
                summary.count(self._write(connection, decision))
            reprocess.mark_current(connection, [article.id for article in unchanged], self.versions)
            if self.dry:
                transaction.rollback()
        if self.dry:
            self.cache.clear()  # it has features that were rolled back
        return summary

    def _reread(self, stored: Mapping[int, StoredArticle], summary: Summary) -> list[ReprocessedArticle]:
        """Read and prepare again the articles for which that is possible."""
        articles = []
        for _, old in sorted(stored.items()):
            prepared = self._prepared(old)
            if isinstance(prepared, Prepared):
                articles.append(ReprocessedArticle(old.id, prepared, old))
            else:
                summary.keep({old.id: prepared})
        return articles

    def _prepared(self, stored: StoredArticle) -> Prepared | str:
        """Return the article prepared again, or the reason why that is not possible."""
        try:
            record = self._reader(stored)
        except RetryError:
            raise
        except CopydeskError as error:
            return str(error)
        prepared = self.prepare(stored.file_id, record) if isinstance(record, Article) else record
        return prepared if isinstance(prepared, Prepared) else prepared.reason

    def _write(self, connection: Connection, decision: Decision) -> list[Changed]:
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
        return [
            Changed(article, article in texts, was[0], None if self.dry and now[0] in new else now[0], was[1], now[1])
            for article, was in sorted(before.items())
            if (now := after[article]) != was or article in texts
        ]
