"""Turn errors of the storage into ours; a message never repeats an answer of the server, which may quote a key's id."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import AlreadyExistsError, BaseError, InvalidPathError, PreconditionError

from worker.errors import ObjectError, RetryError

#: Module of the exception for a bug in the library, which is no ``Exception`` and can't be imported.
_PANICS = "pyo3_runtime"
#: The storage understood the request and will not do it: no such right, a storage class that must be restored first, a
#: key of encryption that it does not have.
_REFUSALS = ("400", "403")
_STATUS = re.compile(r"status code: (\d{3} [A-Z][A-Za-z ]+)")


class RefusedError(ObjectError):
    """The storage answered that it will not do this; it may do other things, with other objects."""

    def __init__(self, message: str, answer: str) -> None:
        super().__init__(message)
        self.answer = answer  # its status


@contextmanager
def reported(place: object) -> Iterator[None]:
    """Raise what the storage can't do now as RetryError; what the caller must know passes.

    Raises:
        RefusedError: the storage refuses.
        RetryError: it does not answer, or the library fails.
    """
    try:
        yield
    except (AlreadyExistsError, InvalidPathError, PreconditionError):
        raise
    except BaseError as error:
        message = f"The bucket {place} can't be used now ({_reason(error)})."
        answer = _status(error)
        raise (RefusedError(message, answer) if answer.startswith(_REFUSALS) else RetryError(message)) from None
    except BaseException as error:
        if type(error).__module__ != _PANICS:
            raise
        raise RetryError(f"The bucket {place} can't be used: the library obstore failed.") from None


def _reason(error: BaseError) -> str:
    """Return the kind of error, and the status of HTTP if there was one."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
    if status := _status(error):
        return f"{kind}: {status}"
    return f"{kind}: no answer" if "error sending request" in str(error) else kind


def _status(error: BaseError) -> str:
    """Return the status of HTTP that the storage answered, empty if it did not answer."""
    found = _STATUS.search(str(error))
    return found[1].strip() if found else ""
