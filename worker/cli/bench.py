"""``copydesk bench``: measure the service on this machine."""

from dataclasses import asdict

import click

from worker.cli import output
from worker.cli.database import settings_on_servers


@click.command("bench", epilog="Example:  copydesk bench --articles 20000 --baseline")
@click.option("--articles", default=10_000, show_default=True, type=click.IntRange(1), help="Files to drop.")
@click.option("--prefill", default=0, show_default=True, type=click.IntRange(0), help="Articles stored before.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes.  [default: one a core]")
@click.option("--baseline", is_flag=True, help="Run a plain implementation in the same call, to compare.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_command(articles: int, prefill: int, workers: int | None, baseline: bool, as_json: bool) -> None:
    """Drop made-up articles into a running service and measure it: speed, latency, stages, memory, disk.

    Works in a database of its own that is removed afterwards. Other work on the machine falsifies the numbers.
    """
    from worker.bench import bench
    from worker.bench.report import lines

    with settings_on_servers() as settings:
        result = bench(settings, articles=articles, stored=prefill, workers=workers, baseline=baseline, log=output.say)
    if as_json:
        output.print_json(asdict(result))
    else:
        for line in lines(result):
            click.echo(line)
