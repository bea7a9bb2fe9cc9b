"""Positions in the list of stories as parameters, of which every one that has the form is valid."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from worker.store.read.story_search import Position

#: Microseconds and the id of a story in a list by time; ``s``, the bits of a number
#: and the id in a search, or in a list sorted by numbers.
CURSOR_PATTERN: Final = r"^(?:[0-2]?[0-9]{1,17}|s[0-8]?[0-9]{1,18})_[0-9]{1,10}$"
#: A time counts microseconds from here, so that it never has a sign, up to the year 9507.
_FIRST, _MICROSECOND = datetime.min.replace(tzinfo=UTC), timedelta(microseconds=1)
#: Bits of a positive number, without a loss of precision.
_BITS, _NUMBER = struct.Struct(">q"), struct.Struct(">d")


def write_position(position: Position) -> str:
    """Return the parameter of a position."""
    at, story_id = position
    if isinstance(at, datetime):
        return f"{(at - _FIRST) // _MICROSECOND}_{story_id}"
    return f"s{_BITS.unpack(_NUMBER.pack(at))[0]}_{story_id}"


def read_position(cursor: str) -> Position:
    """Return the position that ``write_position`` wrote."""
    at, _, last = cursor.partition("_")
    if at.startswith("s"):
        return _NUMBER.unpack(_BITS.pack(int(at[1:])))[0], int(last)
    return _FIRST + int(at) * _MICROSECOND, int(last)
