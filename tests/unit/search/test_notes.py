"""What a reader must know of the results of a search."""

from worker.explain.search import notes
from worker.store.read.story_search import SearchResults


def test_stop_words_are_named_where_nothing_was_found() -> None:
    """The sentence holds for a query of stop words alone and for one that has other words too."""
    assert list(notes(SearchResults([], 0, stop_words=["the"]))) == [
        "Words that nearly every text has, like “the”, are not searched in their language: search for others."
    ]
