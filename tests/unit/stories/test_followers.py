"""Which articles leave with those that a merge moved, when it is undone: as defined, however many there are."""

from collections.abc import Collection, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.store.corrections import select_followers

Articles = Sequence[tuple[int, bytes, Collection[int]]]
ARTICLES = 8

#: The words and the matches, which are earlier articles, of each article.
stories = st.tuples(
    *(
        st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.sets(st.integers(1, max(number - 1, 1)), max_size=3))
        for number in range(1, ARTICLES + 1)
    )
)


def by_definition(articles: Articles, moved: Collection[int], after: int) -> list[int]:
    """Return the followers, with all earlier articles of the same words looked for again for each article."""
    side, following = set(moved), []
    for number, words, matches in articles:
        same = {earlier for earlier, its_words, _ in articles if earlier < number and its_words == words}
        joined = same or set(matches)
        if number > after and number not in side and joined and joined <= side:
            side.add(number)
            following.append(number)
    return following


@settings(max_examples=300)
@given(stories, st.sets(st.integers(1, ARTICLES)), st.integers(0, ARTICLES))
def test_followers_are_as_defined(story: Sequence[tuple[bytes, set[int]]], moved: Collection[int], after: int) -> None:
    """Articles with the words of followers alone follow, and without such words those that only they match."""
    articles = [(number, words, matches) for number, (words, matches) in enumerate(story, 1)]
    assert select_followers(articles, moved, after) == by_definition(articles, moved, after)


def test_all_exact_copies_follow() -> None:
    """The exact copies of a moved article follow, also 20,000 of them; their number of pairs is 200 million."""
    articles = [(number, b"a", ()) for number in range(1, 20_001)]
    assert select_followers(articles, {1}, 1) == list(range(2, 20_001))
