"""A batch is clustered by its texts alone: copies join, a likeness of one copy makes no chain, frames join nothing."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from tests.benchmarks import edits
from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.fingerprint import fingerprint
from worker.match import KeyRarity
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import TEXTS_A_STORY, Cluster, ClusterText, sample
from worker.stories.references import New, Stored, StoredStory, TextRef
from worker.stories.verdict_cache import VerdictCache, predict_pairs
from worker.window import ArticleTimes, Window

NOW = ArticleTimes(None, datetime(2026, 5, 1, tzinfo=UTC))
REPORT, COPY, OTHER = REPORTS["en"].report, REPORTS["en"].copy, REPORTS["en"].other


def text_of(key: TextRef, text: str) -> ClusterText:
    """Return a text to cluster, with all keys of its sketch."""
    article = features(text, None, "en")
    print_ = fingerprint(article)
    return ClusterText(key, article, print_.simhash, NOW, print_.sketch, print_.sketch.tolist())


def clustered(*texts: str, stored: tuple[str, ...] = (), rarity: KeyRarity | None = None) -> list[list[int]]:
    """Return the numbers of the texts by cluster; ``stored`` are the texts of story 1, the first one canonical."""
    known = [text_of(Stored(100 + i), text) for i, text in enumerate(stored)]
    story = [Cluster(stored=[1], texts=known, canonical=known[0])] if known else []
    clusterer = BatchClusterer(story, VerdictCache(), Window(0), rarity=rarity)
    for number, text in enumerate(texts):
        clusterer.add(text_of(New(number), text), [StoredStory(1)] if known else [])
    return [cluster.articles for cluster in clusterer.clusters()]


def test_copies_join_and_others_do_not() -> None:
    """Two versions of a report are one cluster, another report on the same town is another one."""
    assert clustered(REPORT, OTHER, COPY) == [[0, 2], [1]]


def test_a_copy_joins_its_stored_story() -> None:
    """A copy of a stored text joins the cluster of its story."""
    clusterer = BatchClusterer(
        [Cluster(stored=[7], texts=[text_of(Stored(100), REPORT)], canonical=None)], VerdictCache(), Window(0)
    )
    clusterer.add(text_of(New(0), COPY), [StoredStory(7)])
    [cluster] = clusterer.clusters()
    assert (cluster.stored, cluster.articles) == ([7], [0])


def test_parts_of_one_text_go_with_the_canonical_text() -> None:
    """Two parts of a report without common sentences join the story of the whole: they match its canonical text."""
    sentences = edits.sentences(f"{REPORT} {COPY}")
    first, second = " ".join(sentences[:6]), " ".join(sentences[-6:])
    whole = " ".join(sentences)
    assert clustered(whole, first, second) == [[0, 1, 2]]


def test_one_likeness_makes_no_chain() -> None:
    """A page that holds another story's text does not join a story of which only that page is alike."""
    page = f"{OTHER} {REPORT}"
    assert clustered(OTHER, stored=(REPORT, COPY, edits.half(REPORT, "", random.Random(1)), page)) == [[0]]


def test_keys_of_many_stories_speak_against_one_story() -> None:
    """The same pair is less likely one story if a hundred other stories have the same keys."""
    a, b = text_of(New(0), edits.template(REPORT, OTHER, random.Random(2))), text_of(New(1), REPORT)
    verdicts = VerdictCache()
    chances = []
    for others in (0, 1, 10, 100):
        rarity = KeyRarity(dict.fromkeys(b.sketch.tolist(), others), stories=5_000)
        [verdict] = verdicts.judge([(a, b)], rarity, {a.key: rarity.of(a.sketch)}, posted=0)
        chances.append(verdict.similarity)
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1]


def test_corrections_forbid_a_merge() -> None:
    """An article that matches two stories that an editor separated joins one and merges nothing."""
    stories = [
        Cluster(stored=[n], texts=[text], canonical=text)
        for n, text in ((1, text_of(Stored(101), REPORT)), (2, text_of(Stored(102), COPY)))
    ]
    for forbidden, expected in (((), [1, 2]), ([(StoredStory(1), StoredStory(2))], [1])):
        clusterer = BatchClusterer(
            [Cluster(stored=[*s.stored], texts=[*s.texts], canonical=s.canonical) for s in stories],
            VerdictCache(),
            Window(0),
            cannot_link=forbidden,
        )
        clusterer.add(text_of(New(0), f"{REPORT} More soon."), [StoredStory(1), StoredStory(2)])
        [cluster] = clusterer.clusters()
        assert sorted(cluster.stored) == expected


def test_predicted_pairs_are_those_compared() -> None:
    """The pairs that are compared in advance are the pairs that clustering asks for."""
    texts = [text_of(New(i), text) for i, text in enumerate((REPORT, OTHER, COPY))]
    verdicts = VerdictCache()
    verdicts.compare(predict_pairs(dict(enumerate(texts)), {}, [], Window(0)))
    before = set(verdicts.seen)
    clusterer = BatchClusterer([], verdicts, Window(0))
    for text in texts:
        clusterer.add(text)
    assert set(verdicts.seen) == before
    assert (New(2), New(0)) in before


@pytest.mark.parametrize("size", [1, TEXTS_A_STORY, TEXTS_A_STORY + 1, 40])
def test_a_sample_has_the_nearest_and_the_farthest_text(size: int) -> None:
    """A sample is bounded, without repeats, and spans the distances."""
    rng = np.random.default_rng(size)
    texts = [text_of(Stored(i), REPORT) for i in range(size)]
    for text in texts:
        text.simhash = rng.bytes(32)
    chosen = sample(texts, bytes(32))
    bits = sorted(int.from_bytes(text.simhash, "big").bit_count() for text in texts)
    distances = [int.from_bytes(text.simhash, "big").bit_count() for text in chosen]
    assert len({text.key for text in chosen}) == len(chosen) == min(size, TEXTS_A_STORY)
    assert (min(distances), max(distances)) == (bits[0], bits[-1])
