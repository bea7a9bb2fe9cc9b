"""Health of the service: the figures of ``copydesk status`` and the problems that ``copydesk check`` reports."""

import errno
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

import redis
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from worker.article import ProcessKind, Relation
from worker.display import escape_path
from worker.errors import SettingsError
from worker.queue.figures import queue_length
from worker.settings import Settings
from worker.settings.places import BucketUrl
from worker.store import heartbeats, trigrams, webhooks
from worker.store.errors import message
from worker.store.migrate import versions
from worker.store.monitoring import oldest_waiting_seconds, set_back_files
from worker.store.read.totals import totals
from worker.store.session import engine as make_engine

#: If a file waits longer than this while workers run, something is stuck.
LATE_SECONDS = 300


def parts(settings: Settings) -> list[ProcessKind]:
    """Return the processes that a service with these settings has."""
    return [kind for kind in ProcessKind if kind != ProcessKind.STREAM or settings.stream]


@dataclass
class Status:
    """The state of the service; ``problems`` are sentences, and ``ok`` is true if there are none."""

    ok: bool = True
    problems: list[str] = field(default_factory=list)
    processes: dict[str, int] = field(default_factory=dict)
    queue: int | None = None
    files: dict[str, int] = field(default_factory=dict)
    oldest_waiting_seconds: float | None = None
    stream_lag: int | None = None  # messages that are not acknowledged; None: unknown, or there is no stream
    articles: int = 0
    stories: int = 0
    copies: dict[str, int] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the status as lines of text; without a database only the queue and the problems."""
        yield f"queue        {'unknown' if self.queue is None else self.queue} messages"
        if self.processes:
            yield "processes    " + ", ".join(f"{count} {kind}" for kind, count in self.processes.items())
            if ProcessKind.STREAM in self.processes:
                yield f"stream       {'unknown' if self.stream_lag is None else f'{self.stream_lag:,}'} messages wait"
            yield "files        " + _counts(self.files)
            yield f"articles     {self.articles:,}"
            yield f"stories      {self.stories:,}"
            yield "copies       " + _counts(self.copies)
        for problem in self.problems:
            yield f"! {problem}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "none"


def status(settings: Settings, engine: Engine, *, only_service: bool = False) -> Status:
    """Return the state of processes, queue, ledger and stories.

    With ``only_service`` neither the folders, which not every process uses, nor the receivers of webhooks count.
    """
    current = Status(queue=queue_length(settings))
    try:
        with engine.connect() as connection:
            _read_database(settings, connection, current)
            current.problems += [] if only_service else webhook_problems(connection)
    except SQLAlchemyError as error:
        current.problems.append(_no_answer(error))
    if current.queue is None:
        current.problems.append("Redis does not answer; files wait in the ledger until it does.")
    current.problems += [] if only_service else _folders(settings)
    current.ok = not current.problems
    return current


def _read_database(settings: Settings, connection: Connection, current: Status) -> None:
    living = heartbeats.count_by_kind(connection)
    notes = heartbeats.notes(connection)
    amounts = totals(connection)
    current.oldest_waiting_seconds = oldest_waiting_seconds(connection)
    needed = (kind for kind in parts(settings) if kind != ProcessKind.WEB)  # pages may be left out
    current.processes = {str(kind): living.get(kind, 0) for kind in needed}
    current.stream_lag = heartbeats.lag(connection)
    current.files, current.stories = amounts.files, amounts.stories
    current.articles = sum(amounts.articles.values())
    current.copies = {relation: n for relation, n in amounts.articles.items() if relation != Relation.ORIGINAL}
    current.problems += [f"{process} says: {note}" for process, note in notes]
    current.problems += [
        f"No {kind} runs. Start the service: copydesk up" for kind, n in current.processes.items() if not n
    ]
    if (current.oldest_waiting_seconds or 0) > LATE_SECONDS:
        current.problems.append(f"A file has waited for {current.oldest_waiting_seconds:,.0f} s.")
    if failing := set_back_files(connection):
        current.problems.append(
            f"{failing.files:,} files wait because this machine fails while it processes them, the first: "
            f"file {failing.id} ({escape_path(failing.path)}), {failing.setbacks} times. Look for its id in the log "
            "of the workers, which says whether disk, memory or the compiled kernel is at fault. They are tried again "
            "after pauses."
        )


def check(settings: Settings) -> list[str]:
    """Return a sentence with a hint for each problem that would keep the service from working."""
    return [*_folders(settings), *_database(settings), *_queue(settings)]


def _folders(settings: Settings) -> list[str]:
    problems = []
    places = {"inbox": settings.inbox, "archive": settings.archive}
    if isinstance(settings.archive, Path):
        places["quarantine"] = settings.quarantine
    for name, folder in places.items():
        if isinstance(folder, BucketUrl):
            problems += _bucket(name, folder)
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder, prefix="."):
                pass
        except OSError as error:
            if error.errno == errno.EROFS and not settings.embedded:
                continue  # mounted read-only on purpose, as in the container of the pages: another part writes there
            hint = f"give this user (uid {os.getuid()}) the right to write there, or set COPYDESK_{name.upper()}"
            problems.append(f"The {name} folder {folder} can't be written ({error.strerror}): {hint}.")
    return problems


def _bucket(name: str, url: BucketUrl) -> list[str]:
    try:
        from worker.bucket.probe import problem  # its library is optional
    except SettingsError as error:
        return [f"The {name}: {error}"]
    return [f"The {name}: {trouble}"] if (trouble := problem(url)) else []


def _database(settings: Settings) -> list[str]:
    engine = make_engine(settings)
    try:
        now, newest = versions(engine)
        if now != newest:
            return [f"The tables are at version {now}, this program needs {newest}. Run: copydesk migrate"]
        with engine.connect() as connection:
            return webhook_problems(connection)
    except SQLAlchemyError as error:
        return [_no_answer(error)]
    finally:
        engine.dispose()


def webhook_problems(connection: Connection) -> list[str]:
    """Return a sentence on each webhook that gets nothing, without its path, which may be secret."""
    return [
        *(f"{_name(row)} {_failing(row)}" for row in webhooks.failing(connection)),
        *(
            f"{_name(row)} is disabled since {row.disabled_at:%Y-%m-%d %H:%M} UTC: {row.disabled_reason} "
            f"Run `copydesk webhook enable {row.id}`, or `copydesk webhook remove {row.id}`."
            for row in webhooks.disabled(connection)
        ),
        *(
            f"{_name(row)} gets nothing: restart the scheduler, which sends to it."
            for row in webhooks.unattended(connection, LATE_SECONDS)
        ),
    ]


def _name(row: webhooks.WebhookRow) -> str:
    return f"Webhook {row.id} ({urlsplit(row.url).hostname})"


def _failing(row: webhooks.WebhookRow) -> str:
    return (
        f"has failed since {row.failing_since:%Y-%m-%d %H:%M} UTC, {row.failures:,} attempts. The last time: "
        f"{row.problem} The next attempt is at {row.next_at:%H:%M} UTC, or now: `copydesk webhook enable {row.id}`."
    )


def limits(settings: Settings) -> list[str]:
    """Return a sentence on each part that this database leaves out; the service works without it."""
    engine = make_engine(settings)
    try:
        with engine.connect() as connection:
            return [] if trigrams.exists(connection) else [trigrams.MISSING]
    finally:
        engine.dispose()


def _no_answer(error: SQLAlchemyError) -> str:
    return f"Postgres does not answer ({message(error)}): check DATABASE_URL and that the server runs."


def _queue(settings: Settings) -> list[str]:
    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=5, socket_timeout=5) as client:
            policy = client.info("memory").get("maxmemory_policy")
            if policy not in {"noeviction", None}:
                return [f"Redis drops keys when memory is short ({policy}): set maxmemory-policy noeviction."]
    except redis.RedisError as error:
        return [f"Redis does not answer ({error}): check REDIS_URL and that the server runs."]
    return []
