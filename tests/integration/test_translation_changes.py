"""Links between translations stay with their texts when stories change, and every change of a link is in the feed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import deliver, new_processor, rows
from tests.integration.linking import Place, context, feed, links, look, placing, version
from worker.article import Article, BadRecord, ChangeKind
from worker.fingerprint.article import Prepared
from worker.operations.audit import contradictions
from worker.operations.erase import erase_article
from worker.pipeline.prepare import prepare_article
from worker.queue.translating import Translator
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.store.translations import TranslatedArticles
from worker.stories import corrections
from worker.stories.not_a_translation import not_a_translation
from worker.stories.translations import link
from worker.stories.undo import undo, undo_last

LINKED, REMOVED = ChangeKind.TRANSLATION, ChangeKind.TRANSLATION_REMOVED
#: Between the two texts of a file of which a later version keeps the second.
MARK = "\n\nCUT\n\n"

Look = Callable[[Engine], int]


@pytest.fixture
def place(settings: Settings, engine: Engine) -> Place:
    """Return a function that delivers texts and places them."""
    return placing(settings, engine)


@pytest.fixture(params=["one scheduler", "a new scheduler each time"])
def look_again(request: pytest.FixtureRequest, engine: Engine) -> Look:
    """Return what compares what is next: a scheduler that goes on, or one that has just taken over."""
    translator = Translator(engine)
    return look if request.param != "one scheduler" else lambda _engine: translator.run(60, threading.Event())


@pytest.fixture
def merged(settings: Settings, engine: Engine, place: Place) -> Iterator[Engine]:
    """Yield an archive where story 1 has the English texts of two dispatches, and story 3 the second one in Spanish.

    Article 1 is the first dispatch, article 2 the second, article 3 its translation.
    """
    place([version("en"), version("en", "d02"), version("es", "d02")])
    look(engine)
    assert links(engine) == {(3, 2)}
    with engine.begin() as connection:
        corrections.merge(context(connection), 1, 2)
    yield engine
    assert list(contradictions(settings, engine)) == []


def test_a_merge_reports_the_links_that_it_moves(merged: Engine) -> None:
    """The link with the merged story ends, and that with the story that is kept begins."""
    assert links(merged) == {(3, 1)}
    assert feed(merged) == [(LINKED, 3, 2), (REMOVED, 3, 2), (LINKED, 3, 1)]


def test_an_undone_merge_gives_the_links_back(merged: Engine) -> None:
    """The articles that leave take the links of their texts along, and the others of the story keep none of them."""
    with merged.begin() as connection:
        new = undo_last(context(connection))
    assert links(merged) == {(new, 3)}
    assert feed(merged)[-2:] == [(REMOVED, 3, 1), (LINKED, new, 3)]
    look(merged)
    assert links(merged) == {(new, 3)}


@pytest.mark.parametrize(("article", "expected"), [(1, {(3, 1)}), (2, {(4, 3)})])
def test_a_link_stays_with_its_text(merged: Engine, article: int, expected: set[tuple[int, int]]) -> None:
    """A split moves the links of the text that leaves, and no others, at once and also when all are compared again."""
    with merged.begin() as connection:
        corrections.split(context(connection), article)
    assert links(merged) == expected
    look(merged)
    assert links(merged) == expected


def test_a_refusal_holds_for_a_text_that_is_split_off(merged: Engine) -> None:
    """What a person refused for a story is refused for the text that leaves it too, until the refusal is undone."""
    with merged.begin() as connection:
        not_a_translation(context(connection), 1, 3)
        refused = context(connection)
        corrections.split(refused, 2)
    with merged.begin() as connection:
        link(connection, [TranslatedArticles(2, 3, 1.0, "Everything."), TranslatedArticles(1, 3, 1.0, "Everything.")])
    look(merged)
    assert links(merged) == set()
    [correction] = [row.id for row in rows(merged, "SELECT id FROM correction_log WHERE kind = 'not-a-translation'")]
    with merged.begin() as connection:
        undo(context(connection), correction)
    assert links(merged) == {(4, 3)}
    assert feed(merged)[-1] == (LINKED, 4, 3)


def test_links_go_with_an_erased_text(settings: Settings, merged: Engine) -> None:
    """If the text that a link is about is erased, the link ends; so do those of a story that is gone."""
    erase_article(settings, merged, 2)
    assert links(merged) == set()
    assert feed(merged)[-1] == (REMOVED, 3, 1)


def test_links_of_a_story_that_is_gone_are_reported(settings: Settings, merged: Engine) -> None:
    """A story whose last article is erased is linked with nothing, and the feed says so."""
    erase_article(settings, merged, 3)
    assert links(merged) == set()
    assert feed(merged)[-1] == (REMOVED, 3, 1)


def test_a_story_is_compared_again_when_its_canonical_text_changes(
    engine: Engine, place: Place, look_again: Look
) -> None:
    """Another canonical text finds the translations that the one before could not."""
    place([version("en"), version("es", "d02")])
    look_again(engine)
    assert links(engine) == set()
    place([version("en", "d02")])
    with engine.begin() as connection:
        corrections.merge(context(connection), 1, 3)
        corrections.pin(context(connection), 1)
    look_again(engine)
    assert links(engine) == set()
    with engine.begin() as connection:
        corrections.pin(context(connection), 3)
    assert look_again(engine) == 1
    assert links(engine) == {(2, 1)}
    assert look_again(engine) == 0


def test_a_later_text_finds_the_changed_one(engine: Engine, place: Place, look_again: Look) -> None:
    """A translation that comes after the change is compared with the canonical text of then."""
    place([version("en")])
    look_again(engine)
    place([version("en", "d02")])
    with engine.begin() as connection:
        corrections.merge(context(connection), 1, 2)
        corrections.pin(context(connection), 2)
    look_again(engine)
    place([version("es", "d02")])
    look_again(engine)
    assert links(engine) == {(3, 1)}


def test_a_reprocessed_text_is_compared_again(
    settings: Settings, engine: Engine, place: Place, look_again: Look
) -> None:
    """Where cleaning makes another text of the same bytes, the story is compared again."""
    place([version("es", "d02")])
    first = " ".join(version("en", dispatch).text for dispatch in ("d03", "d05", "d07", "d09"))
    text = first + MARK + version("en", "d02").text
    line = {"id": "two", "text": text, "language": "en", "published_at": version("en", "d02").date}
    with closing(new_processor(settings)) as processor:
        assert processor.process(deliver(settings, engine, [("two.jsonl", json.dumps(line))])) == []
    look_again(engine)
    assert links(engine) == set()

    def second(file_id: int, article: Article) -> Prepared | BadRecord:
        return prepare_article(file_id, replace(article, text=article.text.rpartition(MARK)[2]))

    ReprocessRun(settings, engine, prepare=second, everything=True)(lambda *_: None)
    look_again(engine)
    assert links(engine) == {(2, 1)}
