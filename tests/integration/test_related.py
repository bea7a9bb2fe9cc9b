"""Related stories are linked while articles are placed, and the links follow merges, splits and reprocessing."""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import WINDOW_DAYS, deliver, new_processor, rows, run
from tests.integration.newsroom import Newsroom
from tests.unit.match.related_reports import FERRY, FERRY_OTHER, OTHER_FERRY, UNRELATED
from worker.operations.audit import contradictions
from worker.reprocess.batch import PRESENT
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.store import related
from worker.store.read.related import MOST_RELATED, related_stories
from worker.store.related import RelatedArticles
from worker.stories.corrections import CorrectionContext, merge, split

Work = Callable[..., None]
#: A copy of the first report: another headline above it, and a sentence less.
FERRY_COPY = FERRY.replace("Divers will look for holes in the hull once the wind drops, said", "This was said by")


@pytest.fixture
def work(settings: Settings, engine: Engine) -> Work:
    """Return a function that places texts, each argument a batch: a text or several."""

    def place(*batches: str | tuple[str, ...]) -> None:
        with closing(new_processor(settings)) as processor:
            for batch in batches:
                texts = (batch,) if isinstance(batch, str) else batch
                files = [(f"{abs(hash(words))}.txt", words) for words in texts]
                assert processor.process(deliver(settings, engine, files)) == []

    return place


def links(engine: Engine) -> list[tuple[int, int]]:
    """Return the linked stories, the later of two first."""
    return [tuple(row) for row in rows(engine, "SELECT story_id, other_id FROM related_stories ORDER BY 1, 2")]


def seen_from(engine: Engine, story: int) -> list[int]:
    """Return the related stories that a reader of a story sees."""
    with engine.connect() as connection:
        return [row.story_id for row in related_stories(connection, story)]


@pytest.fixture
def connect(newsroom: Newsroom) -> Callable[..., None]:
    """Return a function that links two articles' stories."""

    def link(article: int, other: int, similarity: float = 0.9, kind: str = "event") -> None:
        with newsroom.engine.begin() as connection:
            related.insert(connection, [RelatedArticles(article, other, kind, similarity, "Both say so.")])

    return link


@pytest.mark.parametrize("batches", [(FERRY, FERRY_OTHER), ((FERRY, FERRY_OTHER),)])
def test_two_independent_reports_are_two_linked_stories(
    settings: Settings, engine: Engine, work: Work, batches: tuple[Any, ...]
) -> None:
    """In one batch or two, reports of one event are linked, and either story shows the other; others are not linked."""
    work(*batches, OTHER_FERRY, UNRELATED)
    assert links(engine) == [(2, 1)]
    assert (seen_from(engine, 1), seen_from(engine, 2), seen_from(engine, 3)) == ([2], [1], [])
    [row] = rows(engine, "SELECT kind, similarity, reason FROM related_stories")
    assert row.kind == "event"
    assert 0.8 <= row.similarity <= 1
    assert row.reason.startswith("A similar report: ")
    assert list(contradictions(settings, engine)) == []


def test_copies_are_not_linked(engine: Engine, work: Work) -> None:
    """A copy joins its story: nothing is linked, and the story of the other report is linked once."""
    work(FERRY, FERRY_COPY)
    assert links(engine) == []
    work(FERRY_OTHER, f"{FERRY_COPY} More soon.")
    assert links(engine) == [(2, 1)]


def test_a_merge_moves_links(settings: Settings, newsroom: Newsroom, connect: Callable[..., None]) -> None:
    """The kept story gets the links of the other one; of two links the stronger stays, and one to itself goes."""
    for words in (FERRY, FERRY_OTHER, OTHER_FERRY, UNRELATED):
        newsroom.article(words)
    connect(2, 1)
    connect(4, 2, 0.85)
    connect(4, 1, 0.95)
    connect(3, 2)
    newsroom.merge(2, into=1)
    assert links(newsroom.engine) == [(3, 1), (4, 1)]
    [(similarity,)] = rows(newsroom.engine, "SELECT similarity FROM related_stories WHERE story_id = 4")
    assert similarity == pytest.approx(0.95)
    assert seen_from(newsroom.engine, 1) == [4, 3]


def test_a_merge_by_a_person_leaves_no_link_to_itself(settings: Settings, engine: Engine, work: Work) -> None:
    """Stories that a person merges are no longer related, but one story; a split relates them again."""
    work(FERRY, FERRY_OTHER)
    with engine.begin() as connection:
        assert merge(CorrectionContext(connection, WINDOW_DAYS), 1, 2) == 1
    assert links(engine) == []
    with engine.begin() as connection:
        assert split(CorrectionContext(connection, WINDOW_DAYS), 2) == 3
    assert links(engine) == [(3, 1)]
    assert list(contradictions(settings, engine)) == []


def test_the_strongest_links_are_kept(newsroom: Newsroom, connect: Callable[..., None]) -> None:
    """A story keeps its ten strongest links to earlier stories, those of an event before templates."""
    for number in range(MOST_RELATED + 4):
        newsroom.article(f"{UNRELATED} Report {number}.")
    last = MOST_RELATED + 4
    for other in range(1, last):
        connect(last, other, 0.80 + other / 100, "template" if other == last - 1 else "event")
    kept = [other for story, other in links(newsroom.engine) if story == last]
    assert kept == list(range(last - 1 - MOST_RELATED, last - 1))
    assert seen_from(newsroom.engine, last) == kept[::-1]


def test_a_story_that_many_later_ones_name_shows_the_strongest(
    newsroom: Newsroom, connect: Callable[..., None]
) -> None:
    """Each later story keeps its link, and the earlier one shows ten of them."""
    for number in range(MOST_RELATED + 3):
        newsroom.article(f"{UNRELATED} Report {number}.")
    for story in range(2, MOST_RELATED + 4):
        connect(story, 1, 0.8 + story / 100)
    assert len(links(newsroom.engine)) == MOST_RELATED + 2
    assert seen_from(newsroom.engine, 1) == list(range(MOST_RELATED + 3, 3, -1))


@pytest.mark.parametrize("lost", [False, True])
def test_reprocessing_keeps_links(settings: Settings, engine: Engine, work: Work, lost: bool) -> None:
    """Reprocessing keeps links, and finds them for articles that are judged again: here, because their time changes."""
    work(FERRY, FERRY_OTHER, UNRELATED)
    run(engine, "UPDATE articles SET published_at = now()")
    if lost:
        run(engine, "DELETE FROM related_stories")
    ReprocessRun(settings, engine, versions=PRESENT, everything=True)(lambda *_: None)
    assert links(engine) == [(2, 1)]


def test_a_deleted_story_takes_its_links_along(newsroom: Newsroom, connect: Callable[..., None]) -> None:
    """Links of a story that is deleted are deleted with it."""
    newsroom.article(FERRY)
    newsroom.article(FERRY_OTHER)
    connect(2, 1)
    run(newsroom.engine, "DELETE FROM articles WHERE id = 1")
    run(newsroom.engine, "DELETE FROM stories WHERE id = 1")
    assert links(newsroom.engine) == []


def test_commands_and_exports_show_related_stories(engine: Engine, work: Work, copydesk: Callable[..., Any]) -> None:
    """`story` lists them with their reason, as a table and in JSON; an export of stories has their ids."""
    work(FERRY, FERRY_OTHER, UNRELATED)
    shown = copydesk("story", 1).out
    assert "Other reports of this" in shown
    assert "A similar report: " in shown
    assert "Other reports of this" not in copydesk("story", 3).out
    [other] = json.loads(copydesk("story", 2, "--json").out)["related"]
    assert (other["story_id"], other["kind"], other["articles"], other["sources"]) == (1, "event", 1, 0)
    exported = [json.loads(line) for line in copydesk("export", "stories").out.splitlines()]
    assert [row["related_story_ids"] for row in exported] == [[2], [1], []]
    table = copydesk("export", "stories", "--format", "csv").out.splitlines()
    assert table[0].split(",")[-2:] == ["related_story_ids", "text"]
