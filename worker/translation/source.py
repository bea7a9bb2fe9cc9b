"""Which version of a dispatch in several languages came first, and which one it was likely written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class DispatchVersion(NamedTuple):
    """A story of a dispatch: when it was first seen, and the signs of the newsroom that wrote it, if it has any."""

    story_id: int
    language: str
    first_seen: datetime
    dateline: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class LikelySource:
    """The version that the others were likely translated from: a guess, with its reason."""

    story_id: int
    language: str
    reason: str


def likely_source(versions: Sequence[DispatchVersion]) -> LikelySource | None:
    """Return the version that was likely the source; None if there are fewer than two.

    A dateline is part of a dispatch, and translators often drop it or the agency with it. So the earliest of those that
    have the most of these signs is taken.
    """
    if len(versions) < 2:
        return None
    source = min(versions, key=lambda version: (-_signs(version), version.first_seen, version.story_id))
    came_first = source.first_seen <= min(version.first_seen for version in versions)
    more_signs = _signs(source) > min(map(_signs, versions))
    clauses = ["it came first"] if came_first else []
    if more_signs or not came_first:
        clauses.append(f"it has {_names(source)}, which not all others have")
    reason = " and ".join(clauses)
    return LikelySource(source.story_id, source.language, f"{reason[0].upper()}{reason[1:]}.")


def _signs(version: DispatchVersion) -> int:
    return bool(version.dateline) + bool(version.agency)


def _names(version: DispatchVersion) -> str:
    signs = (version.dateline and "a dateline", version.agency and f"the credit of {version.agency}")
    return " and ".join(sign for sign in signs if sign)
