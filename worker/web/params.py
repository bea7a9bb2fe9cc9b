"""The query of a request goes in, checked values come out; what can't be meant is told in a sentence."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from worker.errors import CopydeskError
from worker.settings.timestamps import moment
from worker.store.read.stories import StoryFilter

#: Ids have 32 bits; the change feed's and the files' have 64.
_LARGEST_ID = 2**31 - 1
_LARGEST_LONG = 2**63 - 1
_LONGEST = 300


class UnanswerableError(CopydeskError):
    """A question that makes no sense; the message says what to write."""


class MissingError(CopydeskError):
    """There is no such thing; the message says where to look."""


def written(request: Request, name: str) -> str | None:
    """Return what was written for ``name``; nothing but blanks is nothing."""
    value = request.query_params.get(name, "").replace("\x00", " ").strip()
    if len(value) > _LONGEST:
        raise UnanswerableError(f"{name} is longer than {_LONGEST} characters.")
    # what came as broken UTF-8 can't be asked for
    return value.encode("utf-8", "replace").decode() or None


def number(request: Request, name: str, *, least: int = 0, most: int = _LARGEST_LONG) -> int | None:
    """Return a whole number of the query, or None where none was written."""
    value = written(request, name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and least <= int(value) <= most):
        raise UnanswerableError(f"{name} must be a whole number from {least:,} to {most:,}.")
    return int(value)


def path_id(request: Request, *, most: int = _LARGEST_ID) -> int:
    """Return the id in the path."""
    value = request.path_params["id"]
    if value > most:
        raise MissingError(f"There is no number {value}.")
    return int(value)


def wanted(request: Request) -> StoryFilter:
    """Return which stories are asked for: q, since, until, source, language, copies."""
    copies = number(request, "copies", most=_LARGEST_ID - 1)
    return StoryFilter(
        search=written(request, "q"),
        since=_moment(written(request, "since")),
        until=_end(written(request, "until")),
        source=written(request, "source"),
        language=written(request, "language"),
        articles=copies + 1 if copies else None,
    )


def _moment(value: str | None) -> datetime | None:
    try:
        return moment(value) if value else None
    except ValueError as error:
        raise UnanswerableError(str(error)) from error


def _end(value: str | None) -> datetime | None:
    """Return the moment up to which; of a day alone, its end."""
    at = _moment(value)
    return at + timedelta(days=1) if at and value and len(value) == len("2026-01-31") and at < _LAST_DAY else at


_LAST_DAY = datetime(9999, 12, 30, tzinfo=UTC)


def cursor(request: Request, name: str = "after") -> tuple[datetime, int] | None:
    """Return the place in the list of stories to go on behind, as ``behind`` wrote it."""
    value = written(request, name)
    if value is None:
        return None
    at, _, last = value.rpartition("_")
    wrong = UnanswerableError(f"{name} is no place in the list. Start again at its first page.")
    try:
        seen = datetime.fromisoformat(at)
    except ValueError as error:
        raise wrong from error
    if not seen.tzinfo or not last.isdecimal() or int(last) > _LARGEST_ID:
        raise wrong
    return seen, int(last)


def behind(key: tuple[datetime, int]) -> str:
    """Write a place in the list of stories."""
    return f"{key[0].isoformat()}_{key[1]}"
