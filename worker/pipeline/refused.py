"""Find the articles of a file that the database refuses, so that one record costs only itself."""

from collections.abc import Callable, Sequence

from worker.fingerprint.article import Prepared
from worker.formats.faults import CONTENT_ERRORS
from worker.store.errors import ERRORS, is_timeout, is_transient, message

#: Errors of a statement and of the values that it is given.
REFUSALS = (*ERRORS, *CONTENT_ERRORS)
#: A file of which the database refuses more records is refused as a whole: each costs about ten attempts to find it.
MOST_REFUSED = 20


def concerns_data(error: Exception) -> bool:
    """Return whether an error of ``REFUSALS`` says something about single articles, and not about the database."""
    return not is_transient(error) and not is_timeout(error) and not isinstance(error, OSError)


def find_refused(articles: Sequence[Prepared], attempt: Callable[[Sequence[Prepared]], None]) -> dict[int, str] | None:
    """Return the refused articles, by position with the reason; None if there are too many.

    ``attempt`` writes articles and takes everything back. Halves are tried until the refused articles are alone.

    Raises:
        Exception: any error of ``attempt`` that does not concern data.
    """
    refused: dict[int, str] = {}
    pending = [articles]
    while pending and len(refused) <= MOST_REFUSED:
        tried = pending.pop()
        try:
            attempt(tried)
        except REFUSALS as error:
            if not concerns_data(error):
                raise
            if len(tried) == 1:
                refused[tried[0].article.position] = message(error)
            else:
                middle = len(tried) // 2
                pending += [tried[middle:], tried[:middle]]
    return refused if len(refused) <= MOST_REFUSED else None
