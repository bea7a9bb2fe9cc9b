"""A moment goes in, the first row made from then on comes out: ids rise with time, so no index on time is needed."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, select


def first_since(connection: Connection, table: Table, made_at: "Column[datetime]", moment: datetime) -> int:
    """Return the smallest ``table.c.id`` of a row ``made_at`` that moment or later, above all where there is none.

    Found by halving: some 25 lookups by key in a table of 30 million rows.
    """
    low, high = connection.execute(
        select(func.coalesce(func.min(table.c.id), 1), func.coalesce(func.max(table.c.id), 0) + 1)
    ).one()
    while low < high:
        middle = (low + high) // 2
        following = select(table.c.id, made_at).where(table.c.id >= middle).order_by(table.c.id).limit(1)
        found, made = connection.execute(following).one()
        if made < moment:
            low = found + 1
        else:
            high = middle
    return int(low)
