"""Exact copies in two stories become one story when the separation that kept them apart is gone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import WINDOW_DAYS, deliver, rows
from tests.integration.mirror import Mirror, stored
from worker.article import Article, BadRecord
from worker.fingerprint.article import Prepared
from worker.operations.audit import contradictions
from worker.operations.erase import erase_article
from worker.pipeline.batch import BatchProcessor
from worker.pipeline.prepare import prepare_article
from worker.reprocess.batch import Prepare
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.stories.corrections import CorrectionContext, not_a_copy, split
from worker.stories.undo import undo_last

MARK = "\n\nCUT\n\n"
Work = Callable[..., None]


def before_mark(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as a version that takes all after the mark for debris."""
    return prepare_article(file_id, replace(article, text=article.text.partition(MARK)[0]))


def after_mark(article_id: int) -> Prepare:
    """Return the cleaning of a version that takes all before the mark of one file for debris."""

    def prepare(file_id: int, article: Article) -> Prepared | BadRecord:
        text = article.text.rpartition(MARK)[2] if file_id == article_id else article.text.partition(MARK)[0]
        return prepare_article(file_id, replace(article, text=text))

    return prepare


@pytest.fixture
def work(settings: Settings, engine: Engine, processor: BatchProcessor) -> Work:
    """Return a function that processes files one after the other."""

    def take(*texts: str) -> None:
        for number, words in enumerate(texts):
            processor.process(deliver(settings, engine, [(f"{number}-{hash(words)}.txt", words)]))

    return take


def reprocess(settings: Settings, engine: Engine, prepare: Prepare) -> None:
    """Reprocess all articles as another version would."""
    ReprocessRun(settings, engine, prepare=prepare, everything=True)(lambda *_: None)


def copies_apart(settings: Settings, engine: Engine, work: Work, after: str) -> tuple[int, int]:
    """Store the words of dispatch 1 in two stories: that of article 3, and that of an article separated from another.

    Return that other article, which is in the story of article 3, and the first one. ``after`` is the text of both in
    the version of `after_mark`.
    """
    work(dispatch(1) + MARK + after, dispatch(1) + MARK + after)
    with engine.begin() as connection:
        split(CorrectionContext(connection, WINDOW_DAYS), 2)
    reprocess(settings, engine, before_mark)
    work(dispatch(1))
    [pair] = (story for story in stories(engine) if len(story) > 1)
    separated, _ = pair
    return separated, 3 - separated


def stories(engine: Engine) -> list[list[int]]:
    """Return the articles of each live story."""
    found = rows(engine, "SELECT array_agg(id ORDER BY id) FROM articles GROUP BY story_id ORDER BY min(id)")
    return [list(row[0]) for row in found]


def check(settings: Settings, engine: Engine) -> None:
    """Check that tables and change feed agree."""
    assert list(contradictions(settings, engine)) == []
    assert Mirror(engine).catch_up() == stored(engine)


def test_new_words_of_the_separated_article(settings: Settings, engine: Engine, work: Work) -> None:
    """It gets other words and a story of its own: article 3, which joined it as a copy, joins the other copy."""
    separated, other = copies_apart(settings, engine, work, dispatch(8))
    reprocess(settings, engine, after_mark(separated))
    assert stories(engine) == sorted([[separated], [other, 3]])
    check(settings, engine)


def test_the_separated_article_is_erased(settings: Settings, engine: Engine, work: Work) -> None:
    """By now it is a near copy of article 3; without it, nothing keeps the exact copies apart."""
    separated, other = copies_apart(settings, engine, work, copy_of(1, 1))
    reprocess(settings, engine, after_mark(separated))
    assert stories(engine) == sorted([[separated, 3], [other]])
    erase_article(settings, engine, separated)
    assert stories(engine) == [[other, 3]]
    check(settings, engine)


def test_the_separated_article_is_split_off(settings: Settings, engine: Engine, work: Work) -> None:
    """By now it is a near copy of article 3; split off, it stays apart from both exact copies, which join."""
    separated, other = copies_apart(settings, engine, work, copy_of(1, 1))
    reprocess(settings, engine, after_mark(separated))
    with engine.begin() as connection:
        story = split(CorrectionContext(connection, WINDOW_DAYS), separated)
    assert stories(engine) == sorted([[separated], [other, 3]])
    assert rows(engine, "SELECT story_id FROM articles WHERE id = :id", id=separated)[0].story_id == story
    check(settings, engine)


def test_the_separation_is_withdrawn(settings: Settings, engine: Engine, work: Work) -> None:
    """Two articles were declared no copies before a new version of the cleaner gave them the same words."""
    work(dispatch(1), dispatch(8) + MARK + dispatch(1))
    reprocess(settings, engine, before_mark)
    assert stories(engine) == [[1], [2]]
    with engine.begin() as connection:
        not_a_copy(CorrectionContext(connection, WINDOW_DAYS), 1, 2)
    reprocess(settings, engine, after_mark(2))
    assert stories(engine) == [[1], [2]]
    with engine.begin() as connection:
        assert undo_last(CorrectionContext(connection, WINDOW_DAYS)) == 1
    assert stories(engine) == [[1, 2]]
    check(settings, engine)
