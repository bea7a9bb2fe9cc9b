"""Joins beyond the text: groups of one story by the share of 3-word phrases, at any size of the story."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost import costs_at_most
from worker.evaluate.joins_beyond_text import SHARES, per_thousand, phrases, shared, text_links

HARBOUR = "The harbour of Ostrel opens again on Monday after the storm"
#: The first half of the text, and then something else: shares 4 of its 9 phrases.
HALF = "The harbour of Ostrel opens again, but only for boats under sail"
#: Nothing in common with the two.
BAKERS = "Bakers in Varn start an hour later from May on, says their guild"


def test_phrases_and_their_share() -> None:
    """Phrases ignore case and punctuation; the share is that of the shorter text; a short text is one phrase."""
    assert phrases("The harbour, OPENS today") == {("the", "harbour", "opens"), ("harbour", "opens", "today")}
    assert phrases("Opens today") == {("opens", "today")}
    assert phrases("") == {()}
    assert shared(phrases(HARBOUR), phrases(HALF)) == 4 / 9
    assert shared(phrases(HARBOUR), phrases(f"{BAKERS} {HARBOUR}")) == 1


def test_a_group_after_the_first_is_a_join_beyond_the_text() -> None:
    """Of three joined texts, one shares nothing; the half copy counts from a share above its own on."""
    texts = {"a": HARBOUR, "b": HALF, "c": BAKERS, "alone": BAKERS}
    links = text_links({"a": 1, "b": 1, "c": 1, "alone": 2}, texts)
    assert sorted(link.share for link in links) == [0, pytest.approx(4 / 9)]
    assert per_thousand(links, 4) == {"0.1": 250, "0.15": 250, "0.2": 250, "0.3": 250, "0.5": 500, "0.7": 500}


def test_texts_are_connected_through_others() -> None:
    """The two halves of a text share nothing, but both are in the whole: no join is beyond the text."""
    texts = {"first": HARBOUR, "second": BAKERS, "whole": f"{HARBOUR}. {BAKERS}."}
    assert per_thousand(text_links(dict.fromkeys(texts, 1), texts), 3) == dict.fromkeys(map(str, SHARES), 0)


def test_nothing_joined() -> None:
    """Without articles, and without stories of several articles, there are no joins."""
    assert text_links({}, {}) == []
    assert (
        per_thousand([], 0) == per_thousand(text_links({"a": 1, "b": 2}, {}), 2) == dict.fromkeys(map(str, SHARES), 0)
    )


def groups(texts: dict[str, str], least: float) -> int:
    """Return the number of groups by comparing all pairs."""
    group = {article: article for article in texts}
    for a, b in combinations(texts, 2):
        if shared(phrases(texts[a]), phrases(texts[b])) >= least:
            old, new = group[a], group[b]
            group = {article: new if of == old else of for article, of in group.items()}
    return len(set(group.values()))


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=12).map(" ".join), min_size=1, max_size=14))
def test_the_tree_gives_the_groups_of_all_pairs(bodies: list[str]) -> None:
    """At each share there are as many groups as a comparison of all pairs finds, also with equal and empty texts."""
    texts = {str(number): body for number, body in enumerate(bodies)}
    counted = per_thousand(text_links(dict.fromkeys(texts, 7), texts), 1_000)
    assert counted == {str(least): groups(texts, least) - 1 for least in SHARES}


def test_a_story_of_thousands_takes_seconds() -> None:
    """A story of 3,000 texts in one frame, half of them copies, is counted in a few seconds."""
    rng = random.Random(3)
    frame = "net profit of the company rose in the quarter against the year before".split()
    own = [[str(rng.randrange(10**6)) for _ in range(60)] for _ in range(1_500)]
    texts = {f"{n}/{edition}": " ".join(frame + words) for n, words in enumerate(own) for edition in range(2)}
    with costs_at_most(10):
        counted = per_thousand(text_links(dict.fromkeys(texts, 1), texts), len(texts))
    assert counted == {"0.1": 0, "0.15": 0} | dict.fromkeys(["0.2", "0.3", "0.5", "0.7"], 1_499 / 3)
