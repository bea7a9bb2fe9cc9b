"""Two texts go in, both come out as runs in their own words: what stands in one alone is ``added`` there."""

from worker.explain import DiffRun, differences

#: Two longer texts are not laid beside each other: marking them would take seconds.
MOST_CHARACTERS = 300_000


def side_by_side(left: str, right: str) -> dict[str, list[DiffRun]]:
    """Return the runs of both texts, as ``left`` and ``right``."""
    return {
        "left": [run for run in differences(right, left) if run.kind != "removed"],
        "right": [run for run in differences(left, right) if run.kind != "removed"],
    }
