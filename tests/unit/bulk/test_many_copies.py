"""A story with more texts than a key may have stories is one story, as in the service."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.dispatches import dispatch
from worker.article import Article
from worker.bulk import groups, join
from worker.bulk.cluster import Component, cluster
from worker.bulk.engine import database
from worker.bulk.folder import WorkFolder, write_table
from worker.bulk.read import prepare
from worker.bulk.source import SourcePart
from worker.bulk.texts import READ, TextStore, write_places
from worker.bulk.verdicts import KeyCounts, judge_block
from worker.match.judgement import BALANCED, JUDGEMENTS
from worker.settings import Settings, load
from worker.window import Window

_PART = SourcePart(0, "news.jsonl")


def stories_of(settings: Settings, path: Path, texts: list[str]) -> tuple[list[int], list[int]]:
    """Return the stories of texts, by bulk's stages, and by the service's clusterer given all of them together."""
    folder = WorkFolder(path)
    folder.missing(READ, 1)
    articles = ((_PART, Article(text=text, position=n)) for n, text in enumerate(texts))
    table, refused = prepare(articles, 0)
    assert not refused
    write_table(folder.file(READ, 0), table)
    judgement = JUDGEMENTS[settings.judgement]
    with database(path / "bulk.duckdb", path / READ) as connection:
        join.build(connection, settings.window_days, timed=False)
        write_places(folder, join.places(connection))
        store = TextStore(folder)
        [block], _ = join.blocks(connection)
        candidates, counts = join.candidates(connection, block)
        edges = judge_block(store, candidates, KeyCounts.of(counts), Window(settings.window_days), judgement)
        formed = groups.group(len(texts), join.same(connection), edges, judgement)
        [outside] = join.story_counts(connection, formed.table(), len(formed.units))
        components = groups.members(formed, np.ones(len(texts) + 1, dtype=bool))
    placed = {n: n for n in range(1, len(texts) + 1)}
    for component in components.values():
        placed |= placements(store, component, KeyCounts.of(outside), settings)
    everything = Component(range(1, len(texts) + 1), [0] * len(texts))
    whole = placements(store, everything, KeyCounts(), settings)
    return list(placed.values()), [whole[n] for n in sorted(whole)]


def placements(store: TextStore, component: Component, counts: KeyCounts, settings: Settings) -> dict[int, int]:
    """Return the story of each article of a component."""
    return {row["article_id"]: row["story_id"] for row in cluster(store, component, counts, settings)}


def near_copy(text: str, number: int, share: float) -> str:
    """Return a text in which a share of the words is replaced by others, in an order that ``number`` decides."""
    chosen = random.Random(number)
    words = text.split()
    for place in chosen.sample(range(len(words)), int(len(words) * share)):
        words[place] = chosen.choice(words)
    return " ".join(words)


@pytest.mark.parametrize("changed", [0.1, pytest.param(0.2, marks=pytest.mark.slow)])
def test_a_hundred_and_fifty_near_copies_are_one_story(tmp_path: Path, changed: float) -> None:
    """The stories of 150 near copies of one dispatch and of 20 other ones are those of the service's clusterer."""
    settings = load()
    texts = [near_copy(dispatch(0), n, changed) for n in range(150)]
    for n in range(20):
        texts.insert(7 * n, near_copy(dispatch(n % 10 + 1), n, 0.1))
    bulk, service = stories_of(settings, tmp_path, texts)
    assert max(Counter(service).values()) >= 150
    assert bulk == service


def test_near_copies_with_one_posting_count_as_if_each_had_one(tmp_path: Path) -> None:
    """A text is judged alike whether its near copies were counted once or one by one: no count is below zero."""
    folder, count = WorkFolder(tmp_path), 12
    folder.missing(READ, 1)
    articles = ((_PART, Article(text=near_copy(dispatch(7), n, 0.1), position=n)) for n in range(count))
    table, _ = prepare(articles, 0)
    write_table(folder.file(READ, 0), table)
    with database(tmp_path / "bulk.duckdb", tmp_path / READ) as connection:
        join.build(connection, 30, timed=False)
        write_places(folder, join.places(connection))
        [block], _ = join.blocks(connection)
        candidates, counts = join.candidates(connection, block)
    once = counts.set_column(2, "others", pa.array([1] * len(counts), pa.int32()))
    edges, edges_of_one = (
        judge_block(TextStore(folder), candidates, KeyCounts.of(number), Window(30), BALANCED)
        for number in (counts, once)
    )
    assert len(edges) > 3 * count
    assert edges_of_one.column("similarity") == edges.column("similarity")
