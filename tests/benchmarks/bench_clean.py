"""Compare the cost of cleaning articles of about 3 KB with reading, decoding and regex-tokenising them.

Run: ``PYTHONPATH=. python tests/benchmarks/bench_clean.py [FILE ...]``; files are text or JSON lines with ``text``.
Issue 3 allows 200 µs from read to cleaned where the floor is about 100 µs, that is a ratio of 2.0.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from worker.article import Article
from worker.clean import clean

#: Articles near the size that the goal names, and enough of them to exceed the caches.
SIZES = range(2500, 3500)
ARTICLES = 300
ROUNDS = 15
#: Each repeated to 10 MB; issue 3 allows 5 s.
HOSTILE = (
    *(
        " ",
        "-",
        "<",
        "&",
        "&amp;",
        "\n",
        "x\n",
        "\r\n",
        "a",
        "ﬁ",
        "\u200b",
        "\u200d",
        "\ud800",
        "e\u0301",
        "Â£ ",
        "\xad",
        ".X",
    ),
    *(
        "ab.Xy ",
        "be- fore ",
        "be-\nfore\n",
        "a\xad b",
        "a-\n\f12\n",
        ". .",
        "date 2031-04-09 ",
        "By Mara Ellund\n",
        "A\n",
    ),
    *(
        "Categorized in:\n",
        "Also read: x\n",
        "(Also read: abc)",
        "VARNBY (AP) -- ",
        " (AP)",
        "(VRN.N)",
        "Share\n",
        "VarnbyThe ",
        "[",
        "](",
        "![",
        "[a](b)",
        "* [a](b)\n",
        "(http://a",
        "(http://a) ",
        "* a (http://a)\n",
        "(http://a\n",
        "<p>",
        "<p ",
        "• A point of the summary, long enough\n",
        "A line that is long enough to begin another one\n",
    ),
)
_TOKEN = re.compile(r"\w+")
_SENTENCE = "The harbour of Varnby opens again in May after a year of repairs, the port office said on Monday. "


def texts_of(path: Path) -> list[str]:
    """Return the texts of a file; of JSON lines, those with a size near 3 KB."""
    content = path.read_text("utf-8")
    if path.suffix != ".jsonl":
        return [content] * ARTICLES
    texts = [str(json.loads(line)["text"]) for line in content.split("\n") if line]
    return [text for text in texts if len(text) in SIZES][:ARTICLES]


def synthetic_texts() -> list[str]:
    """Return clean texts of 3 KB, for a machine without the data."""
    paragraph = _SENTENCE * 5
    return ["\n\n".join([paragraph.strip()] * 6).replace("May", f"May {number}") for number in range(ARTICLES)]


def best_microseconds(works: list[Callable[[Path], object]], paths: list[Path]) -> list[float]:
    """Return the fastest round of each function over all files, in µs of processor time a file; they alternate."""
    rounds = []
    for _ in range(ROUNDS):
        times = []
        for work in works:
            start = time.process_time()
            for path in paths:
                work(path)
            times.append(time.process_time() - start)
        rounds.append(times)
    return [min(times) / len(paths) * 1e6 for times in zip(*rounds, strict=True)]


def tokenise(path: Path) -> object:
    """Read, decode and tokenise a file: the floor."""
    return _TOKEN.findall(path.read_bytes().decode())


def read_and_clean(path: Path) -> object:
    """Read, decode and clean a file; the language is given, because detection is not part of cleaning."""
    return clean(Article(path.read_bytes().decode(), language="en"))


def measure(name: str, texts: list[str]) -> None:
    """Print one line of figures for ``texts``."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text.encode())
        floor, cleaned = best_microseconds([tokenise, read_and_clean], paths)
    size = sum(map(len, texts)) / len(texts)
    print(f"{name}: {size:.0f} characters, floor {floor:.0f} µs, cleaned {cleaned:.0f} µs, ratio {cleaned / floor:.2f}")  # noqa: T201 - a script's output


def measure_hostile() -> None:
    """Print the slowest of the hostile texts of 10 MB, each of which is designed to make a rule slow."""
    seconds = {}
    for piece in HOSTILE:
        text = piece * (10_000_000 // len(piece))
        start = time.perf_counter()
        clean(Article(text, language="en"))
        seconds[piece] = time.perf_counter() - start
    slowest = max(seconds, key=seconds.__getitem__)
    print(f"{len(HOSTILE)} hostile texts of 10 MB: slowest {slowest!r}, {seconds[slowest]:.1f} s")  # noqa: T201 - as above


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        measure(Path(argument).name, texts_of(Path(argument)))
    if len(sys.argv) == 1:
        measure("synthetic prose", synthetic_texts())
        measure_hostile()
