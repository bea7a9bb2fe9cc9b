# ruff: noqa: T201 - a table on stdout is what this is for
"""One article of 3 KB goes in, microseconds of each step come out, and how many floors the fingerprint costs.

The floor is what any reader pays: read, decode, one pattern. Run: `python -m tests.benchmarks.bench_fingerprint`.
"""

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.fingerprint import simhash, sketch
from worker.language import detect
from worker.match import evidence, verdict

#: Turns of which the best counts: the others were disturbed.
TURNS, CALLS = 40, 25


def microseconds(call: Callable[[], object]) -> float:
    """Return the best time of a call."""
    best = float("inf")
    for _ in range(TURNS):
        started = time.perf_counter()
        for _ in range(CALLS):
            call()
        best = min(best, (time.perf_counter() - started) / CALLS)
    return best * 1e6


def main() -> None:
    """Measure and print."""
    text = " ".join(t for name in ("en", "fr", "es", "it") for t in (REPORTS[name].report, REPORTS[name].other))[:3000]
    other = " ".join(REPORTS[name].copy for name in ("en", "fr", "es", "it"))
    pattern = re.compile(r"\w+")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(text, encoding="utf-8")
        floor = microseconds(lambda: pattern.findall(path.read_bytes().decode("utf-8")))
    f, g = features(text, None, "en"), features(other, None, "en")
    found = replace(evidence(f, g), exact=False)
    steps = {
        "detect": lambda: detect(text),
        "features": lambda: features(text, None, "en"),
        "simhash": lambda: simhash(f),
        "sketch": lambda: sketch(f),
        "evidence": lambda: evidence(f, g),
        "verdict": lambda: verdict(found),
    }
    times = {name: microseconds(step) for name, step in steps.items()}
    whole = times["features"] + times["simhash"] + times["sketch"]
    print(f"floor {floor:.0f} µs; features + simhash + sketch {whole:.0f} µs = {whole / floor:.1f} floors")
    for name, took in times.items():
        print(f"{name:9} {took:6.0f} µs")


if __name__ == "__main__":
    main()
