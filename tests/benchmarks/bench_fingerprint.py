# ruff: noqa: T201 - a table on stdout is what this is for
"""Measure each step for a batch of articles of 3 KB: microseconds for an article, also as a multiple of the floor.

The floor is the cost of any reader: read, decode, one pattern. All times are processor times of this process, so that
other work on the machine has little effect. Run: `python -m tests.benchmarks.bench_fingerprint`.
"""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.unit.match.reports import REPORTS
from worker.features import Source, features_of
from worker.fingerprint.simhash import hamming, simhashes
from worker.fingerprint.sketch import sketches
from worker.language.detect import detect
from worker.match import compare_pairs, verdicts

#: Repetitions; the best one counts, since the others were disturbed.
TURNS = 200
#: Articles of a batch, as in the service.
BATCH = 50


def microseconds(call: Callable[[], object]) -> float:
    """Return the best processor time of a call, divided by the articles of a batch."""
    best = float("inf")
    for _ in range(TURNS):
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
    return best / BATCH * 1e6


def rotations(text: str) -> list[str]:
    """Return a batch of rotations of a text: the same words, each text starts at another one."""
    words = text.split(" ")
    return [" ".join(words[at:] + words[:at]) for at in range(0, 5 * BATCH, 5)]


def main() -> None:
    """Measure and print."""
    text = " ".join(t for name in ("en", "fr", "es", "it") for t in (REPORTS[name].report, REPORTS[name].other))[:3000]
    other = " ".join(REPORTS[name].copy for name in ("en", "fr", "es", "it"))
    texts, others = rotations(text), rotations(other)
    pattern = re.compile(r"\w+")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(text, encoding="utf-8")
        floor = microseconds(lambda: [pattern.findall(path.read_bytes().decode("utf-8")) for _ in texts])
    sources = [Source(article, None, "en") for article in texts]
    computed = features_of(sources)
    pairs = list(zip(computed, features_of([Source(article, None, "en") for article in others]), strict=True))
    distances = [hamming(*simhashes(pair)) for pair in pairs]
    evidence = [numbers._replace(exact=False) for numbers in compare_pairs(pairs, distances)]
    steps: dict[str, Callable[[], object]] = {
        "detect": lambda: [detect(article) for article in texts],
        "features": lambda: features_of(sources),
        "simhash": lambda: simhashes(computed),
        "sketch": lambda: sketches(computed),
        "evidence": lambda: list(compare_pairs(pairs, distances)),
        "verdict": lambda: verdicts(evidence),
    }
    times = {name: microseconds(step) for name, step in steps.items()}
    whole = times["features"] + times["simhash"] + times["sketch"]
    print(f"floor {floor:.0f} µs; features + simhash + sketch {whole:.0f} µs = {whole / floor:.1f} floors")
    for name, duration in times.items():
        print(f"{name:9} {duration:6.0f} µs")


if __name__ == "__main__":
    main()
