"""Print the evidence on a pair of articles: a table, and the shared passages side by side."""

from collections.abc import Sequence

from worker.cli import output
from worker.cli.table import Column, print_table
from worker.explain.evidence import Finding, strongest
from worker.explain.passages import Passage

_COLUMNS = (
    Column("evidence"),
    Column("value", right=True),
    Column("effect"),
    Column("what it means", wide=True, fold=True),
)


def print_evidence(findings: Sequence[Finding], passages: Sequence[Passage], first: str, second: str) -> None:
    """Print the strongest evidence and the shared passages; the headings call the texts ``first`` and ``second``."""
    shown = strongest(findings)
    if shown:
        print_table(_COLUMNS, ((row.label, row.shown, row.log_odds_text, row.meaning) for row in shown))
    if len(shown) < len(findings):
        output.say(f"These are {len(shown)} of {len(findings)} numbers; --json lists all.")
    if passages:
        output.print_heading("The longest passages in both texts:")
        output.print_side_by_side(first, second, ((passage.first, passage.second) for passage in passages))
    elif findings:
        output.print_text("The texts share no passage of five words or more.")
