# ruff: noqa: T201 - its findings on stdout are what this is for
"""Measure what finding translations costs, and how many candidates a text has, as the archive grows to 100,000 texts.

Run by hand: `python -m tests.benchmarks.measure_translations [TEXTS]`. The texts are generated in ten languages, all of
one day, and the dispatches of `tests/translations` are spread among them. Seconds are of the processor.
"""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from tests.benchmarks.varied_dispatches import varied
from tests.translated import dispatch_texts
from worker.queue.translating import BATCH
from worker.translation.anchors import anchors
from worker.translation.evidence import ComparedText
from worker.translation.index import MOST_TEXTS, Indexed, KeyIndex
from worker.translation.keys import keys
from worker.translation.verdict import translation

_DAY = datetime(2031, 4, 9, tzinfo=UTC)
#: Rows of the table: the archive grows by a tenth from one to the next.
_ROWS = 10


def texts(number: int) -> Iterator[tuple[str, str, str]]:
    """Yield (label, language, text); the label of a generated text is empty."""
    dispatches = [t for t in dispatch_texts() if t.is_version]
    random.Random(0).shuffle(dispatches)
    every = max(number // len(dispatches), 1)
    for i, (language, written) in enumerate(islice(varied(), number)):
        yield "", language, written
        if i % every == 0 and dispatches:
            text = dispatches.pop()
            yield text.dispatch, text.language, f"{text.title}\n{text.text}"


@dataclass
class Totals:
    """What a tenth of the texts cost: seconds to read, to look up and to judge; candidates; links."""

    read: float = 0
    looked: float = 0
    judged: float = 0
    generated: list[int] = field(default_factory=list)
    of_dispatches: list[int] = field(default_factory=list)
    right: int = 0
    wrong: int = 0

    def __str__(self) -> str:
        counts = sorted(self.generated + self.of_dispatches)
        spent = (f"{1e6 * seconds / len(counts):5.0f}" for seconds in (self.read, self.looked, self.judged))
        own = sum(self.of_dispatches) / max(len(self.of_dispatches), 1)
        return (
            f"{' | '.join(spent)} | {sum(counts) / len(counts):5.2f} | {counts[len(counts) * 95 // 100]:3} |"
            f" {own:5.2f} | {self.right} | {self.wrong}"
        )


class Archive:
    """The texts so far."""

    def __init__(self) -> None:
        self.index, self.labels, self.known = KeyIndex(), list[str](), list[ComparedText]()

    def add(self, batch: list[tuple[str, str, str]], totals: Totals) -> None:
        """Compare a batch with what is there, as the scheduler does."""
        began = time.process_time()
        sides = [ComparedText(anchors(text, language), language, len(text)) for _, language, text in batch]
        own = [keys(side.anchors) for side in sides]
        read = time.process_time()
        stories = range(len(self.known), len(self.known) + len(batch))
        indexed = [Indexed(i, side.language, _DAY) for i, side in zip(stories, sides, strict=True)]
        first = self.index.add(indexed, own)
        found = [self.index.candidates(first + i, wanted) for i, wanted in enumerate(own)]
        looked = time.process_time()
        self.known += sides
        self.labels += [label for label, _, _ in batch]
        for story, others in zip(stories, found, strict=True):
            (totals.of_dispatches if self.labels[story] else totals.generated).append(len(others))
            linked = [o.story_id for o in others if translation(self.known[story], self.known[o.story_id])]
            same = sum(bool(self.labels[story]) and self.labels[other] == self.labels[story] for other in linked)
            totals.right, totals.wrong = totals.right + same, totals.wrong + len(linked) - same
        totals.read += read - began
        totals.looked += looked - read
        totals.judged += time.process_time() - looked


def main() -> None:
    """Print for each tenth the time per text, candidates, and the links that are right and wrong."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else MOST_TEXTS
    archive, batches = Archive(), batched(texts(number))
    print("texts | µs to read | to look up | to judge | candidates | 95th of 100 | of a dispatch | links right | wrong")
    for _ in range(_ROWS):
        totals = Totals()
        for batch in islice(batches, number // _ROWS // BATCH + 1):
            archive.add(batch, totals)
        print(f"{len(archive.known):6} | {totals}", flush=True)


def batched(rows: Iterator[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    """Yield the texts in batches, as the scheduler compares them."""
    while batch := list(islice(rows, BATCH)):
        yield batch


if __name__ == "__main__":
    main()
