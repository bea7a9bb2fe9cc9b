"""The order of arrival does not decide which articles are one story."""

import random
from contextlib import closing

from tests.integration.delivery import deliver, new_processor, rows
from worker.bench.corpus import texts
from worker.evaluate.run import empty_database
from worker.settings import Settings

#: Generated articles; two of five are copies of another: the same, cut, longer, scraped, hyphenated or rewritten.
ARTICLES = 400
BATCH = 50


def together(settings: Settings, order: list[int], corpus: list[str]) -> dict[int, frozenset[int]]:
    """Process the articles in this order in an empty database; return for each the articles of its story."""
    with empty_database(settings) as (own, engine), closing(new_processor(own)) as processor:
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            processor.process(deliver(own, engine, [(f"{number}.txt", corpus[number]) for number in batch]))
        stories: dict[int, set[int]] = {}
        for path, story in rows(engine, "SELECT f.path, a.story_id FROM articles a JOIN files f ON f.id = a.file_id"):
            number = int(bytes(path).decode().removeprefix("inbox/").removesuffix(".txt"))
            stories.setdefault(story, set()).add(number)
    return {number: frozenset(members) for members in stories.values() for number in members}


def test_arrival_in_another_order_changes_next_to_nothing(settings: Settings) -> None:
    """In a random order at most one article of a hundred has other neighbours in its story."""
    corpus = list(texts(ARTICLES, seed=11))
    order = list(range(ARTICLES))
    first = together(settings, order, corpus)
    assert len(first) == ARTICLES
    assert ARTICLES // 2 < len(set(first.values())) < ARTICLES * 4 // 5  # there are stories of several articles
    for seed in (1, 2):
        random.Random(seed).shuffle(order)
        shuffled = together(settings, order, corpus)
        changed = [number for number in range(ARTICLES) if first[number] != shuffled[number]]
        assert len(changed) <= ARTICLES // 100, changed
