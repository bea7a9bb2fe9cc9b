"""Load config/agencies.toml: how news agencies sign their texts, for datelines and sign-offs.

The pattern of all signs runs on RE2, whose cost does not depend on their number.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from worker.errors import SettingsError
from worker.settings import config_file

_REQUIRED = {"name", "signs", "language", "example"}
_OPTIONAL = {"dateline", "below"}


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
    path = config_file("agencies.toml")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The agencies {path} can't be read ({error}): correct the file.") from error
    rows = table.pop("agency", [])
    if table or not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"The agencies {path} hold something else: each agency begins with a line [[agency]].")
    return tuple(map(_agency, rows))


def _agency(row: dict[str, Any]) -> Agency:
    missing, unknown = _REQUIRED - row.keys(), row.keys() - _REQUIRED - _OPTIONAL
    if missing or unknown:
        name = row.get("name", "without a name")
        raise SettingsError(f"Agency {name}: add {sorted(missing)}, remove {sorted(unknown)}.")
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
