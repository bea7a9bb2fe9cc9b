"""A moment goes in, the first row made from then on comes out: ids rise with time, so no index on time is needed."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, select


def newest_id(connection: Connection, table: Table) -> int:
    """Return the newest id of a table; 0 if it is empty."""
    newest: int = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return newest


def first_since(connection: Connection, made_at: "Column[datetime]", moment: datetime) -> int:
    """Return the smallest id of a row ``made_at`` that moment or later, above all of its table where there is none.

    Found by halving: some 25 lookups by key in a table of 30 million rows.
    """
    ids = made_at.table.c.id
    low, high = connection.execute(select(func.coalesce(func.min(ids), 1), func.coalesce(func.max(ids), 0) + 1)).one()
    while low < high:
        middle = (low + high) // 2
        following = select(ids, made_at).where(ids >= middle).order_by(ids).limit(1)
        found, made = connection.execute(following).one()
        if made < moment:
            low = found + 1
        else:
            high = middle
    return int(low)
