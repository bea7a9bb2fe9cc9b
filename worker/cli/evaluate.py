"""``copydesk evaluate``: measure the matching on corpora."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from worker.cli import output
from worker.cli.database import settings_on_bare_servers
from worker.cli.options import JSON_ARRAY
from worker.cli.table import Column, print_table
from worker.evaluate import Corpus, EvaluationResult, evaluate, load
from worker.evaluate.joins_beyond_text import SHARES
from worker.settings import Settings

#: The column of joins beyond the text that even a narrow terminal shows.
_MAIN_SHARE = 0.2


@click.command("evaluate", epilog="Example:  copydesk evaluate seeds/ --baseline")
@click.argument("corpora", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--baseline", is_flag=True, help="Also measure three textbook methods; needs the extra `baseline`.")
@JSON_ARRAY
def evaluate_command(corpora: tuple[Path, ...], baseline: bool, as_json: bool) -> None:
    """Measure the pipeline on corpora, and print the scores. Each corpus gets an empty database.

    A corpus is a folder with docs.jsonl or expected.json. Its corpus.toml says what the labels mean: copies, event,
    pairs (pairs.jsonl) or none. Without that file, lines with the same `story` are copies. A file that `copydesk export
    decisions` wrote is a corpus of judged pairs.

    A narrow terminal leaves out columns; --json has all numbers.
    """
    results: list[EvaluationResult] = []
    loaded = [load(path) for path in corpora]
    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with settings_on_bare_servers() as settings, bar:
        for corpus in loaded:
            results += _evaluate(settings, corpus, baseline, bar)
    for corpus in loaded:
        if corpus.note:
            output.say(corpus.note)
    if as_json:
        output.print_json([asdict(result) for result in results])
        return
    print_table(_columns(baseline), [_cells(result, baseline) for result in results])
    for result in results:
        for error in result.errors:
            click.echo(
                f"{result.corpus}: {error.a} | {error.b}: {error.mistake} ({error.similarity:.2f}). {error.reason}"
            )


def _evaluate(settings: Settings, corpus: Corpus, baseline: bool, bar: Progress) -> list[EvaluationResult]:
    """Evaluate a corpus, with a progress bar on a terminal and a line of what was done elsewhere."""
    task = bar.add_task(corpus.name, total=None)
    results = evaluate(
        settings, corpus, baseline=baseline, advance=lambda done, total: bar.update(task, completed=done, total=total)
    )
    if bar.disable:
        output.say(f"{corpus.name}: {results[0].articles:,} articles in {results[0].seconds:.1f} s")
    return results


def _columns(baseline: bool) -> list[Column]:
    """Return the columns; a narrow terminal leaves out optional ones, the last first."""
    optional = ("largest", "ARI", "B³ F1", "true pairs", "true joined", "false joined")
    return [
        *(Column("corpus"), Column("labels"), *([Column("method", wide=True)] if baseline else [])),
        *(Column(name, right=True) for name in ("articles", "stories")),
        *(Column(name, right=True, optional=name != "F1") for name in ("precision", "recall", "F1")),
        *(Column(name, right=True, optional=True) for name in optional),
        *(Column("same event", right=True), Column("of pairs", right=True, optional=True)),
        *(Column("share", right=True, optional=True), Column("other event", right=True)),
        *(Column("related F1", right=True), Column("related precision", right=True, optional=True)),
        *(Column("related recall", right=True, optional=True), Column("links", right=True, optional=True)),
        *(
            Column(f"beyond {share:g}".replace("0.", "."), right=True, optional=share != _MAIN_SHARE)
            for share in SHARES
        ),
        Column("compared", right=True, optional=True),
    ]


def _cells(result: EvaluationResult, baseline: bool) -> tuple[object, ...]:
    """Return the values in the order of the columns; ``None`` where the labels say nothing about one."""
    joined, right, event, related = result.joined_pairs, result.right_pairs, result.event, result.related

    def decimals(*scores: float | None) -> list[str | None]:
        return [None if score is None else f"{score:.3f}" for score in scores]

    return (
        *(result.corpus, result.labels, *([result.method] if baseline else []), result.articles, result.stories),
        *(*decimals(result.precision, result.recall, result.f1), result.largest),
        *(*decimals(result.ari, result.b_cubed_f1), result.true_pairs, right),
        None if joined is None or right is None else joined - right,
        *((event.joined, event.pairs, f"{event.share:.4f}", event.other_events_joined) if event else [None] * 4),
        *((*decimals(related.f1, related.precision, related.recall), related.links) if related else [None] * 4),
        *(f"{joins:.2f}" for joins in result.beyond_text.values()),
        None if result.compared is None else f"{result.compared:.1f}",
    )
