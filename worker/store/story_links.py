"""Move links between two stories with a merge, for each table of such links. Call under the placement lock.

A table has a row for two stories: the later one is its ``story_id``, the earlier one its ``other_id``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from worker.store.arrays import int_array
from worker.store.execute import execute


class LinkTable(NamedTuple):
    """A table of links; parts of SQL.

    ``columns``: those besides the two ids · ``best_first``: the order of links that become one · ``on_conflict``: when
    a moved link replaces a stored one
    """

    name: str
    columns: str
    best_first: str
    on_conflict: str


def move(connection: Connection, table: LinkTable, merges: Mapping[int, int]) -> set[int]:
    """Move the links of each story (key) to the story it is merged into (value); return the later stories of these.

    A link between the two is dropped, and of several between the same stories the best remains.
    """
    if not merges:
        return set()
    statement = f"""
        WITH moved AS (
            DELETE FROM {table.name} WHERE story_id = ANY(CAST(%(dead)s AS int[]))
                OR other_id = ANY(CAST(%(dead)s AS int[])) RETURNING *),
        merges AS (SELECT * FROM unnest(CAST(%(dead)s AS int[]), CAST(%(kept)s AS int[])) AS t (dead, kept)),
        renamed AS (
            SELECT coalesce(a.kept, story_id) AS story, coalesce(b.kept, other_id) AS other, {table.columns}
            FROM moved LEFT JOIN merges a ON a.dead = story_id LEFT JOIN merges b ON b.dead = other_id)
        INSERT INTO {table.name} (story_id, other_id, {table.columns})
        SELECT DISTINCT ON (1, 2) greatest(story, other), least(story, other), {table.columns}
        FROM renamed WHERE story <> other ORDER BY 1, 2, {table.best_first} {table.on_conflict} RETURNING story_id"""
    rows = execute(connection, statement, {"dead": int_array(merges), "kept": int_array(merges.values())})
    return {int(story) for (story,) in rows.fetchall()}
