"""The address of an article counts when it is placed and when it is placed again."""

import json
from contextlib import closing

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import deliver, new_processor, rows
from worker.settings import Settings

BUYS = "Hofmatt dairy buys rival for 30 million francs"
ACQUIRES = "Hofmatt dairy to acquire rival in deal worth 30 million"
CRANE = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."


def stories(settings: Settings, engine: Engine, articles: list[dict[str, str]], *, at_once: bool) -> list[int]:
    """Return the number of articles of each story after these arrived as one file, or one file after the other."""
    files = [articles] if at_once else [[article] for article in articles]
    lines = [("".join(json.dumps(article) + "\n" for article in file)) for file in files]
    with closing(new_processor(settings)) as processor:
        for number, text in enumerate(lines):
            processor.process(deliver(settings, engine, [(f"{number}.jsonl", text)]))
    return [row.count for row in rows(engine, "SELECT count(*) FROM articles GROUP BY story_id ORDER BY 1 DESC")]


@pytest.mark.parametrize("at_once", [True, False])
def test_headlines_at_one_address_are_one_story(settings: Settings, engine: Engine, at_once: bool) -> None:
    """Two headlines join by their address; the same headlines elsewhere, and another page's text there, do not."""
    page = "https://news.example/dairy"
    articles = [
        {"title": BUYS, "url": page},
        {"title": ACQUIRES, "url": f"{page}?utm_source=list#top"},
        {"title": CRANE, "url": page},
    ]
    assert stories(settings, engine, articles, at_once=at_once) == [2, 1]
    [link] = rows(engine, "SELECT reason FROM links WHERE same = 1")
    assert link.reason.startswith("Same story, found at the same address: ")


def test_headlines_at_two_addresses_are_two_stories(settings: Settings, engine: Engine) -> None:
    """Without a common address the same headlines are not alike enough."""
    articles = [{"title": BUYS, "url": "https://a.example/dairy"}, {"title": ACQUIRES, "url": "https://b.example/1"}]
    assert stories(settings, engine, articles, at_once=True) == [1, 1]
