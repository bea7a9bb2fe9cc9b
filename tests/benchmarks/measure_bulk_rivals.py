# ruff: noqa: T201 - a table on stdout is what this is for
"""Compare `copydesk bulk` with the MinHash of datatrove and text-dedup: the same files, one after the other.

Run by hand: ``python -m tests.benchmarks.measure_bulk_rivals RIVALS_PYTHON [--articles 20000]``. RIVALS_PYTHON is the
interpreter of an environment of its own (Python 3.12) with ``datatrove[processing,io]==0.10.1``, ``spacy`` and
``text-dedup==0.4.0``. Each tool has its default parameters and two processes, and gets the labelled sets as one corpus
in two files; with ``--articles`` it gets generated articles as well, for time and memory alone.
"""

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from pyarrow import parquet

from tests.benchmarks.labelled import COPIES, documents, judged_pairs
from worker.bench.corpus import texts

_SETS = (*COPIES, "judged", "look_alike", "same_event")
_WORKERS = 2
#: Seconds between two looks at the memory.
_LOOK = 0.2
#: Of `prctl`: processes whose parent ended become our children, so that their time counts.
_SET_CHILD_SUBREAPER = 36

#: Prints the cluster of each document that is in one. The clustering is the last step that says which belong together.
_DATATROVE = """
import json, struct, sys
from pathlib import Path
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.readers import JsonlReader
from datatrove.utils.typeshelper import Languages

source, work, workers = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
steps = [
    (workers, [JsonlReader(source), MinhashDedupSignature(str(work / "sigs"), language=Languages.english)]),
    (14, [MinhashDedupBuckets(str(work / "sigs"), str(work / "buckets"))]),
    (1, [MinhashDedupCluster(str(work / "buckets"), str(work / "clusters"), save_cluster_id=True)]),
]
if __name__ == "__main__":
    for number, (tasks, pipeline) in enumerate(steps):
        logs = str(work / str(number))
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(tasks, workers), logging_dir=logs).run()
    for number, path in enumerate(sorted(Path(source).iterdir())):
        ids = [json.loads(line)["id"] for line in path.open()]
        clusters = work / "clusters" / f"{number:06d}.clusters"
        for doc, cluster in struct.iter_unpack("<II", clusters.read_bytes() if clusters.exists() else b""):
            print(json.dumps([ids[doc], cluster]))
"""
_TEXT_DEDUP = """
import json, pickle, sys
found = pickle.load(open(sys.argv[1], "rb"))
for name in list(found.parent):
    print(json.dumps([name, found.find(name)]))
"""


class Ran(NamedTuple):
    """What a tool needed, and the cluster of each document that it put in one."""

    wall: float
    processor: float
    memory_mb: float
    clusters: Mapping[str, object]


def measured(command: Sequence[str], folder: Path) -> tuple[float, float, float, str]:
    """Run a command; return its time, the processor time and the peak of memory (PSS) of its processes, its output."""
    before, begin, peak = _processor(), time.monotonic(), [0.0]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(_LOOK):
                peak[0] = max(peak[0], _memory_mb(process.pid))

        thread = threading.Thread(target=watch)
        thread.start()
        output, _ = process.communicate()
        ended.set()
        thread.join()
    if process.returncode:
        sys.exit(f"{command[:3]} failed: see {folder / 'log'}")
    wall = time.monotonic() - begin
    with suppress(ChildProcessError):
        while True:  # processes that it left behind are ours now
            os.wait()
    return wall, _processor() - before, peak[0], output.decode()


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory_mb(session: int) -> float:
    """Return the proportional memory of all processes of a session."""
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                [line] = [row for row in (entry / "smaps_rollup").read_text().splitlines() if row.startswith("Pss:")]
                total += int(line.split()[1])
        except (OSError, ValueError):
            continue  # the process has ended
    return total / 1024


def copydesk(_python: str, source: Path, folder: Path) -> Ran:
    """Run `copydesk bulk`."""
    os.environ["COPYDESK_CONCURRENCY"] = str(_WORKERS)
    target = folder / "out.parquet"
    wall, processor, memory, _ = measured([sys.executable, "-m", "worker", "bulk", str(source), str(target)], folder)
    rows = parquet.read_table(target, columns=["external_id", "story_id"]).to_pylist()
    return Ran(wall, processor, memory, {row["external_id"]: row["story_id"] for row in rows})


def datatrove(python: str, source: Path, folder: Path) -> Ran:
    """Run datatrove's MinHash as far as its clusters."""
    script = folder / "run.py"
    script.write_text(_DATATROVE)
    command = [python, str(script), str(source), str(folder / "work"), str(_WORKERS)]
    wall, processor, memory, output = measured(command, folder)
    return Ran(wall, processor, memory, dict(json.loads(line) for line in output.splitlines() if line.startswith("[")))


def text_dedup(python: str, source: Path, folder: Path) -> Ran:
    """Run text-dedup's MinHash."""
    files = ["--path", "json", "--data_files", f"{source}/*.jsonl", "--split", "train", "--num_proc", str(_WORKERS)]
    written = ["--cache_dir", str(folder / "cache"), "--output", str(folder / "out"), "--debug"]
    columns = ["--column", "text", "--idx_column", "id"]
    wall, processor, memory, _ = measured([python, "-m", "text_dedup.minhash", *files, *written, *columns], folder)
    read = subprocess.run(
        [python, "-c", _TEXT_DEDUP, str(folder / "out" / "uf.pkl")], check=True, capture_output=True, text=True
    )
    return Ran(wall, processor, memory, dict(json.loads(line) for line in read.stdout.splitlines()))


def write(folder: Path, rows: Sequence[tuple[str, str]]) -> Path:
    """Write documents as two files of JSON lines."""
    source = folder / "in"
    source.mkdir()
    for number in range(_WORKERS):
        own = (json.dumps({"id": id_, "text": text}) + "\n" for id_, text in rows[number::_WORKERS])
        (source / f"{number}.jsonl").write_text("".join(own))
    return source


def pairs_of(clusters: Mapping[str, object]) -> set[frozenset[str]]:
    """Return the pairs of documents with one label."""
    members = defaultdict(list)
    for id_, cluster in clusters.items():
        members[cluster].append(id_)
    return {frozenset(pair) for own in members.values() for pair in combinations(own, 2)}


def show_pairs(ran: Ran) -> None:
    """Print precision and recall of each set of copies, the judged pairs, and pairs joined where labels mean events."""
    true: dict[str, set[frozenset[str]]] = {name: set() for name in COPIES}
    for name in COPIES:
        labels = {f"{name}:{d.id}": d.story for d in documents() if d.set == name and d.story}
        true[name] = pairs_of(labels)
    found = pairs_of(ran.clusters)
    by_sets = Counter(tuple(sorted({id_.partition(":")[0] for id_ in pair})) for pair in found)
    for name in COPIES:
        own = {pair for pair in found if all(id_.startswith(f"{name}:") for id_ in pair)}
        right = len(own & true[name])
        print(f"  {name}: precision {right / max(len(own), 1):.3f}, recall {right / max(len(true[name]), 1):.3f}")
    judged = Counter((label, frozenset((f"judged:{a}", f"judged:{b}")) in found) for a, b, label in judged_pairs())
    same, other = (sum(judged[label, True] for label in labels) for labels in ((2, 3), (0,)))
    all_same = sum(judged[label, joined] for label in (2, 3) for joined in (True, False))
    print(f"  judged: precision {same / max(same + other, 1):.3f}, recall {same / all_same:.3f}")
    print("  pairs joined:", ", ".join(f"{name} {by_sets[(name,)]}" for name in ("look_alike", "same_event")))
    print("  pairs joined across sets:", sum(count for sets, count in by_sets.items() if len(sets) > 1))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rivals_python")
    parser.add_argument("--articles", type=int, default=0)
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    tools: list[Callable[[str, Path, Path], Ran]] = [copydesk, datatrove, text_dedup]
    labelled = [(f"{d.set}:{d.id}", d.text) for d in documents() if d.set in _SETS and d.text.strip()]
    generated = [(f"generated:{n}", text) for n, text in enumerate(texts(options.articles, seed=3))]
    for title, rows in (("labelled sets", labelled), ("generated", generated)):
        if rows:
            print(f"{title}: {len(rows):,} articles, load {os.getloadavg()[0]:.1f}", flush=True)
            for tool in tools:
                with tempfile.TemporaryDirectory() as name:
                    ran = tool(options.rivals_python, write(Path(name), rows), Path(name))
                print(f" {tool.__name__}: {ran.wall:.1f} s, {ran.processor:.1f} s of processor time,", end=" ")
                print(f"{ran.memory_mb:,.0f} MB, load {os.getloadavg()[0]:.1f}", flush=True)
                if rows is labelled:
                    show_pairs(ran)


if __name__ == "__main__":
    main()
