"""The quality gate on a generated feed: copies join; templates, follow-ups and independent reports stay apart.

`tests.feed` describes the feed. A verdict fitted on copies alone, with weak matches added up, had a precision of .015:
85 companies' results were one story, and so were 72 market reports and the nine follow-ups of each dispute.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from sqlalchemy import Engine

from tests.feed.corpus import write_corpus
from tests.integration.delivery import deliver, new_processor, rows
from worker.evaluate import load
from worker.evaluate.clustering_scores import grouped, pairs
from worker.settings import Settings

#: Kinds that are known to be joined too often: notices of one sender whose figures alone differ, and articles in a page
#: frame that is longer than they are. Kind -> most joins of different texts; 20, 6 and 5 were measured.
_WEAK = {"buy-back": 20, "tender": 6, "framed": 8}
#: Measured for all other kinds: precision .962 and recall 1; with other seeds .927 to .978, and 1.
_LEAST_PRECISION, _LEAST_RECALL = 0.94, 0.98
#: Most articles in a story of different texts; 2 were measured, with another seed 4.
_LARGEST = 4
#: Most joined pairs of the four reports of each of 24 events, of 144; 1 was measured.
_REPORTS_JOINED = 4


def placed(settings: Settings, engine: Engine, docs: Path) -> dict[str, int]:
    """Process the feed; return the story of each article by its id, which begins with the kind."""
    processor = new_processor(settings)
    waiting = deliver(settings, engine, [("docs.jsonl", docs.read_bytes())])
    while waiting:
        waiting += processor.process([waiting.pop(0)])
    processor.close()
    return dict(map(tuple, rows(engine, "SELECT external_id, story_id FROM articles")))


def kind(article: str) -> str:
    """Return the kind of an article."""
    return article.partition("/")[0]


def false_joins(story_of: Mapping[str, int], labels: Mapping[str, str]) -> Counter[str]:
    """Return the number of joins of different texts, by the kind of each text after the first of a story."""
    joins: Counter[str] = Counter()
    for members in grouped(story_of).values():
        first_of_label = {labels[article]: article for article in reversed(members)}
        joins.update(kind(article) for article in list(first_of_label.values())[1:])
    return joins


def joined_reports(story_of: Mapping[str, int], labels: Mapping[str, str]) -> int:
    """Return how many pairs of independent reports of one event are in one story."""
    events = grouped({article: labels[article].partition("/")[0] for article in story_of if kind(article) == "report"})
    return sum(story_of[a] == story_of[b] for reports in events.values() for a, b in combinations(reports, 2))


def test_a_feed_has_a_story_a_text(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    """Pairs of copies are found and few others, no story of different texts is large, known failures get no worse."""
    folder = write_corpus(tmp_path / "feed")
    labels = load(folder).stories
    story_of = placed(settings, engine, folder / "docs.jsonl")
    assert story_of.keys() == labels.keys()
    joins = false_joins(story_of, labels)
    assert all(joins[weak] <= most for weak, most in _WEAK.items()), joins
    assert joined_reports(story_of, labels) <= _REPORTS_JOINED

    strong = [article for article in story_of if kind(article) not in _WEAK]
    score = pairs([labels[article] for article in strong], [story_of[article] for article in strong])
    assert score.precision >= _LEAST_PRECISION, joins
    assert score.recall >= _LEAST_RECALL, score
    mixed = [members for members in grouped(story_of).values() if len({labels[article] for article in members}) > 1]
    assert all(len(members) <= _LARGEST for members in mixed if not {*map(kind, members)} & _WEAK.keys()), mixed
    series = [
        {labels[article].rpartition(" ")[0] for article in members} for members in mixed if len(members) > _LARGEST
    ]
    assert all(len(senders) == 1 for senders in series), series
