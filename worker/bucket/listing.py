"""List the objects below a folder of keys, page by page, and go on after keys that the library refuses.

obstore refuses keys with control characters, empty segments or segments ``.`` and ``..``, and with such a key the whole
page of up to 1,000 objects that holds it. The listing continues after that key and reports it; the objects before it
in its page wait until a person has renamed or removed it.
"""

import re
from collections.abc import Callable, Iterator

from obstore.exceptions import InvalidPathError

from worker.bucket.faults import RefusedError
from worker.bucket.objects import Bucket, ObjectState
from worker.process.stall_guard import progress
from worker.scanner import Ignore

_REFUSED_KEY = re.compile(r'Error parsing Path "(.*?)": Encountered', re.DOTALL)
#: The first thing in a key that is refused: a control character, or a segment that is empty or made of dots.
_REFUSED_PART = re.compile(r"[\x00-\x1f\x7f]|(?:(?<=/)|\A)(?:\.{1,2}(?=/|\Z)|(?=/))")
#: The last of the control characters; the others are below the space.
_DELETE = "\x7f"


def listed(bucket: Bucket, refused: Callable[[str], None]) -> Iterator[list[ObjectState]]:
    """Yield the objects of a place in pages, in order of their keys; call ``refused`` with each refused key.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    after: str | None = None
    while True:
        try:
            yield from bucket.pages(after=after)
        except InvalidPathError as error:
            found = _REFUSED_KEY.search(str(error))
            key = found[1].removeprefix(f"{bucket.url.prefix}/") if found else ""
            refused(key)
            following = _behind(key)
            if following is None or (after is not None and following <= after):
                return  # unknown wording of the library: better a short listing than an endless one
            after = following
        else:
            return


def is_file(bucket: Bucket, found: ObjectState, ignore: Ignore) -> bool:
    """Return whether an object is to be read: none of its names is ignored, and it does not mark an empty folder."""
    if any(ignore(name.encode()) for name in found.key.split("/")):
        return False
    return found.size > 0 or not _is_marker(bucket, found.key)


def _is_marker(bucket: Bucket, key: str) -> bool:
    """Return whether an empty object marks a folder: consoles make "folder/", listed here without the slash."""
    progress()
    try:
        return bucket.state(key) is None
    except RefusedError:
        return False  # it is there, and reading it reports the reason


def _behind(key: str) -> str | None:
    """Return an allowed key behind all keys that are refused for the same part as this one; None if none is refused."""
    part = _REFUSED_PART.search(key)
    if part is None:
        return None
    start, what = key[: part.start()], part[0]
    if what == "" or what[0] == ".":  # the character behind "/" is "0"
        return f"{start}{what}0"
    return start + ("\x80" if what == _DELETE else " ")
