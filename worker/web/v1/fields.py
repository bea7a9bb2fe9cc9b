"""Types of parameters: each accepts exactly what the OpenAPI document says."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from worker.article import Relation

#: Ids have 32 bits; those of files and of the change feed have 64.
LARGEST_ID, LARGEST_LONG = 2**31 - 1, 2**63 - 1
#: What a copy can be; `original` is the canonical article alone.
CopyRelation = Literal[
    Relation.EXACT, Relation.NEAR, Relation.ABRIDGED, Relation.EXTENDED, Relation.REWRITE, Relation.REVISION
]
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
#: The largest pages; a story has about 500 bytes there, a change 150.
MOST_ROWS, MOST_CHANGES = 1_000, 10_000
#: The longest wait for a change: proxies give up after 30 or 60 s.
MOST_SECONDS = 25
_WORDS = 300


def _digits(value: object) -> object:
    """Accept the digits of a query, not the signs, blanks and underscores that Python reads too."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal() and len(value) < 20):
        raise ValueError("this must be a whole number, written in digits")
    return value


def _number(value: object) -> object:
    """Accept a number of JSON, not the strings and booleans that Python reads as one."""
    if isinstance(value, bool | str):
        raise ValueError("this must be a whole number")  # noqa: TRY004  pydantic reports only these
    return value


def _time(value: object) -> object:
    if isinstance(value, str) and not _RFC3339.fullmatch(value):
        raise ValueError("this must be a time with its offset, such as 2026-03-01T12:00:00Z")
    return value


def _bounded(value: datetime) -> datetime:
    if not 1 < value.year < 9999:  # the offset could lead out of the years that Python and Postgres know
        raise ValueError("the year must be from 2 to 9998")
    return value


def _flag(value: object) -> object:
    if isinstance(value, str) and value not in {"0", "1", "true", "false"}:
        raise ValueError("this must be 1 or 0")
    return value


def _words(value: str) -> str:
    return value.replace("\x00", " ").strip()


# the bounds come first, because those after a validator are not in the OpenAPI document
_digits_only, _number_only = BeforeValidator(_digits), BeforeValidator(_number)
Id = Annotated[int, Field(ge=1, le=LARGEST_ID), _digits_only]
LongId = Annotated[int, Field(ge=1, le=LARGEST_LONG), _digits_only]
Position = Annotated[int, Field(ge=0, le=LARGEST_LONG), _digits_only]
Copies = Annotated[int, Field(ge=0, lt=LARGEST_ID), _digits_only]
Languages = Annotated[int, Field(ge=2, le=100), _digits_only]
Rows = Annotated[int, Field(ge=1, le=MOST_ROWS), _digits_only]
Changes = Annotated[int, Field(ge=1, le=MOST_CHANGES), _digits_only]
Seconds = Annotated[int, Field(ge=0, le=MOST_SECONDS), _digits_only]
BodyId = Annotated[int, Field(ge=1, le=LARGEST_ID), _number_only]
Version = Annotated[int, Field(ge=0, le=LARGEST_ID), _number_only]
Time = Annotated[AwareDatetime, AfterValidator(_bounded), BeforeValidator(_time)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Words = Annotated[str, Field(max_length=_WORDS), AfterValidator(_words)]


class Parameters(BaseModel):
    """The query parameters of an endpoint."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """The JSON body of a request; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")
