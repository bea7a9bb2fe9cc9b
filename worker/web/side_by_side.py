"""Mark the differences between two texts for a page that shows them side by side."""

from worker.explain import DiffRun, differences

#: Texts that are longer together are not compared: marking the differences would take seconds.
MOST_CHARACTERS = 300_000


def side_by_side(left: str, right: str) -> dict[str, list[DiffRun]]:
    """Return the runs of each text as ``left`` and ``right``; words that only this text has are ``added``."""
    return {
        "left": [run for run in differences(right, left) if run.kind != "removed"],
        "right": [run for run in differences(left, right) if run.kind != "removed"],
    }
