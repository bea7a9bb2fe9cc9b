"""Functions that read bytes under a file name, shared by the tests of this folder."""

import io

import pytest

from worker.article import Article, BadRecord
from worker.errors import QuarantineError
from worker.formats import Limits, read

LIMITS = Limits()


def outcomes(data: bytes, name: str, limits: Limits = LIMITS) -> list[Article | BadRecord]:
    """Return all that a reader yields."""
    return list(read(io.BytesIO(data), name, limits))


def only(data: bytes, name: str, limits: Limits = LIMITS) -> Article:
    """Return the only article of a file."""
    (article,) = outcomes(data, name, limits)
    assert isinstance(article, Article)
    return article


def refusal(data: bytes, name: str, limits: Limits = LIMITS) -> str:
    """Return the error message with which a whole file is refused."""
    with pytest.raises(QuarantineError) as caught:
        outcomes(data, name, limits)
    return str(caught.value)
