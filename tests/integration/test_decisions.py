"""Decisions of people are exported as labels, and `evaluate` scores on them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.border import REFUSED, answer, queue
from tests.integration.delivery import WINDOW_DAYS
from worker.stories.correction_context import CorrectionContext
from worker.stories.corrections import merge, not_a_copy


@pytest.mark.slow
def test_decisions_are_labels_that_evaluate_scores(
    engine: Engine, work: Callable[..., None], copydesk: Callable[..., Any], tmp_path: Path
) -> None:
    """The newest decision on each pair is exported with both texts, name and time, and scored in an empty database."""
    work(dispatch(1), REFUSED, dispatch(3), copy_of(3, 1))
    with engine.begin() as connection:
        context = CorrectionContext(connection, WINDOW_DAYS, "read it", made_by="mara")
        not_a_copy(context, 4, 3)
        merge(context, 3, 4)
    answer(engine, queue(engine)[0].id, "another", "mara")
    target = tmp_path / "decisions.jsonl"
    assert copydesk("export", "decisions", "--output", target).code == 0
    exported = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [(row["label"], row["article_id"], row["other_article_id"], row["kind"]) for row in exported] == [
        ("same", 4, 3, "merge"),
        ("not", 2, 1, "not-a-copy"),
    ]
    assert {row["made_by"] for row in exported} == {"mara"}
    assert all(row["made_at"] and row["source_path"] and row["other_source_path"] for row in exported)
    for corpus in (target, tmp_path):
        [result] = json.loads(copydesk("evaluate", corpus, "--json").out)
        assert (result["labels"], result["articles"], result["true_pairs"], result["right_pairs"]) == ("pairs", 4, 1, 1)
        assert (result["precision"], result["recall"]) == (1, 1)


@pytest.mark.parametrize("line", ["{}", '{"label": "maybe", "article_id": 1}'])
def test_a_line_that_is_no_decision_is_named(copydesk: Callable[..., Any], tmp_path: Path, line: str) -> None:
    """A damaged file of decisions is refused with the number of the line."""
    (tmp_path / "decisions.jsonl").write_text(line + "\n", "utf-8")
    ran = copydesk("evaluate", tmp_path)
    assert ran.code == 1
    assert "decisions.jsonl, line 1: this is no decision" in ran.err
