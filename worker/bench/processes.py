"""Measure memory and processor time of the service's processes, from ``/proc``."""

import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE_SECONDS = 0.5
_PARTS = {b"watch": "watcher", b"worker": "worker", b"scheduler": "scheduler"}


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its kind, its resident memory in MB, its processor seconds so far."""

    pid: int
    kind: str
    resident_mb: float
    cpu_s: float


def service() -> list[Process]:
    """Return the service's processes below this one; the kind ``worker`` is those that process files."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue  # the process has ended
    kinds: dict[int, str] = {}
    processes = []
    for pid in sorted(parents):
        if not _descends(pid, parents):
            continue
        try:
            words = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
            kind = _PARTS.get(words[4] if len(words) > 4 else b"", "")  # python -P -m worker PART
            kinds[pid] = kind
            if kind == "worker" and kinds.get(parents[pid]) != "worker":
                kind = "worker_parent"
            processes.append(Process(pid, kind, _resident_mb(pid), sum(map(int, _stat(pid)[11:13])) / _TICKS))
        except OSError:
            continue
    return [process for process in processes if process.kind]


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` after the name, which may contain any characters."""
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _descends(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != os.getpid():
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False


def _resident_mb(pid: int) -> float:
    pages = int((Path("/proc") / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds() -> dict[str, float]:
    """Return the processor seconds of the service so far, by kind of process."""
    total: dict[str, float] = defaultdict(float)
    for process in service():
        total[process.kind] += process.cpu_s
    return dict(total)


@dataclass
class MemoryWatch:
    """Samples the service's memory in a thread until ``stop``."""

    peak: dict[str, float] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start sampling."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Return the peak MB of a process by kind, and as ``worker_start`` the largest worker in the first sample."""
        self._stopping.set()
        if self._thread:
            self._thread.join()
        return {**{k: round(v, 1) for k, v in self.peak.items()}, "worker_start": round(self.first.get("worker", 0), 1)}

    def _run(self) -> None:
        while True:
            largest: dict[str, float] = {}
            for process in service():
                largest[process.kind] = max(largest.get(process.kind, 0.0), process.resident_mb)
            self.first = self.first or largest
            for kind, size in largest.items():
                self.peak[kind] = max(self.peak.get(kind, 0.0), size)
            if self._stopping.wait(_SAMPLE_SECONDS):
                return
