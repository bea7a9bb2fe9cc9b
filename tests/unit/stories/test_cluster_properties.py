"""What holds for every batch: one cluster an article, must-links together, cannot-links apart, in any order."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dispatches import copy_of
from tests.unit.stories.batches import batch, groups, story, text_of, together
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import Cluster
from worker.stories.references import MemberRef, New, StoredStory

#: Three near copies of each of two dispatches, and a text that has both: much evidence for joining what must not join.
TEXTS = [copy_of(number, edition, 60) for number in (1, 2) for edition in (0, 1, 2)]
TEXTS.append(TEXTS[0] + TEXTS[3])
ARTICLES, STORIES = 6, 3
REFS: list[MemberRef] = [*map(New, range(ARTICLES)), *(StoredStory(1 + n) for n in range(STORIES))]

arrivals = st.lists(st.sampled_from(TEXTS), min_size=ARTICLES, max_size=ARTICLES)
pairs = st.lists(st.tuples(st.sampled_from(REFS), st.sampled_from(REFS)).filter(lambda p: p[0] != p[1]), max_size=8)
#: A side for each article and story: must-links within a side and cannot-links between sides never contradict.
sides = st.lists(st.integers(0, 2), min_size=len(REFS), max_size=len(REFS))


def stored() -> list[Cluster]:
    """Return three stored stories: two of the first dispatch, which editors may have separated, one of the second."""
    return [story(1, TEXTS[0]), story(2, TEXTS[1]), story(3, TEXTS[3], TEXTS[4])]


def add_all(clusterer: BatchClusterer, texts: Sequence[str], stays: Sequence[int] = ()) -> None:
    """Add articles with these texts, each with all stories as candidates, and with what it stays with."""
    for number, text in enumerate(texts):
        same = [New(i) for i in range(number) if texts[i] == text][:1]
        joins = StoredStory(stays[number]) if stays else None
        clusterer.add(text_of(New(number), text), REFS[ARTICLES:], copy_of=same, joins=joins)


def are_apart(clusterer: BatchClusterer, separated: Sequence[tuple[MemberRef, MemberRef]]) -> bool:
    """Return whether no cluster has both of a pair."""
    return not any(together(clusterer, pair) for pair in separated)


@settings(max_examples=60)
@given(arrivals, pairs, pairs, st.lists(st.integers(1, STORIES), min_size=ARTICLES, max_size=ARTICLES))
def test_separated_members_are_never_together(
    texts: list[str],
    must_link: list[tuple[MemberRef, MemberRef]],
    cannot_link: list[tuple[MemberRef, MemberRef]],
    stays: list[int],
) -> None:
    """Whatever arrives, is linked or stays, also in contradiction, no cluster has both of a cannot-link."""
    clusterer = batch(stored(), must_link=must_link, cannot_link=cannot_link)
    add_all(clusterer, texts, stays)
    assert are_apart(clusterer, cannot_link)


@settings(max_examples=60)
@given(arrivals, pairs, sides)
def test_linked_members_are_always_together(
    texts: list[str], drawn: list[tuple[MemberRef, MemberRef]], sides_of: list[int]
) -> None:
    """If must-links and cannot-links do not contradict each other, all of both hold."""
    side = dict(zip(REFS, sides_of, strict=True))
    must_link = [(a, b) for a, b in drawn if side[a] == side[b]]
    cannot_link = [(a, b) for a, b in drawn if side[a] != side[b]]
    clusterer = batch(stored(), must_link=must_link, cannot_link=cannot_link)
    add_all(clusterer, texts)
    present = {*map(New, range(ARTICLES)), *(StoredStory(n) for ids, _ in groups(clusterer) for n in ids)}
    assert all(together(clusterer, pair) for pair in must_link if present & set(pair))
    assert are_apart(clusterer, cannot_link)


@settings(max_examples=40)
@given(arrivals, pairs, pairs)
def test_every_article_is_in_one_cluster(
    texts: list[str], must_link: list[tuple[MemberRef, MemberRef]], cannot_link: list[tuple[MemberRef, MemberRef]]
) -> None:
    """Every article is in one cluster, every stored story in one at most, and no cluster has a text twice."""
    clusterer = batch(stored(), must_link=must_link, cannot_link=cannot_link)
    add_all(clusterer, texts)
    clusters = groups(clusterer)
    assert sorted(article for _, articles in clusters for article in articles) == list(range(ARTICLES))
    stories = [number for ids, _ in clusters for number in ids]
    assert len(stories) == len(set(stories))
    for cluster in clusterer.clusters():
        keys = [text.key for text in cluster.texts]
        assert len(keys) == len(set(keys))
        assert not cluster.texts or cluster.canonical in cluster.texts


@settings(max_examples=40)
@given(st.permutations(TEXTS[:6]))
def test_near_copies_join_in_any_order(texts: list[str]) -> None:
    """Near copies of two dispatches are two clusters, in whichever order they arrive."""
    clusterer = batch()
    add_all(clusterer, texts)
    found = {frozenset(TEXTS.index(texts[article]) for article in articles) for _, articles in groups(clusterer)}
    assert found == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


@settings(max_examples=20)
@given(st.permutations(TEXTS[:6]), st.integers(0, 5))
def test_clustering_again_changes_nothing(texts: list[str], cut: int) -> None:
    """The same batch gives the same clusters and verdicts twice, also from a cache of verdicts."""
    first, second = batch(stored()), batch(stored())
    add_all(first, texts)
    second._verdicts = first._verdicts
    add_all(second, texts)
    assert groups(first) == groups(second)
    assert [(m.number, m.other) for m in first.matches] == [(m.number, m.other) for m in second.matches]
