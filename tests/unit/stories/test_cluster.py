"""A batch is clustered by its texts alone: copies join, a likeness of one copy makes no chain, frames join nothing."""

import random
from itertools import pairwise

import numpy as np
import pytest

from tests.benchmarks import edits
from tests.dispatches import dispatch
from tests.unit.match.reports import REPORTS
from tests.unit.stories.batches import batch, groups, story, text_of
from worker.match import KeyRarity
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import TEXTS_A_STORY, sample
from worker.stories.references import New, Stored, StoredStory
from worker.stories.verdict_cache import VerdictCache, predict_pairs
from worker.window import Window

REPORT, COPY, OTHER = REPORTS["en"].report, REPORTS["en"].copy, REPORTS["en"].other


def clustered(*texts: str, stored: tuple[str, ...] = (), rarity: KeyRarity | None = None) -> list[list[int]]:
    """Return the numbers of the texts by cluster; ``stored`` are the texts of story 1, the first one canonical."""
    known = [story(1, *stored)] if stored else []
    clusterer = BatchClusterer(known, VerdictCache(), Window(0), rarity=rarity)
    for number, text in enumerate(texts):
        clusterer.add(text_of(New(number), text), [StoredStory(1)] if known else [])
    return [articles for _, articles in groups(clusterer)]


def halves() -> tuple[str, str, str]:
    """Return two overlapping parts of one dispatch that do not match each other, and the whole."""
    words = dispatch(1, 200).split()
    return " ".join(words[:120]), " ".join(words[80:]), " ".join(words)


def test_copies_join_and_others_do_not() -> None:
    """Two versions of a report are one cluster, another report on the same town is another one."""
    assert clustered(REPORT, OTHER, COPY) == [[0, 2], [1]]


def test_a_copy_joins_its_stored_story() -> None:
    """A copy of a stored text joins the cluster of its story."""
    clusterer = batch([story(7, REPORT)])
    clusterer.add(text_of(New(0), COPY), [StoredStory(7)])
    assert groups(clusterer) == [([7], [0])]


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
        [verdict] = verdicts.judge([(a, b)], rarity, lambda text: rarity.of(text.sketch), posted=0)  # noqa: B023  at once
        chances.append(verdict.similarity)
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1]


def test_a_copy_of_two_stories_merges_them() -> None:
    """An article that matches two stories whose texts match merges them."""
    clusterer = batch([story(1, REPORT), story(2, COPY)])
    clusterer.add(text_of(New(0), f"{REPORT} More soon."), [StoredStory(1), StoredStory(2)])
    assert groups(clusterer) == [([1, 2], [0])]


def test_the_whole_merges_stories_of_its_parts() -> None:
    """Stories of two parts that share nothing are merged by the whole text, within a batch and across batches."""
    first, second, whole = halves()
    assert clustered(first, second) == [[0], [1]]
    assert clustered(first, second, whole) == [[0, 1, 2]]
    clusterer = batch([story(1, first), story(2, second)])
    clusterer.add(text_of(New(0), whole), [StoredStory(1), StoredStory(2)])
    assert groups(clusterer) == [([1, 2], [0])]


def test_a_page_of_two_reports_merges_nothing() -> None:
    """A page matches two stories, but neither most copies of one nor its longest match the other: it joins one."""
    first, second = dispatch(1), dispatch(2)
    clusterer = batch([story(1, first + dispatch(7, 150), first), story(2, second)])
    clusterer.add(text_of(New(0), first + second), [StoredStory(1), StoredStory(2)])
    assert [match.verdict.same for match in clusterer.matches] == [True, True]
    assert groups(clusterer) == [([1], [0])]


def test_steps_make_no_chain() -> None:
    """Texts of which each shares most with the next, and matches it alone, do not become one story."""
    words = dispatch(1, 600).split()
    steps = [" ".join(words[start : start + 120]) for start in range(0, 480, 30)]
    assert all(clustered(*pair) == [[0, 1]] for pair in pairwise(steps[:4]))
    assert max(len(articles) for articles in clustered(*steps)) <= len(steps) // 4


def test_a_story_of_exact_copies_alone_is_not_merged() -> None:
    """A story of which no text was loaded receives exact copies, and is merged with nothing."""
    clusterer = batch([story(1), story(2, REPORT)])
    clusterer.add(text_of(New(0), OTHER), copy_of=[StoredStory(1)])
    clusterer.add(text_of(New(1), COPY), [StoredStory(1), StoredStory(2)])
    assert groups(clusterer) == [([1], [0]), ([2], [1])]


def test_clusters_are_in_the_order_of_their_first_article() -> None:
    """The clusters follow the batch, also where a later article merges earlier clusters."""
    first, second, whole = halves()
    assert clustered(first, OTHER, second, dispatch(3), whole) == [[0, 2, 4], [1], [3]]


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
