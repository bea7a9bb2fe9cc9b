"""Stories that are one dispatch in two languages are linked behind the placement, and never merged."""

import json
import threading
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine

from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, rows, run, scalar
from tests.integration.linking import Place, context, feed, links, look, placing, version
from tests.summit import SUMMIT
from tests.translated import OTHER_REPORT, dispatch_texts
from worker.article import ChangeKind
from worker.errors import CopydeskError
from worker.operations.audit import contradictions
from worker.queue.sweeper import run as run_scheduler
from worker.queue.translating import Translator
from worker.settings import Settings
from worker.store import translations
from worker.store.read.export import STORIES
from worker.store.read.export import rows as exported
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import story, story_rows
from worker.store.read.story_filter import StoryFilter
from worker.stories.corrections import merge
from worker.stories.not_a_translation import not_a_translation
from worker.stories.translations import link
from worker.stories.undo import undo, undo_last

LANGUAGES = ("en", "es", "de", "bn")


@pytest.fixture
def place(settings: Settings, engine: Engine) -> Place:
    """Return a function that delivers texts and places them."""
    return placing(settings, engine)


@pytest.fixture
def linked(engine: Engine, place: Place) -> Engine:
    """Return the engine of an archive with a dispatch in English and Spanish, stories 1 and 2, which are linked."""
    place([version("en"), version("es")])
    assert look(engine) == 2
    assert links(engine) == {(2, 1)}
    return engine


def test_a_dispatch_in_four_languages_is_four_linked_stories(engine: Engine, place: Place) -> None:
    """Each pair of languages is linked with a reason and reported in the change feed; nothing is merged."""
    place(version(language) for language in LANGUAGES)
    assert look(engine) == len(LANGUAGES)
    assert links(engine) == {(2, 1), (3, 1), (3, 2), (4, 1), (4, 2), (4, 3)}
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NULL") == len(LANGUAGES)
    assert sorted(feed(engine)) == sorted((ChangeKind.TRANSLATION, *pair) for pair in links(engine))
    [reason] = rows(engine, "SELECT reason FROM translations WHERE story_id = 2")[0]
    assert "numbers" in reason
    assert "in the same order in both texts" in reason
    assert look(engine) == 0


def test_a_summit_in_english_spanish_and_bengali_is_linked_and_not_merged(engine: Engine, place: Place) -> None:
    """A dispatch like the real files is three linked stories, of which the English one is the likely source."""
    place(SUMMIT)
    assert look(engine) == len(SUMMIT)
    assert links(engine) == {(2, 1), (3, 1), (3, 2)}
    assert rows(engine, "SELECT id, merged_into FROM stories ORDER BY id") == [(1, None), (2, None), (3, None)]
    with engine.connect() as connection:
        shown = story(connection, 3)
    assert shown
    assert [other.language for other in shown.translations] == ["en", "es"]
    assert shown.likely_source
    assert (shown.likely_source.story_id, shown.likely_source.reason) == (1, "It came first.")


def test_other_reports_of_the_event_are_not_linked(engine: Engine, place: Place) -> None:
    """Reports of the same events by other writers, in other languages, are linked with no version of the dispatch."""
    dispatches = ("d01", "d02")
    texts = [t for t in dispatch_texts() if t.dispatch in dispatches and (t.role == OTHER_REPORT or t.language == "en")]
    place(texts)
    assert look(engine) > len(dispatches)
    found = rows(
        engine,
        "SELECT a.external_id, b.external_id FROM translations t"
        " JOIN articles a ON a.story_id = t.story_id JOIN articles b ON b.story_id = t.other_id",
    )
    assert not [pair for pair in found if any("original" in name for name in pair)]


def test_stories_of_one_language_are_never_linked(engine: Engine, place: Place) -> None:
    """The same text under two stories of one language is no translation, however much is the same."""
    place([version("es")])
    place([version("es", "d02")])
    assert look(engine) == 2
    assert links(engine) == set()


def test_a_later_language_is_linked_after_a_restart(engine: Engine, place: Place) -> None:
    """What earlier texts are compared by is read from the table, so a new scheduler links a later text with them."""
    place([version("en")])
    look(engine)
    place([version("ru")])
    assert look(engine) == 1
    assert links(engine) == {(2, 1)}


def test_a_text_of_another_week_is_not_linked(engine: Engine, place: Place) -> None:
    """Only texts within three days of each other are compared."""
    place([version("en")])
    run(engine, "UPDATE articles SET seen_at = seen_at - interval '4 days'")
    look(engine)
    place([version("es")])
    assert look(engine) == 1
    assert links(engine) == set()


def test_the_scheduler_links_translations(settings: Settings, engine: Engine, place: Place) -> None:
    """A running scheduler links what has arrived, and wakes the readers of the change feed."""
    place([version("en"), version("es")])
    stopping = threading.Event()
    quick = settings.model_copy(update={"sweep_seconds": 0.1})
    with psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True) as waiting:
        waiting.execute("LISTEN copydesk_changes")
        scheduler = threading.Thread(target=run_scheduler, args=(quick, engine, stopping))
        scheduler.start()
        try:
            assert list(waiting.notifies(timeout=60, stop_after=1))
        finally:
            stopping.set()
            scheduler.join()
    assert links(engine) == {(2, 1)}


def test_what_a_person_refused_stays_refused(linked: Engine) -> None:
    """A refused link is not shown and not made again; the feed says so, and an undo brings it back."""
    with linked.begin() as connection:
        assert not_a_translation(context(connection), 1, 2) == 1
    with linked.begin() as connection:
        link(connection, [translations.TranslatedArticles(1, 2, 1.0, "Everything is the same.")])
    assert links(linked) == set()
    with linked.connect() as connection:
        shown = story(connection, 1)
        assert shown
        assert (shown.translations, shown.likely_source) == ([], None)
    with linked.begin() as connection, pytest.raises(CopydeskError, match="not linked as translations"):
        not_a_translation(context(connection), 1, 2)
    with linked.begin() as connection:
        assert undo_last(context(connection)) == 1
    assert links(linked) == {(2, 1)}
    removed, linked_again = ChangeKind.TRANSLATION_REMOVED, ChangeKind.TRANSLATION
    assert feed(linked) == [(linked_again, 2, 1), (removed, 2, 1), (linked_again, 2, 1)]


def test_links_and_refusals_move_with_a_merge(settings: Settings, linked: Engine, place: Place) -> None:
    """A merge moves links to the story that is kept; a refusal wins over a link, and no link is left within a story."""
    place([version("en", "d02"), version("de")])
    look(linked)
    assert links(linked) == {(2, 1), (4, 1), (4, 2)}
    with linked.begin() as connection:
        not_a_translation(context(connection), 4, 1)
        merge(context(connection), 2, 1)
    assert links(linked) == set()
    with linked.begin() as connection:
        merge(context(connection), 4, 3)
    assert list(contradictions(settings, linked)) == []
    assert rows(linked, "SELECT story_id, other_id, same FROM translations") == [(3, 1, 0)]


def test_an_undo_after_a_merge_says_why_it_is_refused(linked: Engine) -> None:
    """A refusal between stories that are now one can't be undone."""
    with linked.begin() as connection:
        not_a_translation(context(connection), 1, 2)
        merge(context(connection), 1, 2)
    with linked.begin() as connection, pytest.raises(CopydeskError, match="can't be undone any more"):
        undo(context(connection), 1)


def test_an_erased_text_is_not_compared(linked: Engine) -> None:
    """What a text was compared by goes with its article."""
    run(linked, "DELETE FROM articles WHERE id = 1")
    assert rows(linked, "SELECT story_id FROM translation_texts") == [(2,)]


def test_stories_are_filtered_by_languages(linked: Engine, place: Place) -> None:
    """A list of dispatches in at least three languages has the stories that are linked with two others."""
    place([version("de"), version("en", "d02")])
    with linked.connect() as connection:
        assert story_rows(connection, StoryFilter(languages=3)) == []
    look(linked)
    with linked.connect() as connection:
        assert {row.id for row in story_rows(connection, StoryFilter(languages=3))} == {1, 2, 3}


def test_the_export_has_the_other_languages(linked: Engine) -> None:
    """A story's translations are ids in its row of the export."""
    with snapshot(linked) as connection:
        found = {row["story_id"]: row["translation_story_ids"] for row in exported(connection, STORIES)}
    assert found == {1: [2], 2: [1]}


def test_the_commands_show_translations(linked: Engine, copydesk: Callable[..., Ran]) -> None:
    """`translations` lists the pairs, `story` the other languages and the likely source, and a refusal ends both."""
    [pair] = json.loads(copydesk("translations", "--json").out)
    assert (pair["story_id"], pair["other_story_id"], pair["language"], pair["other_language"]) == (2, 1, "es", "en")
    shown = copydesk("story", "1").out
    assert "In other languages" in shown
    assert "Likely written first in the language en (this story)." in " ".join(shown.split())
    assert copydesk("not-a-translation", "2", "1", "--note", "another day").code == 0
    assert json.loads(copydesk("translations", "--json").out) == []
    assert "not one dispatch in two languages" in copydesk("corrections").out
    assert "no longer linked" in copydesk("changes").out


def test_a_failed_transaction_is_made_again(engine: Engine, place: Place) -> None:
    """If the links can't be written, nothing is stored, and the next run compares the same stories."""
    place([version("en"), version("es")])
    run(engine, "ALTER TABLE translations ADD CONSTRAINT none CHECK (similarity > 2)")
    translator = Translator(engine)
    assert translator.run(60, threading.Event()) == 0
    run(engine, "ALTER TABLE translations DROP CONSTRAINT none")
    assert translator.run(60, threading.Event()) == 2
    assert links(engine) == {(2, 1)}


class _Waits(threading.Event):
    """Remembers for how long it was waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Remember the time."""
        self.seconds.append(timeout or 0)
        return super().wait(0.01)


def test_a_pause_does_not_delay_the_next_sweep(settings: Settings, engine: Engine, place: Place) -> None:
    """While files wait, the pause after a batch may end after the next sweep, which is not delayed by it."""
    place([version("en"), version("es")])
    look(engine)  # with the names of both languages loaded, a batch takes less time
    place([version("de"), version("fr")])
    deliver(settings, engine, [("waiting.txt", "A file that no worker takes.")])
    translator, stopping = Translator(engine), _Waits()
    assert translator.run(0.2, stopping) == 2
    assert translator.run(0, stopping) == 0
    assert max(stopping.seconds, default=0) <= 0.2
