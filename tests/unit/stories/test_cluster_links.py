"""Must-links join and cannot-links separate whatever the evidence says; exact copies need no evidence."""

import pytest

from tests.dispatches import copy_of, dispatch
from tests.unit.stories.batches import batch, groups, story, text_of
from worker.stories.references import MemberRef, New, Stored, StoredStory

ONE, TWO, THREE = dispatch(1), dispatch(2), dispatch(3)
STORY_1, STORY_2 = StoredStory(1), StoredStory(2)


def test_references_of_different_kinds_differ() -> None:
    """A new article, a stored one and a story with the same number are different keys of a dictionary."""
    assert len({New(1), Stored(1), StoredStory(1), New(1)}) == 3


def test_a_must_link_joins_a_stored_story() -> None:
    """An article joins the story that a must-link names, although another story matches it."""
    clusterer = batch([story(1, ONE), story(2, TWO)], must_link=[(New(0), STORY_2)])
    clusterer.add(text_of(New(0), THREE), [STORY_1, STORY_2])
    assert groups(clusterer) == [([2], [0])]


@pytest.mark.parametrize("pair", [(New(0), New(2)), (New(2), New(0))])
def test_a_must_link_joins_articles_of_the_batch(pair: tuple[New, New]) -> None:
    """Two unlike articles are one cluster, in whichever order a must-link names them."""
    clusterer = batch(must_link=[pair])
    for number, text in enumerate((ONE, TWO, THREE)):
        clusterer.add(text_of(New(number), text))
    assert groups(clusterer) == [([], [0, 2]), ([], [1])]


def test_must_links_are_followed() -> None:
    """An article linked to two stories merges them; an article linked to it is there too."""
    links: list[tuple[MemberRef, MemberRef]] = [(New(1), STORY_2), (New(0), STORY_1), (New(0), New(1))]
    clusterer = batch([story(1, ONE), story(2, TWO)], must_link=links)
    clusterer.add(text_of(New(0), THREE))
    clusterer.add(text_of(New(1), ONE))
    assert groups(clusterer) == [([1, 2], [0, 1])]


def test_a_must_link_needs_no_loaded_story() -> None:
    """A story of which no text was loaded can be joined by a must-link."""
    clusterer = batch(must_link=[(New(0), StoredStory(9))])
    clusterer.add(text_of(New(0), ONE))
    assert groups(clusterer) == [([9], [0])]


def test_a_must_link_still_compares() -> None:
    """An article that a must-link joins to one story merges it with another that matches as every article would."""
    clusterer = batch([story(1, ONE), story(2, copy_of(1, 1))], must_link=[(New(0), STORY_2)])
    clusterer.add(text_of(New(0), copy_of(1, 2)), [STORY_1, STORY_2])
    assert groups(clusterer) == [([1, 2], [0])]
    assert {match.other for match in clusterer.matches} == {Stored(100), Stored(200)}


def test_a_cannot_link_overrides_evidence() -> None:
    """A copy does not join the story that a cannot-link names, and is not compared with it."""
    clusterer = batch([story(1, ONE)], cannot_link=[(STORY_1, New(0))])
    clusterer.add(text_of(New(0), copy_of(1, 1)), [STORY_1])
    assert groups(clusterer) == [([], [0])]
    assert clusterer.matches == []


def test_a_cannot_link_separates_articles_of_the_batch() -> None:
    """Of three copies of which two are separated, the third joins one, and the separated ones stay apart."""
    clusterer = batch(cannot_link=[(New(0), New(1))])
    for number in range(3):
        clusterer.add(text_of(New(number), copy_of(1, number)))
    assert [len(articles) for _, articles in groups(clusterer)] in ([2, 1], [1, 2])
    assert not any({0, 1} <= set(articles) for _, articles in groups(clusterer))


def test_a_cannot_link_holds_for_what_joined_before() -> None:
    """A copy of two separated stories merges nothing, nor does a later copy that could bridge their clusters."""
    stored = [story(1, ONE), story(2, copy_of(1, 1))]
    clusterer = batch(stored, cannot_link=[(STORY_1, STORY_2)])
    for number in range(4):
        clusterer.add(text_of(New(number), copy_of(1, 2 + number)), [STORY_1, STORY_2])
    assert not any({1, 2} <= set(stories) for stories, _ in groups(clusterer))
    assert sum(len(articles) for _, articles in groups(clusterer)) == 4


def test_a_link_of_a_later_article_counts_at_once() -> None:
    """An article does not join a cluster from which a must-linked article is separated that is still to come."""
    clusterer = batch([story(1, ONE)], must_link=[(New(0), New(1))], cannot_link=[(New(1), STORY_1)])
    clusterer.add(text_of(New(0), copy_of(1, 1)), [STORY_1])
    clusterer.add(text_of(New(1), TWO), [STORY_1])
    assert groups(clusterer) == [([], [0, 1])]


def test_a_cannot_link_is_stronger_than_a_must_link() -> None:
    """A must-link between articles that are separated has no effect, also if they are linked by a third."""
    separated = [(New(0), New(1))]
    for links in ([(New(0), New(1))], [(New(0), STORY_1), (New(1), STORY_1)]):
        clusterer = batch([story(1, THREE)], must_link=links, cannot_link=separated)
        clusterer.add(text_of(New(0), ONE))
        clusterer.add(text_of(New(1), ONE), copy_of=[New(0)])
        assert not any({0, 1} <= set(articles) for _, articles in groups(clusterer))
        assert clusterer.exact_copies == {}


def test_exact_copies_are_not_compared() -> None:
    """An exact copy of an earlier article or of a story joins it, and there is no verdict on it."""
    clusterer = batch([story(1)])
    clusterer.add(text_of(New(0), ONE))
    clusterer.add(text_of(New(1), ONE), copy_of=[New(0)])
    clusterer.add(text_of(New(2), TWO), copy_of=[STORY_1])
    assert groups(clusterer) == [([], [0, 1]), ([1], [2])]
    assert clusterer.exact_copies == {1: New(0), 2: STORY_1}
    assert clusterer.matches == []


def test_a_separated_exact_copy_has_the_next_original() -> None:
    """An article that is separated from its first exact copy is an exact copy of the second; of none, it is a text."""
    separated = [(New(1), New(0)), (New(2), New(0)), (New(3), New(0)), (New(3), New(1))]
    clusterer = batch(cannot_link=separated)
    for number, originals in enumerate(([], [New(0)], [New(0), New(1)], [New(0), New(1)])):
        clusterer.add(text_of(New(number), ONE), copy_of=originals)
    assert groups(clusterer) == [([], [0]), ([], [1, 2]), ([], [3])]
    assert clusterer.exact_copies == {2: New(1)}


def test_an_article_that_stays_keeps_its_story() -> None:
    """An article joins what it stays with instead of its match, and without evidence brings no other story along."""
    clusterer = batch([story(1, TWO), story(2, copy_of(1, 1))])
    clusterer.add(text_of(New(0), ONE), [STORY_1, STORY_2], joins=STORY_1)
    assert groups(clusterer) == [([1], [0])]


def test_an_exact_copy_that_stays_merges_nothing() -> None:
    """An exact copy moves to its original, and the story that it would stay with is not merged for its sake."""
    clusterer = batch([story(1, TWO), story(2, ONE)])
    clusterer.add(text_of(New(0), ONE), [STORY_1], copy_of=[STORY_2], joins=STORY_1)
    assert groups(clusterer) == [([2], [0])]


def test_an_article_does_not_stay_with_what_it_is_separated_from() -> None:
    """A cannot-link is stronger than what an article would stay with."""
    clusterer = batch([story(1, ONE)], cannot_link=[(New(0), STORY_1)])
    clusterer.add(text_of(New(0), ONE), [STORY_1], joins=STORY_1)
    assert groups(clusterer) == [([], [0])]
