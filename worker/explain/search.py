"""Say what a reader must know of the results of a search."""

from collections.abc import Iterator

from worker.store.read.story_search import FoundStory, SearchResults
from worker.store.search_progress import MOST_COUNTED


def notes(results: SearchResults) -> Iterator[str]:
    """Yield sentences on words that are not looked for, on misspelt words, and on articles that are not indexed yet."""
    if not results.looked:
        yield "There is no word to look for: type a word that the articles must have; -word only excludes."
    elif results.stop_words and not results.rows:
        words = ", ".join(f"“{word}”" for word in results.stop_words)
        yield f"Words that nearly every text has, like {words}, are not searched in their language: search for others."
    for word, similar in results.corrections.items():
        alternatives = " or ".join(f"“{other}”" for other in similar)
        yield f"No article has “{word}”; these have {alternatives}."
    if results.oldest:
        yield (
            f"Only articles from number {results.oldest:,} on were searched, because these words are frequent and "
            "seldom follow each other. Add a rarer word."
        )
    if results.pending >= MOST_COUNTED:
        yield f"More than {MOST_COUNTED:,} articles are not indexed yet, the last that arrived; they can't be found."
    elif results.pending:
        what = "The last article is" if results.pending == 1 else f"The last {results.pending:,} articles are"
        yield f"{what} being indexed and can't be found yet."


def marked(row: FoundStory, before: str = "[", after: str = "]") -> str:
    """Return the fragment of a result as one line, the words that were found in brackets."""
    runs = (f"{before}{run.text}{after}" if run.found else run.text for run in row.fragment)
    return " ".join("".join(runs).split())
