"""Score a corpus whose labels mean events: independent reports of one event are related, never copies.

Scored are joins, which should be none, and links between related stories, which should connect each event.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from worker.evaluate.clustering_scores import grouped, pair_counts, pairs
from worker.evaluate.components import connected_components
from worker.evaluate.corpus import Corpus
from worker.evaluate.joins_beyond_text import Phrases, phrases, shared

#: Reports of one event that share at least this much of the 3-word phrases of the shorter one have a common source, as
#: an agency's text. They are neither right nor wrong.
COPY_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class EventScore:
    """``pairs`` of independent reports of one event, how many were ``joined``, and joined pairs of different events."""

    pairs: int
    joined: int
    share: float
    other_events_joined: int


@dataclass(frozen=True, slots=True)
class RelatedScore:
    """How well links connect the reports of each event: the scores of the pairs in one connected group, 0 to 1.

    A group holds the articles of stories that ``links`` connect, directly or through other stories.
    """

    links: int
    precision: float
    recall: float
    f1: float


def score_events(corpus: Corpus, story_of: Mapping[str, int], texts: Mapping[str, str]) -> EventScore:
    """Return the score; an article without a story is joined to no other."""
    articles = [article for article in corpus.stories if article in texts]
    joined = [
        a in story_of and story_of[a] == story_of.get(b)
        for members in grouped({article: corpus.stories[article] for article in articles}).values()
        for a, b in independent_pairs(members, texts)
    ]
    labelled = [article for article in story_of if article in corpus.stories]
    _, all_joined, of_one_event = pair_counts(
        [corpus.stories[article] for article in labelled], [story_of[article] for article in labelled]
    )
    return EventScore(len(joined), sum(joined), sum(joined) / max(len(joined), 1), all_joined - of_one_event)


def score_related(corpus: Corpus, story_of: Mapping[str, int], links: Iterable[tuple[int, int]]) -> RelatedScore:
    """Compare the groups that related stories form with the events; an article without a story is a group alone."""
    stories = set(story_of.values())
    known = [(a, b) for a, b in links if a in stories and b in stories]
    group_of = connected_components(stories, known)
    alone = -1 - max(stories, default=0)
    groups = [
        group_of[story_of[article]] if article in story_of else alone - n for n, article in enumerate(corpus.stories)
    ]
    return RelatedScore(len(known), *pairs(list(corpus.stories.values()), groups))


def independent_pairs(members: list[str], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of some articles that share less than `COPY_SHARE` of their phrases."""
    grams: dict[str, Phrases] = {article: phrases(texts[article]) for article in members}
    for a, b in combinations(members, 2):
        if shared(grams[a], grams[b]) < COPY_SHARE:
            yield a, b
