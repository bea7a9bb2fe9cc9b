"""Every fault that a run of random faults chooses from: kills, cuts, full disks, clocks, messages, corrections."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
import redis
from sqlalchemy import make_url

from tests.acceptance.processes import Installation
from tests.harm.clock import Clock
from tests.harm.oracle import kill, main_workers, parent, processes, server
from tests.harm.proxy import Mode, Proxy
from tests.malformed import malformed
from worker import embedded

#: Seconds that a server can't be reached, a process is stopped or a disk is full.
OUTAGE_SECONDS = 3.0
#: Seconds that one command may take: reprocessing 11,000 articles took over 300 on a busy machine.
_LONGEST_COMMAND = 1800


@dataclass
class Faults:
    """A running installation behind proxies; ``strike`` does something bad to it and heals it."""

    desk: Installation
    servers: embedded.Servers  # without the proxies
    home: Installation  # whose data folder holds the servers
    postgres: Proxy
    valkey: Proxy
    clock: Clock | None
    fill: Callable[[], None] | None  # fills the archive's disk for a while
    random: Random
    done: dict[str, int] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)  # names of files whose stories a person changed
    backups: list[Path] = field(default_factory=list)

    def strike(self) -> None:
        """Do one fault, chosen at random."""
        fault = self.random.choice(self._all())
        fault()
        self.done[fault.__name__] = self.done.get(fault.__name__, 0) + 1

    def _all(self) -> list[Callable[[], None]]:
        faults = [
            self.kill_a_part,
            self.kill_a_server,
            self.flush,
            self.freeze,
            self.send_malformed,
            self.cut,
            self.refuse,
        ]
        faults += [self.silence, self.correct, self.reprocess, self.back_up, self.prune]
        return faults + ([self.step_the_clock] if self.clock else []) + ([self.fill_the_disk] if self.fill else [])

    def kill_a_part(self) -> None:
        """Kill a pool process, a worker, the watcher or the scheduler."""
        workers = main_workers(self.desk)
        pools = [pid for pid in processes(self.desk, "worker") if parent(pid) in workers]
        victims = [workers, pools, processes(self.desk, "watch"), processes(self.desk, "scheduler")]
        kill(self.random.choice(victims))

    def kill_a_server(self) -> None:
        """Kill Postgres or Valkey; the keeper restarts it."""
        name, number = self.random.choice(
            [("postgres", signal.SIGQUIT), ("postgres", signal.SIGKILL), ("valkey", signal.SIGKILL)]
        )
        kill([server(self.home, name)], number)

    def flush(self) -> None:
        """Delete everything in Redis."""
        with suppress(redis.RedisError), self._queue() as client:
            client.flushall()

    def freeze(self) -> None:
        """Stop a process for a while."""
        pids = [*processes(self.desk, "worker"), *processes(self.desk, "watch"), *processes(self.desk, "scheduler")]
        if pids:
            with suppress(ProcessLookupError):
                os.kill(chosen := self.random.choice(pids), signal.SIGSTOP)
                time.sleep(OUTAGE_SECONDS)
                os.kill(chosen, signal.SIGCONT)

    def send_malformed(self) -> None:
        """Put malformed messages into the queue."""
        with suppress(redis.RedisError), self._queue() as client:
            client.lpush("copydesk", *self.random.sample(list(malformed()), 5))

    def cut(self) -> None:
        """Cut all connections."""
        self.postgres.cut()
        self.valkey.cut()

    def refuse(self) -> None:
        """Refuse all connections to a server for a while."""
        self._outage("refuse")

    def silence(self) -> None:
        """Forward nothing to and from a server for a while; its connections then end, as they do in a network."""
        self._outage("silent")

    def _outage(self, mode: Mode) -> None:
        proxy = self.random.choice([self.postgres, self.valkey])
        proxy.set(mode)
        time.sleep(OUTAGE_SECONDS)
        proxy.set("refuse")
        proxy.set("pass")

    def step_the_clock(self) -> None:
        """Step the wall clock of the service by up to two days."""
        if self.clock:
            self.clock.set(self.random.randint(-2, 2))

    def fill_the_disk(self) -> None:
        """Fill the archive's disk for a while."""
        if self.fill:
            self.fill()

    def correct(self) -> None:
        """Split an article off its story, merge two stories, or pin an article."""
        try:
            with psycopg.connect(self.servers.database_url.replace("+psycopg", ""), connect_timeout=5) as connection:
                chosen = connection.execute(
                    "SELECT a.id, story_id, convert_from(path, 'UTF8') FROM articles a JOIN files f ON f.id = file_id "
                    "ORDER BY random() LIMIT 2"
                ).fetchall()
        except psycopg.Error:
            return
        if len(chosen) == 2:
            self.corrected |= {Path(path).name for _, _, path in chosen}
            (a, story, _), (_, other, _) = chosen
            self._command(*self.random.choice([("split", a), ("merge", story, other), ("pin", a)]))

    def reprocess(self) -> None:
        """Reprocess all articles, and strike again meanwhile."""
        self._disturbed("reprocess", "--all")

    def prune(self) -> None:
        """Remove the bytes of old files: there are none of that age."""
        self._command("prune", "--older-than", "30d")

    def back_up(self) -> None:
        """Back up the running service, and strike again meanwhile; a backup that fails leaves no file."""
        target = self.home.data.parent / f"backup-{len(self.backups)}.tar"
        if self._disturbed("backup", str(target)):
            self.backups.append(target)
        else:
            assert not target.exists()

    def _disturbed(self, *arguments: str) -> bool:
        with self._start(*arguments) as process:
            time.sleep(self.random.uniform(0.5, 2.0))
            self.random.choice([self.kill_a_part, self.kill_a_server, self.cut, self.flush])()
            return process.wait(_LONGEST_COMMAND) == 0

    def _command(self, *arguments: object) -> None:
        with self._start(*arguments) as process:
            process.wait(_LONGEST_COMMAND)

    def _start(self, *arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "worker", *map(str, arguments)],
            env=self.desk.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _queue(self) -> redis.Redis:
        return redis.Redis.from_url(
            make_url(self.servers.redis_url).render_as_string(hide_password=False), socket_timeout=5
        )
