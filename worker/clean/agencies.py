"""Load config/agencies.toml: how news agencies sign their texts, for datelines and sign-offs.

The pattern of all signs runs on RE2, whose cost does not depend on their number.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from worker.clean.config_rows import RowFormat, config_rows
from worker.errors import SettingsError

_ROWS = RowFormat(
    "agencies.toml",
    "agency",
    "agencies",
    "Agency",
    required={"name", "signs", "language", "example"},
    optional={"dateline", "below"},
    least=1,
)


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency: its signs, and an example of a dateline or, if ``below``, of a sign-off."""

    name: str
    signs: tuple[str, ...]
    language: str
    example: str
    dateline: str | None
    below: bool


@cache
def load_agencies() -> tuple[Agency, ...]:
    """Return the agencies, which each process reads once; raise SettingsError if the file is invalid."""
    return tuple(map(_agency, config_rows(_ROWS)))


def _agency(row: dict[str, Any]) -> Agency:
    signs = row["signs"]
    if not isinstance(signs, list) or not signs or not all(isinstance(sign, str) and sign.strip() for sign in signs):
        raise SettingsError(f"Agency {row['name']}: signs is a list of names as the agency writes them.")
    return Agency(
        name=row["name"],
        signs=tuple(signs),
        language=row["language"],
        example=row["example"],
        dateline=row.get("dateline"),
        below=row.get("below", False),
    )


@cache
def sign_pattern() -> re2._Regexp:
    """Return the pattern that finds each sign, the longest that begins at a place."""
    signs = {sign for agency in load_agencies() for sign in agency.signs}
    return re2.compile("|".join(map(re2.escape, sorted(signs, key=lambda sign: (-len(sign), sign)))))


def is_sign(text: str) -> bool:
    """Return whether ``text`` is how an agency signs."""
    return text in _signs()


@cache
def _signs() -> frozenset[str]:
    return frozenset(sign for agency in load_agencies() for sign in agency.signs)
