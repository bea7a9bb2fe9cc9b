"""A mirror kept from the change feed alone equals the store after every step of random work by many hands."""

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import WINDOW_DAYS, deliver, new_processor, rows
from tests.integration.mirror import Mirror, stored
from worker.article import Article, BadRecord
from worker.errors import CopydeskError
from worker.fingerprint.article import Prepared
from worker.operations.audit import contradictions
from worker.operations.erase import erase_article
from worker.operations.prune import prune
from worker.pipeline.batch import BatchProcessor
from worker.pipeline.prepare import prepare_article
from worker.reprocess.batch import Prepare
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.store.prune import PruneRule
from worker.store.translations import TranslatedArticles
from worker.stories import corrections
from worker.stories.corrections import CorrectionContext
from worker.stories.not_a_translation import not_a_translation
from worker.stories.translations import link
from worker.stories.undo import undo

#: `make mirror` takes 10,000 steps, with a seed of its own.
STEPS = int(os.environ.get("MIRROR_STEPS", "200"))
SEED = int(os.environ.get("MIRROR_SEED", "20"))
#: Between the two texts of a file that a later version takes apart.
MARK = "\n\nCUT\n\n"


def _first(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as a version that takes all after a mark for debris."""
    return prepare_article(file_id, replace(article, text=article.text.partition(MARK)[0]))


def _second(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as a version that takes all before a mark for debris."""
    return prepare_article(file_id, replace(article, text=article.text.rpartition(MARK)[2]))


class Hands:
    """Everybody who works on an archive: two workers, editors and operators, all at random."""

    def __init__(self, settings: Settings, engine: Engine, workers: tuple[BatchProcessor, BatchProcessor]) -> None:
        self.settings, self.engine, self.workers = settings, engine, workers
        self.random = random.Random(SEED)
        self.files = 0
        self.done: dict[str, int] = {}
        self.steps: list[Callable[[], None]] = [
            *[self.ingest] * 8,
            *[self.split] * 2,
            *[self.merge] * 2,
            *[self.pin] * 2,
            *[self.link] * 2,
            self.refuse,
            self.unpin,
            self.separate,
            self.undo,
            self.reprocess,
            self.prune,
            self.erase,
        ]

    def step(self) -> str:
        """Do something, and return what it was."""
        work = self.random.choice(self.steps)
        try:
            work()
        except CopydeskError:  # it can't be done to what was chosen
            return work.__name__
        self.done[work.__name__] = self.done.get(work.__name__, 0) + 1
        return work.__name__

    def _text(self) -> str:
        number = self.random.randrange(max(4, self.files // 8))
        text = copy_of(number, self.random.randrange(6))
        if self.random.random() < 0.2:
            return text + MARK + copy_of(self.random.randrange(max(4, self.files // 8)), self.random.randrange(6))
        if self.random.random() < 0.1:
            return text.upper()
        return text + dispatch(number + 10_000, 20) if self.random.random() < 0.1 else text

    def ingest(self) -> None:
        """Let two workers process files at the same time."""
        threads = []
        for worker in self.workers:
            texts = [self._text() for _ in range(self.random.randint(1, 4))]
            ids = deliver(self.settings, self.engine, [(f"{self.files + n}.txt", t) for n, t in enumerate(texts)])
            self.files += len(texts)
            threads.append(threading.Thread(target=worker.process, args=[ids]))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _articles(self, count: int) -> list[int]:
        ids = [row.id for row in rows(self.engine, "SELECT id FROM articles ORDER BY id")]
        if len(ids) < count:
            raise CopydeskError("There are too few articles.")
        return self.random.sample(ids, count)

    def _correct(self, work: Callable[[CorrectionContext], object]) -> None:
        with self.engine.begin() as connection:
            work(CorrectionContext(connection, WINDOW_DAYS))

    def split(self) -> None:
        """Split an article off a story of several."""
        shared = "SELECT id FROM articles WHERE story_id IN (SELECT id FROM stories WHERE articles > 1) ORDER BY id"
        ids = [row.id for row in rows(self.engine, shared)]
        if ids:
            article = self.random.choice(ids)
            self._correct(lambda context: corrections.split(context, article))

    def separate(self) -> None:
        """Declare an article no copy of another one, of its story if there is one."""
        [article] = self._articles(1)
        others = rows(
            self.engine,
            "SELECT b.id FROM articles a JOIN articles b ON b.story_id = a.story_id AND b.id <> a.id WHERE a.id = :id",
            id=article,
        )
        other = self.random.choice(others).id if others else self._articles(1)[0]
        self._correct(lambda context: corrections.not_a_copy(context, article, other))

    def merge(self) -> None:
        """Merge the stories of two articles."""
        first, second = (self._story(article) for article in self._articles(2))
        self._correct(lambda context: corrections.merge(context, first, second))

    def _story(self, article: int) -> int:
        return int(rows(self.engine, "SELECT story_id FROM articles WHERE id = :id", id=article)[0].story_id)

    def pin(self) -> None:
        """Pin an article."""
        [article] = self._articles(1)
        self._correct(lambda context: corrections.pin(context, article))

    def unpin(self) -> None:
        """Remove a pin."""
        pinned = [row.id for row in rows(self.engine, "SELECT id FROM articles WHERE pinned_at IS NOT NULL ORDER BY 1")]
        if pinned:
            article = self.random.choice(pinned)
            self._correct(lambda context: corrections.unpin(context, article))

    def link(self) -> None:
        """Link the stories of some articles, as the scheduler does with translations."""
        pairs = [self._articles(2) for _ in range(6)]
        found = [TranslatedArticles(a, b, self.random.uniform(0.8, 1), "They are alike.") for a, b in pairs]
        with self.engine.begin() as connection:
            link(connection, found)

    def refuse(self) -> None:
        """Declare two linked stories no translations."""
        linked = rows(self.engine, "SELECT story_id, other_id FROM translations WHERE same = 1 ORDER BY 1, 2")
        if linked:
            story, other = self.random.choice(linked)
            self._correct(lambda context: not_a_translation(context, story, other))

    def undo(self) -> None:
        """Undo one of the last corrections."""
        ids = [row.id for row in rows(self.engine, "SELECT id FROM correction_log ORDER BY id DESC LIMIT 4")]
        if ids:
            correction = self.random.choice(ids)
            self._correct(lambda context: undo(context, correction))

    def reprocess(self) -> None:
        """Reprocess the newest articles as another version would, one time in ten from any article on."""
        prepare: Prepare = self.random.choice([_first, _second, prepare_article])
        [first] = self._articles(1)
        if self.random.random() < 0.9:  # or 10,000 steps would mostly do this
            [last] = rows(self.engine, "SELECT max(id) AS id FROM articles")
            first = max(first, last.id - 300)
        ReprocessRun(self.settings, self.engine, prepare=prepare, everything=True)(lambda *_: None, max(first - 20, 0))

    def prune(self) -> None:
        """Remove the bytes of the older half, so that reprocessing keeps these articles."""
        [middle] = rows(self.engine, "SELECT percentile_disc(.5) WITHIN GROUP (ORDER BY finished_at) FROM files")
        rule = PruneRule(middle[0] or datetime.now(UTC), ("done", "quarantined"))
        prune(self.settings, self.engine, rule, lambda *_: None)

    def erase(self) -> None:
        """Erase an article with its exact copies."""
        [article] = self._articles(1)
        erase_article(self.settings, self.engine, article)


@pytest.fixture
def hands(settings: Settings, engine: Engine) -> Iterator[Hands]:
    """Yield everybody, on an empty archive."""
    with closing(new_processor(settings)) as first, closing(new_processor(settings)) as second:
        yield Hands(settings, engine, (first, second))


@pytest.mark.slow
def test_a_mirror_equals_the_store_after_every_step(hands: Hands) -> None:
    """Members, canonical articles and links agree, for a reader of each step, a late one and one that starts again."""
    steady, late = Mirror(hands.engine), Mirror(hands.engine)
    for number in range(STEPS):
        what = hands.step()
        assert steady.catch_up() == stored(hands.engine), f"step {number}: {what}"
        if number % 50 == 49:
            assert late.catch_up() == steady.stories
            assert list(contradictions(hands.settings, hands.engine)) == [], f"step {number}: {what}, seed {SEED}"
    assert Mirror(hands.engine).catch_up() == steady.stories
    assert hands.done.keys() == {step.__name__ for step in hands.steps}
