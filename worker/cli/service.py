"""The long-running commands: ``up``, and its parts for separate containers."""

import signal
import sys
import threading
from collections.abc import Callable

import click

from worker.cli.database import database, settings_on_servers
from worker.errors import CopydeskError


def _on_stop(stop: Callable[[], None]) -> None:
    """Call ``stop`` on Ctrl-C and on SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _signal, _frame: stop())


@click.command("up")
def up_command() -> None:
    """Run the whole service until Ctrl-C.

    Starts watcher, workers, scheduler and web pages, the reader of the stream if COPYDESK_STREAM is set, and embedded
    Postgres and Valkey unless DATABASE_URL and REDIS_URL are set. Exits with 1 if a service already runs in the data
    folder, or if the port of the pages is in use.

    Example: copydesk up
    """
    from worker.cli import startup
    from worker.operations.health import parts
    from worker.process.service_lock import only_service
    from worker.process.supervisor import keep_running
    from worker.settings import load
    from worker.web.listener import listen

    stopping = threading.Event()
    _on_stop(stopping.set)
    configured = load()
    with only_service(configured.data_dir) as folder_exists:
        listen(configured).close()  # the pages would try a port in use again and again
        with database(create=True) as (settings, engine):
            ready = startup.ready(settings)
            # a daemon: it may wait for a database that no longer answers
            look = (engine, parts(settings), stopping, folder_exists, ready)
            watching = threading.Thread(target=startup.watch, args=look, daemon=True)
            watching.start()
            stream = [["stream"]] if settings.stream else []
            keep_running(settings, [["watch"], *stream, ["worker"], ["scheduler"], ["web"]], stopping)
            watching.join(startup.END_SECONDS)
        if not folder_exists():
            sys.exit(1)


@click.command("watch")
def watch_command() -> None:
    """Watch the inbox and enqueue new files.

    Example: COPYDESK_INBOX=/srv/news copydesk watch
    """
    with database(create=True) as (settings, engine):
        from worker.inbox import feeder
        from worker.inbox.watch import inbox_watch

        watch = inbox_watch(settings)
        _on_stop(watch.stop)
        feeder.run(settings, engine, watch)


@click.command("stream")
def stream_command() -> None:
    """Enqueue the articles of the stream COPYDESK_STREAM.

    Messages are acknowledged once their articles are in the archive and the ledger.

    Example: COPYDESK_STREAM=redis://desk/0?stream=articles copydesk stream
    """
    stopping = threading.Event()
    _on_stop(stopping.set)
    with database(create=True) as (settings, engine):
        from worker.inbox import stream_feeder
        from worker.inbox.redis_stream import RedisStream

        if settings.stream is None:
            raise CopydeskError("Set COPYDESK_STREAM to the stream to read: redis://host:6379/0?stream=articles.")
        source = RedisStream(settings.stream, settings.stream_password)
        stream_feeder.run(settings, engine, source, stopping)


@click.command("worker")
@click.option("--concurrency", type=click.IntRange(1), help="Worker processes.  [default: one per core]")
def worker_command(concurrency: int | None) -> None:
    """Process queued files: clean, fingerprint, match them.

    Example: copydesk worker --concurrency 4
    """
    with settings_on_servers(create=True) as settings:
        from worker.queue import worker

        worker.run(settings, concurrency or settings.processes)


@click.command("scheduler")
def scheduler_command() -> None:
    """Enqueue lost files, index articles, send to webhooks.

    Example: copydesk scheduler
    """
    stopping = threading.Event()
    _on_stop(stopping.set)
    with database(create=True) as (settings, engine):
        from worker.queue import sweeper
        from worker.webhooks.sender import sending

        with sending(settings):
            sweeper.run(settings, engine, stopping)
