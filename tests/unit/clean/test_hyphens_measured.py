"""Measure the share of correct decisions on the labelled line-end hyphens of real PDFs."""

import json
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from worker.clean import SURFACE_STEPS
from worker.clean.hyphens.find import decide_breaks, find_breaks
from worker.clean.metadata import Metadata

SHARED = Path(os.environ.get("COPYDESK_SHARED") or Path(__file__).parents[4] / "shared")
FOLDER = SHARED / "data" / "hyphens"


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def actions_by_break(document: str) -> dict[tuple[str, str], set[str]]:
    """Return the actions for each pair of halves in a document."""
    metadata = Metadata()
    for step in SURFACE_STEPS:
        document = step.apply(document, metadata).text
    breaks = find_breaks(document)
    actions = defaultdict(set)
    for candidate, action in zip(breaks, decide_breaks(breaks, document, metadata.language_of(document)), strict=True):
        actions[candidate.left, candidate.right].add(action.value)
    return actions


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the measured hyphens are not next to this checkout")
def test_join_and_keep_reach_their_goals() -> None:
    """At least 99.5 % of the words are joined and 90 % of the hyphens kept (issue 3)."""
    done = {row["id"]: actions_by_break(row["text"]) for row in rows(FOLDER / "docs.jsonl")}
    right, total = Counter[str](), Counter[str]()
    for row in rows(FOLDER / "breaks.jsonl"):
        actions = done[f"{row['cluster']}_{row['extractor']}"].get((row["left"], row["right"]))
        total[row["truth"]] += 1
        right[row["truth"]] += actions == {row["truth"]}
    assert right["join"] / total["join"] >= 0.995
    assert right["keep"] / total["keep"] >= 0.90
