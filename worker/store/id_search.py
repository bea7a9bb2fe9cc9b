"""Find rows by time through their ids: ids rise with time, so no index on time is needed."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, select


def newest_id(connection: Connection, table: Table) -> int:
    """Return the newest id of a table; 0 if it is empty."""
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def first_since(connection: Connection, created_at: "Column[datetime]", time: datetime) -> int:
    """Return the smallest id of a row created at ``time`` or later; one above the newest id if there is none.

    It is a binary search: about 25 lookups by key in a table of 30 million rows.
    """
    ids = created_at.table.c.id
    low, high = connection.execute(select(func.coalesce(func.min(ids), 1), func.coalesce(func.max(ids), 0) + 1)).one()
    while low < high:
        middle = (low + high) // 2
        following = select(ids, created_at).where(ids >= middle).order_by(ids).limit(1)
        id_, created = connection.execute(following).one()
        if created < time:
            low = id_ + 1
        else:
            high = middle
    return int(low)
