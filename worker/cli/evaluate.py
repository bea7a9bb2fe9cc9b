"""``copydesk evaluate``: measure the matching on labelled corpora."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from worker.cli import output
from worker.cli.database import settings_on_servers
from worker.cli.options import JSON_ARRAY
from worker.cli.table import Column, print_table
from worker.evaluate import EvaluationResult, evaluate, load

_NUMBERS = ("articles", "stories", "true pairs", "joined", "precision", "recall", "F1", "ARI", "B³ F1", "compared")
_COLUMNS = (Column("corpus"), Column("method", wide=True), *(Column(heading, right=True) for heading in _NUMBERS))


@click.command("evaluate", epilog="Example:  copydesk evaluate seeds/ --baseline")
@click.argument("corpora", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--baseline", is_flag=True, help="Also measure three textbook methods; needs the extra `baseline`.")
@JSON_ARRAY
def evaluate_command(corpora: tuple[Path, ...], baseline: bool, as_json: bool) -> None:
    """Run labelled corpora through the real pipeline, each with an empty database, and print the scores.

    A corpus is a folder with either docs.jsonl (each line has a `story`; pairs.jsonl is optional) or expected.json.
    """
    results: list[EvaluationResult] = []
    loaded = [load(path) for path in corpora]
    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with settings_on_servers() as settings, bar:
        for corpus in loaded:
            task = bar.add_task(corpus.name, total=None)
            results += evaluate(
                settings,
                corpus,
                baseline=baseline,
                advance=lambda done, total, task=task: bar.update(task, completed=done, total=total),  # type: ignore[misc]
            )
    if as_json:
        output.print_json([asdict(result) for result in results])
        return
    print_table(_COLUMNS, map(_cells, results))
    for result in results:
        for error in result.errors:
            mistake = "joined, but different stories" if error.joined else "not joined, but the same story"
            click.echo(f"{result.corpus}: {error.a} | {error.b}: {mistake} ({error.similarity:.2f}). {error.reason}")


def _cells(result: EvaluationResult) -> tuple[object, ...]:
    shares = (result.precision, result.recall, result.f1, result.ari, result.b_cubed_f1)
    return (
        *(result.corpus, result.method, result.articles, result.stories, result.true_pairs, result.joined_pairs),
        *("–" if share is None else f"{share:.3f}" for share in shares),
        "–" if result.compared is None else f"{result.compared:.1f}",
    )
