"""Parse and check the path and query parameters of a request; an error says in a sentence what to write."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from starlette.requests import Request

from worker.article import FileState, PublicationStatus, Relation
from worker.errors import CopydeskError
from worker.settings.timestamps import parse_time
from worker.store.read.story_filter import StoryFilter
from worker.store.read.story_search import Position

#: Ids have 32 bits; those of files and of the change feed have 64.
_LARGEST_ID = 2**31 - 1
_LARGEST_LONG = 2**63 - 1
_LONGEST = 300
_MOST_LANGUAGES = 100
#: A score in an address; `nan` and `inf` are none.
_SCORE = re.compile(r"-?\d+\.\d+")
Row = TypeVar("Row")
Choice = TypeVar("Choice", bound=StrEnum)


class BadRequestError(CopydeskError):
    """The request makes no sense (status 400); the message says what to write."""


class NotFoundError(CopydeskError):
    """What the request names does not exist (status 404)."""


def text_param(request: Request, name: str) -> str | None:
    """Return the query parameter ``name``, or None if it is absent or blank."""
    value = request.query_params.get(name, "").replace("\x00", " ").strip()
    if len(value) > _LONGEST:
        raise BadRequestError(f"{name} is longer than {_LONGEST} characters.")
    # Postgres refuses what was decoded from broken UTF-8
    return value.encode("utf-8", "replace").decode() or None


def int_param(request: Request, name: str, *, least: int = 0, most: int = _LARGEST_LONG) -> int | None:
    """Return the query parameter ``name`` as a whole number, or None if it is absent or blank."""
    value = text_param(request, name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and least <= int(value) <= most):
        raise BadRequestError(f"{name} must be a whole number from {least:,} to {most:,}.")
    return int(value)


def uuid_param(request: Request, name: str) -> UUID | None:
    """Return the query parameter ``name`` as a UUID, or None if it is absent or blank."""
    value = text_param(request, name)
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise BadRequestError(f"{name} must be a UUID, as in the answers.") from error


def path_id(request: Request, *, most: int = _LARGEST_ID) -> int:
    """Return the id in the path."""
    value = request.path_params["id"]
    if value > most:
        raise NotFoundError(f"There is no number {value}.")
    return int(value)


def file_state(request: Request) -> str | None:
    """Return the query parameter ``state``, or None for files in any state."""
    state = text_param(request, "state")
    if state and state not in set(FileState):
        raise BadRequestError(f"state must be one of {', '.join(FileState)}.")
    return state


def choice_param(request: Request, name: str, values: Sequence[Choice]) -> Choice | None:
    """Return the query parameter ``name``, which must be one of ``values``, or None if it is absent or blank."""
    value = text_param(request, name)
    if value is None:
        return None
    for known in values:
        if value == known:
            return known
    raise BadRequestError(f"{name} must be one of {', '.join(values)}.")


#: What a copy can be; `original` is the canonical article alone.
COPY_RELATIONS = tuple(relation for relation in Relation if relation != Relation.ORIGINAL)


def page_filter(request: Request) -> StoryFilter:
    """Return the filter of the list on the pages: also relation and status."""
    return replace(
        story_filter(request),
        relation=choice_param(request, "relation", COPY_RELATIONS),
        status=choice_param(request, "status", tuple(PublicationStatus)),
    )


def story_filter(request: Request) -> StoryFilter:
    """Return the filter of the query parameters since, until, source, language, copies and languages."""
    copies = int_param(request, "copies", most=_LARGEST_ID - 1)
    return StoryFilter(
        since=_time(text_param(request, "since")),
        until=_end(text_param(request, "until")),
        source=text_param(request, "source"),
        language=text_param(request, "language"),
        articles=copies + 1 if copies else None,
        languages=int_param(request, "languages", least=2, most=_MOST_LANGUAGES),
    )


def _time(value: str | None) -> datetime | None:
    try:
        return parse_time(value) if value else None
    except ValueError as error:
        raise BadRequestError(str(error)) from error


def _end(value: str | None) -> datetime | None:
    """Return the time given; for a date without a time, the end of that day."""
    at = _time(value)
    return at + timedelta(days=1) if at and value and len(value) == len("2026-01-31") and at < _LAST_DAY else at


_LAST_DAY = datetime(9999, 12, 30, tzinfo=UTC)


def read_cursor(request: Request, name: str = "after") -> Position | None:
    """Return the position of the last story on the previous page, as ``write_cursor`` wrote it."""
    value = text_param(request, name)
    if value is None:
        return None
    at, _, last = value.rpartition("_")
    invalid = BadRequestError(f"{name} is not a position in the list. Start again at the first page.")
    try:
        seen = float(at) if _SCORE.fullmatch(at) else datetime.fromisoformat(at)
    except ValueError as error:
        raise invalid from error
    if (isinstance(seen, datetime) and not seen.tzinfo) or not last.isdecimal() or int(last) > _LARGEST_ID:
        raise invalid
    return seen, int(last)


def write_cursor(position: Position) -> str:
    """Format the position of a story in the list for an address."""
    at, story_id = position
    return f"{at.isoformat() if isinstance(at, datetime) else repr(at)}_{story_id}"


def time_cursor(request: Request) -> tuple[datetime, int] | None:
    """Return the position in a list by time.

    Raises:
        BadRequestError: it is a position in results of a search.
    """
    position = read_cursor(request)
    if position is None:
        return None
    at, story_id = position
    if not isinstance(at, datetime):
        raise BadRequestError("after is a position in a search. Start again at the first page.")
    return at, story_id


def number_cursor(request: Request) -> Position | None:
    """Return the position in a list by numbers.

    Raises:
        BadRequestError: it is a position in a list by time.
    """
    position = read_cursor(request)
    if position and isinstance(position[0], datetime):
        raise BadRequestError("after is a position in a list by time. Start again at the first page.")
    return position


def cut_page(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], Row | None]:
    """Return the first ``size`` rows, and the last of these if more rows follow, else None."""
    return rows[:size], rows[size - 1] if len(rows) > size else None
