"""Saved views: lists of stories that people named, each with the query of its address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from worker.store.models import saved_views

#: All of them are on the page of the stories.
MOST_VIEWS = 100


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named query; ``saved_by`` is the name of a token, None before there were names."""

    id: int
    name: str
    query: str
    saved_at: datetime
    saved_by: str | None


def all_views(connection: Connection) -> list[SavedView]:
    """Return the views in the order of their names."""
    rows = connection.execute(select(saved_views).order_by(text("lower(name)")).limit(MOST_VIEWS))
    return [SavedView(*row) for row in rows]


def add(connection: Connection, name: str, query: str, saved_by: str | None) -> int | None:
    """Save a view and return its id, None if another has this name, in whatever case."""
    statement = insert(saved_views).values(name=name, query=query, saved_by=saved_by).on_conflict_do_nothing()
    view_id: int | None = connection.execute(statement.returning(saved_views.c.id)).scalar_one_or_none()
    return view_id


def remove(connection: Connection, view_id: int) -> SavedView | None:
    """Remove a view and return it, None if it is not there."""
    statement = delete(saved_views).where(saved_views.c.id == view_id).returning(*saved_views.c)
    row = connection.execute(statement).one_or_none()
    return SavedView(*row) if row else None
