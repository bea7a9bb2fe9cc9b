"""``copydesk bench``: measure the service on this machine."""

from dataclasses import asdict

import click

from worker.cli import output
from worker.cli.database import settings_on_bare_servers
from worker.cli.options import JSON_OBJECT


@click.command("bench", epilog="Example:  copydesk bench --articles 20000 --baseline")
@click.option("--articles", default=10_000, show_default=True, type=click.IntRange(1), help="Files to deliver.")
@click.option("--prefill", default=0, show_default=True, type=click.IntRange(0), help="Articles stored beforehand.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes.  [default: one per core]")
@click.option("--baseline", is_flag=True, help="Also measure a plain implementation, for comparison.")
@JSON_OBJECT
def bench_command(articles: int, prefill: int, workers: int | None, baseline: bool, as_json: bool) -> None:
    """Measure a running service with generated articles. Reports speed, latency, stages, memory and disk.

    Uses a separate database that is removed afterwards. Other load on the machine distorts the numbers.
    """
    from worker.bench import bench
    from worker.bench.result import lines

    with settings_on_bare_servers() as settings:
        result = bench(settings, articles=articles, stored=prefill, workers=workers, baseline=baseline, log=output.say)
    if as_json:
        output.print_json(asdict(result))
    else:
        for line in lines(result):
            click.echo(line)
