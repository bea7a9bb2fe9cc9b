# ruff: noqa: T201 - its findings on stdout are what this is for
"""Measure what finding translations costs, and how many candidates a text has among many in ten languages.

Run by hand: `python -m tests.benchmarks.measure_translations [TEXTS]`. The texts are generated and all of one day, and
the dispatches of `tests/translations` are spread among them. Seconds are of the processor.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.translated import dispatch_texts
from worker.bench.prose import Writer
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
    index, stored, labels = KeyIndex(), [], []
    reading = looking = judging = 0.0
    candidates = of_dispatches = right = wrong = 0
    for slot, (label, language, text) in enumerate(texts(number)):
        began = time.process_time()
        side = ComparedText(anchors(text, language), language, len(text))
        own = keys(side.anchors)
        read = time.process_time()
        index.add([Indexed(slot, language, _DAY)], [own])
        found = index.candidates(slot, own)
        looked = time.process_time()
        stored.append(side)
        labels.append(label)
        for other in found:
            if translation(side, stored[other.story_id]):
                same = bool(label) and labels[other.story_id] == label
                right, wrong = right + same, wrong + (not same)
        reading, looking = reading + read - began, looking + looked - read
        judging += time.process_time() - looked
        candidates += len(found)
        of_dispatches += len(found) if label else 0
    count = len(stored)
    each = [f"{1e6 * seconds / count:.0f}" for seconds in (reading, looking, judging)]
    print(f"{count} texts: {each[0]} µs to read, {each[1]} µs to look up, {each[2]} µs to judge a text")
    of_each = of_dispatches / max(sum(map(bool, labels)), 1)
    print(f"candidates: {candidates / count:.2f} a text, {of_each:.2f} of a dispatch")
    print(f"links: {right} right, {wrong} wrong")


if __name__ == "__main__":
    main()
