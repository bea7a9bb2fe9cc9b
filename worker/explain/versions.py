"""Say what a provider changed from each version of an article to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from worker.explain.differences import DiffRun, differences, shortened
from worker.explain.words import words
from worker.store.read.copies import StoredVersion

#: Words of context around a difference.
_CONTEXT_WORDS = 5
#: Runs that are shown of one change; the comparison of both texts has all of them.
_MOST_RUNS = 60


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A version and what changed in it since the version before; the first has no ``runs`` and ``previous_id``."""

    version: StoredVersion
    previous_id: int | None
    summary: str
    runs: list[DiffRun]


def version_changes(versions: Sequence[StoredVersion]) -> list[VersionChange]:
    """Return the versions of one article, the oldest first, each with its changes."""
    changes = [VersionChange(versions[0], None, "The first version.", [])]
    for before, after in pairwise(versions):
        runs = differences(before.text, after.text)
        shown = [] if all(run.kind == "same" for run in runs) else shortened(runs, _CONTEXT_WORDS)[:_MOST_RUNS]
        changes.append(VersionChange(after, before.article_id, _summary(before, after, runs), shown))
    return changes


def _summary(before: StoredVersion, after: StoredVersion, runs: Sequence[DiffRun]) -> str:
    added, removed = (sum(len(words(run.text)) for run in runs if run.kind == kind) for kind in ("added", "removed"))
    parts = ["another headline"] if before.title != after.title else []
    parts += [_count(added, "added")] if added else []
    parts += [_count(removed, "removed")] if removed else []
    if not parts:
        parts = ["no word changed"] if runs else ["no text"]
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _count(number: int, deed: str) -> str:
    return f"{number:,} word{'' if number == 1 else 's'} {deed}"
