# ruff: noqa: T201 - its findings on stdout are what this is for
"""Measure what finding translations costs, and how many candidates a text has among many in ten languages.

Run by hand: `python -m tests.benchmarks.measure_translations [TEXTS]`. The texts are generated and all of one day, and
the dispatches of `tests/translations` are spread among them. Seconds are of the processor.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from tests.translated import dispatch_texts
from worker.bench.prose import Writer
from worker.queue.translating import BATCH
from worker.translation.anchors import anchors
from worker.translation.evidence import ComparedText
from worker.translation.index import Indexed, KeyIndex
from worker.translation.keys import keys
from worker.translation.verdict import translation

LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl", "ru", "pl", "id")
_DAY = datetime(2031, 4, 9, tzinfo=UTC)


def texts(number: int) -> Iterator[tuple[str, str, str]]:
    """Yield (label, language, text); the label of a generated text is empty."""
    dispatches = [t for t in dispatch_texts() if t.is_version]
    random.Random(0).shuffle(dispatches)
    writers = [Writer(language, 1) for language in LANGUAGES]
    every = max(number // len(dispatches), 1)
    for i in range(number):
        writer = writers[i % len(writers)]
        yield "", writer.language, _numbered(writer.article().text(), i)
        if i % every == 0 and dispatches:
            text = dispatches.pop()
            yield text.dispatch, text.language, f"{text.title}\n{text.text}"


def _numbered(text: str, seed: int) -> str:
    """Put a number before every twentieth word, as news has them: most are small."""
    chance = random.Random(seed)
    words = text.split(" ")
    return " ".join(f"{int(10 ** chance.uniform(0, 4))} {w}" if i % 20 == 0 else w for i, w in enumerate(words))


def main() -> None:
    """Print the time per text, candidates, and the links that are right and wrong."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    index, labels, known = KeyIndex(), list[str](), list[ComparedText]()
    spent = {"read": 0.0, "looked": 0.0, "judged": 0.0}
    candidates, right, wrong = Counter[bool](), 0, 0
    for batch in batched(texts(number)):
        began = time.process_time()
        sides = [ComparedText(anchors(text, language), language, len(text)) for _, language, text in batch]
        own = [keys(side.anchors) for side in sides]
        read = time.process_time()
        stories = range(len(known), len(known) + len(batch))
        first = index.add([Indexed(i, side.language, _DAY) for i, side in zip(stories, sides, strict=True)], own)
        found = [index.candidates(first + i, wanted) for i, wanted in enumerate(own)]
        looked = time.process_time()
        known += sides
        labels += [label for label, _, _ in batch]
        for story, others in zip(stories, found, strict=True):
            candidates[bool(labels[story])] += len(others)
            linked = [other.story_id for other in others if translation(known[story], known[other.story_id])]
            same = sum(bool(labels[story]) and labels[other] == labels[story] for other in linked)
            right, wrong = right + same, wrong + len(linked) - same
        for stage, seconds in zip(spent, (read - began, looked - read, time.process_time() - looked), strict=True):
            spent[stage] += seconds
    each = [f"{1e6 * seconds / len(known):.0f}" for seconds in spent.values()]
    print(f"{len(known)} texts: {each[0]} µs to read, {each[1]} µs to look up, {each[2]} µs to judge a text")
    of_each = candidates[True] / max(sum(map(bool, labels)), 1)
    print(f"candidates: {candidates.total() / len(known):.2f} a text, {of_each:.2f} of a dispatch")
    print(f"links: {right} right, {wrong} wrong")


def batched(rows: Iterator[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    """Yield the texts in batches, as the scheduler compares them."""
    while batch := list(islice(rows, BATCH)):
        yield batch


if __name__ == "__main__":
    main()
