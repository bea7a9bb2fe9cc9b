"""Sketch keys of stories: packed into rows, inserted, and looked up for a whole batch in one statement.

An empty row of Postgres costs 28 bytes, so a row has up to seven keys of a story. The key alone determines its column
(slot), and each column has an index, so a lookup reads one index.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import Connection

from worker.fingerprint.posting_index import COMMON_KEY_STORIES
from worker.store.execute import cursor, execute
from worker.store.models import KEY_COLUMNS

Integers = NDArray[np.integer[Any]]
SLOTS: Final = len(KEY_COLUMNS)
#: Mask of the story in a pair: the key is above it.
_STORY: Final = 0xFFFFFFFF
#: The lowest bit of the slot in an item of `key_rows`; the position below it limits a call to 2^29 keys.
_SLOT: Final = 29

#: The COPY statement of `key_rows`, and the header and the end of its data.
COPY_KEYS: Final = f"COPY sketch_keys (story_id, {', '.join(KEY_COLUMNS)}) FROM STDIN (FORMAT binary)"
COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END: Final = b"\xff\xff"

#: The table with one row per key, for queries that read all of it.
POSTED: Final = (
    "(SELECT key, story_id FROM sketch_keys CROSS JOIN LATERAL"
    f" (VALUES {', '.join(f'({column})' for column in KEY_COLUMNS)}) AS v (key) WHERE key IS NOT NULL)"
)

# one story above the limit is read, to know that there are too many
_LOOKUP = """
    SELECT t.place, CASE WHEN cardinality(posted.ids) <= %(common)s THEN posted.ids END
    FROM unnest(CAST(%(keys{slot})s AS int[]), CAST(%(oldest{slot})s AS int[]), CAST(%(places{slot})s AS int[]))
        AS t (key, oldest, place)
    CROSS JOIN LATERAL (
        SELECT array_agg(story_id) AS ids
        FROM (SELECT story_id FROM sketch_keys WHERE key_{slot} = t.key AND story_id >= t.oldest
              LIMIT %(common)s + 1) AS first) AS posted
    WHERE posted.ids IS NOT NULL"""

_POSTED = f"""
    WITH posted (place, ids) AS MATERIALIZED ({" UNION ALL ".join(_LOOKUP.format(slot=s) for s in range(SLOTS))})
    SELECT place, ids FROM posted
    UNION ALL
    SELECT -s.id, ARRAY[s.merged_into] FROM (SELECT DISTINCT unnest(ids) AS id FROM posted) AS k
    JOIN stories s ON s.id = k.id WHERE s.merged_into IS NOT NULL"""

# LIMIT 1 makes the planner use the index, whatever it thinks of the table's size
_KNOWN = " UNION ALL ".join(
    f"""
    SELECT t.key, t.story FROM unnest(CAST(%(keys{slot})s AS int[]), CAST(%(stories{slot})s AS int[])) AS t (key, story)
    CROSS JOIN LATERAL (SELECT FROM sketch_keys WHERE key_{slot} = t.key AND story_id = t.story LIMIT 1) AS posted"""
    for slot in range(SLOTS)
)


def lookup_keys(
    connection: Connection, keys: Integers, oldest: Integers
) -> tuple[dict[int, list[int] | None], dict[int, int]]:
    """Look up each key among the stories whose id is at least its ``oldest``.

    Returns the stories by the key's index, None if too many; and merged story -> the story it was merged into.
    """
    stories: dict[int, list[int] | None] = {}
    merged: dict[int, int] = {}
    values = _by_slot(keys, oldest=oldest, places=np.arange(len(keys)))
    for place, ids in execute(connection, _POSTED, values | {"common": COMMON_KEY_STORIES}).fetchall():
        if place < 0:  # ids of stories begin at 1
            merged[-place] = ids[0]
        else:
            stories[place] = ids
    return stories, merged


def insert_keys(connection: Connection, keys: ArrayLike, stories: ArrayLike, new: Sequence[int] = ()) -> None:
    """Insert missing (key, story) pairs; skip the check whether they exist for ``new`` stories.

    Call it under the placement lock.
    """
    pairs = np.sort(np.array(keys, dtype=np.int64) << 32 | np.array(stories, dtype=np.int64))
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]  # in a tenth of the time of `numpy.unique`
    existing_story_pairs = pairs[np.isin(pairs & _STORY, new, invert=True)]
    if len(existing_story_pairs):
        values = _by_slot(existing_story_pairs >> 32, stories=existing_story_pairs & _STORY)
        known = execute(connection, _KNOWN, values).fetchall()
        existing = np.array(known, dtype=np.int64).reshape(-1, 2)
        pairs = np.setdiff1d(pairs, existing[:, 0] << 32 | existing[:, 1], assume_unique=True)
    if len(pairs):  # all are missing, so COPY meets no duplicate
        with cursor(connection) as open_cursor, open_cursor.copy(COPY_KEYS) as copy:
            copy.write(COPY_HEAD + key_rows(pairs >> 32, pairs & _STORY) + COPY_END)


def _by_slot(keys: Integers, **others: Integers) -> dict[str, object]:
    """Return the keys and the values that belong to them, split by slot: parameters ``keys0``, ``keys1`` and so on."""
    slots = keys % SLOTS
    columns = {"keys": keys, **others}
    within = [slots == slot for slot in range(SLOTS)]
    return {f"{name}{slot}": column[within[slot]] for slot in range(SLOTS) for name, column in columns.items()}


def key_rows(keys: Integers, stories: Integers) -> bytes:
    """Return rows of ``sketch_keys`` with these keys in the format of binary COPY; the pairs must be distinct."""
    items = stories.astype(np.int64) << 32 | (keys % SLOTS).astype(np.int64) << _SLOT | np.arange(len(keys))
    items.sort()  # in a quarter of the time of `numpy.lexsort`
    order, slots = items & (1 << _SLOT) - 1, items >> _SLOT & 0b111
    places = np.arange(len(items))
    first = np.diff(items >> _SLOT, prepend=-1) != 0  # of each story and slot
    line = places - np.maximum.accumulate(np.where(first, places, 0))  # keys of one story and slot need a row each
    opens = np.flatnonzero(np.diff(items >> 32, prepend=-1))
    lines = np.maximum.reduceat(line, opens) + 1  # of each story
    row = np.repeat(np.cumsum(lines) - lines, np.diff(opens, append=len(items))) + line
    key = np.dtype([("length", ">i4"), ("key", ">i4")])
    rows = np.zeros(lines.sum(), dtype=[("n", ">i2"), ("length", ">i4"), ("story", ">i4"), ("keys", key, (SLOTS,))])
    rows["n"], rows["length"], rows["story"] = 1 + SLOTS, 4, np.repeat(items[opens] >> 32, lines)
    rows["keys"]["length"] = -1  # NULL: no value follows
    rows["keys"]["length"][row, slots] = 4
    rows["keys"]["key"][row, slots] = keys[order]
    kept = np.ones((len(rows), rows.itemsize // 2), dtype=bool)  # in units of two bytes: all fields are even
    kept[:, -4 * SLOTS :].reshape(len(rows), SLOTS, 4)[:, :, 2:] = (rows["keys"]["length"] == 4)[:, :, None]
    return rows.view(np.uint16).reshape(kept.shape)[kept].tobytes()
