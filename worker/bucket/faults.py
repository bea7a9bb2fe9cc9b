"""Turn errors of the storage into ours; a message never repeats an answer of the server, which may quote a key's id."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import AlreadyExistsError, BaseError, InvalidPathError, PreconditionError

from worker.errors import RetryError

_STATUS = re.compile(r"status code: (\d{3} [A-Z][A-Za-z ]+)")


@contextmanager
def reported(place: object) -> Iterator[None]:
    """Raise what the storage can't do now as RetryError; what the caller must know passes.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    try:
        yield
    except (AlreadyExistsError, InvalidPathError, PreconditionError):
        raise
    except BaseError as error:
        raise RetryError(f"The bucket {place} can't be used now ({_reason(error)}).") from None


def _reason(error: BaseError) -> str:
    """Return the kind of error, and the status of HTTP if there was one."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
    if status := _STATUS.search(str(error)):
        return f"{kind}: {status[1].strip()}"
    return f"{kind}: no answer" if "error sending request" in str(error) else kind
