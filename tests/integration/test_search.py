"""Search in a real Postgres: words of all copies in many languages, phrases, errors of typing, the order of results."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.integration.newsroom import NOON, Newsroom
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import StoryFilter
from worker.store.read.story_search import SearchResults, search_stories

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
BAKERS = "Bakers in Lindow will open an hour later from May, because flour now comes by the slow morning train."


def look(newsroom: Newsroom, typed: str, filters: StoryFilter | None = None, limit: int = 50) -> SearchResults:
    """Search in a snapshot, as the pages do."""
    with snapshot(newsroom.engine) as connection:
        return search_stories(connection, typed, filters or StoryFilter(), limit=limit)


def found(newsroom: Newsroom, typed: str) -> list[int]:
    """Return the ids of the stories that a search finds, in their order."""
    return [row.id for row in look(newsroom, typed).rows]


def marked(results: SearchResults) -> list[Sequence[str]]:
    """Return the marked words of each result."""
    return [[run.text for run in row.fragment if run.found] for row in results.rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("harbour", [1]),
        ("HARBOUR ostrel", [1]),
        ('"eastern pier"', [1]),
        ('"pier eastern"', []),
        ('"eastern pier', [1]),
        ("flour or crane", [2, 1]),
        ("monday -crane", []),
        ('monday -"pier eastern"', [1]),
        ("headline", [2]),
        ("'; drop table stories; --", []),
        ("\udcff harbour", [1]),
        ("港口", [3]),
        ("港口 火车", []),
        ("headlines", [2]),
        ("office-said", [1]),
    ],
)
def test_a_search_reads_headline_and_text(newsroom: Newsroom, query: str, expected: list[int]) -> None:
    """A search matches words, phrases, alternatives and exclusions, also without spaces."""
    newsroom.article(HARBOUR)
    newsroom.article(BAKERS, title="A headline on bread", seen=NOON + timedelta(days=9))
    newsroom.article("奥斯特雷尔港口周一关闭，此前一台起重机倒在东码头上。", language="zh")
    newsroom.index()
    assert found(newsroom, query) == expected
