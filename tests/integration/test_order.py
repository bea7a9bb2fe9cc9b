"""Neither the order of arrival nor the size of batches decides which articles are one story."""

import random
from contextlib import closing

import pytest

from tests.integration.delivery import deliver, new_processor, rows
from worker.bench.corpus import texts
from worker.evaluate.run import empty_database
from worker.settings import Settings

#: Generated articles; two of five are copies of another: the same, cut, longer, scraped, hyphenated or rewritten.
ARTICLES = 400
_LARGEST_BATCH = 100


def together(settings: Settings, order: list[int], corpus: list[str]) -> dict[int, frozenset[int]]:
    """Process the articles in this order, in batches of any size; return for each the articles of its story."""
    sizes = random.Random(order[0])
    with empty_database(settings) as (own, engine), closing(new_processor(own)) as processor:
        waiting = list(order)
        while waiting:
            size = sizes.randint(1, _LARGEST_BATCH)
            batch, waiting = waiting[:size], waiting[size:]
            processor.process(deliver(own, engine, [(f"{number}.txt", corpus[number]) for number in batch]))
        stories: dict[int, set[int]] = {}
        for path, story in rows(engine, "SELECT f.path, a.story_id FROM articles a JOIN files f ON f.id = a.file_id"):
            number = int(bytes(path).decode().removeprefix("inbox/").removesuffix(".txt"))
            stories.setdefault(story, set()).add(number)
    return {number: frozenset(members) for members in stories.values() for number in members}


@pytest.mark.slow
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
