"""The evidence on a pair goes in, a table in words and the shared passages side by side come out."""

from collections.abc import Sequence

from worker.cli import output
from worker.cli.table import Column, print_table
from worker.explain import Finding, Passage

_COLUMNS = (
    Column("evidence"),
    Column("value", right=True),
    Column("speaks"),
    Column("what it means", wide=True, fold=True),
)


def print_evidence(findings: Sequence[Finding], passages: Sequence[Passage], first: str, second: str) -> None:
    """Print what two texts have in common; ``first`` and ``second`` name them in the headings."""
    if findings:
        print_table(_COLUMNS, ((found.label, found.shown, found.speaks, found.meaning) for found in findings))
    if passages:
        output.print_heading("The longest passages that stand in both:")
        output.print_side_by_side(first, second, ((passage.first, passage.second) for passage in passages))
    elif findings:
        output.print_text("No passage of five words or more stands in both.")
