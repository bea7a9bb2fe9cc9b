"""The size of batches does not decide which article of a story is canonical."""

from contextlib import closing

import pytest

from tests.integration.delivery import deliver, new_processor, rows
from worker.bench.corpus import texts
from worker.evaluate.run import empty_database
from worker.settings import Settings

#: Generated articles; two of five are copies of another: the same, cut, longer, scraped, hyphenated or rewritten.
ARTICLES = 150


def canonical_articles(settings: Settings, corpus: list[str], size: int) -> dict[frozenset[int], int]:
    """Process accepted files in batches of a size; return the canonical article of each story, by its articles."""
    with empty_database(settings) as (own, engine), closing(new_processor(own)) as processor:
        files = sorted(deliver(own, engine, [(f"{number}.txt", text) for number, text in enumerate(corpus)]))
        for start in range(0, len(files), size):
            processor.process(files[start : start + size])
        stories = rows(
            engine,
            """SELECT array_agg(a.id ORDER BY a.id) AS articles, s.canonical_id
               FROM stories s JOIN articles a ON a.story_id = s.id GROUP BY s.id""",
        )
        return {frozenset(story.articles): story.canonical_id for story in stories}


@pytest.mark.slow
def test_the_size_of_batches_does_not_decide(settings: Settings) -> None:
    """Whether the articles arrive one by one or together, each story has the same canonical article."""
    corpus = list(texts(ARTICLES, seed=5))
    one_by_one, together = (canonical_articles(settings, corpus, size) for size in (1, ARTICLES))
    with_copies = [articles for articles in one_by_one.keys() & together.keys() if len(articles) > 1]
    assert len(with_copies) > ARTICLES // 20
    assert [articles for articles in with_copies if one_by_one[articles] != together[articles]] == []
