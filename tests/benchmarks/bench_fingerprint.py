# ruff: noqa: T201 - a table on stdout is what this is for
"""A batch of articles of 3 KB goes in, microseconds an article of each step come out, and how many floors they are.

The floor is what any reader pays: read, decode, one pattern. All of it is processor time of this process, so that
other work on the machine counts little. Run: `python -m tests.benchmarks.bench_fingerprint`.
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
from worker.match import evidence_of, verdicts

#: Turns of which the best counts: the others were disturbed.
TURNS = 200
#: Articles a batch, as the service takes them.
BATCH = 50


def microseconds(call: Callable[[], object]) -> float:
    """Return the best processor time of a call, for each article of a batch."""
    best = float("inf")
    for _ in range(TURNS):
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
    return best / BATCH * 1e6


def turned(text: str) -> list[str]:
    """Return a batch of texts of the same words, each beginning at another of them."""
    words = text.split(" ")
    return [" ".join(words[at:] + words[:at]) for at in range(0, 5 * BATCH, 5)]


def main() -> None:
    """Measure and print."""
    text = " ".join(t for name in ("en", "fr", "es", "it") for t in (REPORTS[name].report, REPORTS[name].other))[:3000]
    other = " ".join(REPORTS[name].copy for name in ("en", "fr", "es", "it"))
    texts, others = turned(text), turned(other)
    pattern = re.compile(r"\w+")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(text, encoding="utf-8")
        floor = microseconds(lambda: [pattern.findall(path.read_bytes().decode("utf-8")) for _ in texts])
    sources = [Source(one, None, "en") for one in texts]
    found = features_of(sources)
    pairs = list(zip(found, features_of([Source(one, None, "en") for one in others]), strict=True))
    distances = [hamming(*simhashes(pair)) for pair in pairs]
    judged = [one._replace(exact=False) for one in evidence_of(pairs, distances)]
    steps: dict[str, Callable[[], object]] = {
        "detect": lambda: [detect(one) for one in texts],
        "features": lambda: features_of(sources),
        "simhash": lambda: simhashes(found),
        "sketch": lambda: sketches(found),
        "evidence": lambda: list(evidence_of(pairs, distances)),
        "verdict": lambda: verdicts(judged),
    }
    times = {name: microseconds(step) for name, step in steps.items()}
    whole = times["features"] + times["simhash"] + times["sketch"]
    print(f"floor {floor:.0f} µs; features + simhash + sketch {whole:.0f} µs = {whole / floor:.1f} floors")
    for name, took in times.items():
        print(f"{name:9} {took:6.0f} µs")


if __name__ == "__main__":
    main()
