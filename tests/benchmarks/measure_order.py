# ruff: noqa: T201 - a table on stdout is what this is for
"""Measure what the order of arrival and the size of batches change: which articles are one story, which is canonical.

Run by hand: ``python -m tests.benchmarks.measure_order [orders]``. The articles are whole stories of labelled sets. The
first order is compared with random ones; each has batches of random sizes. All articles are dated, since of undated
ones the first to arrive comes first.
"""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.benchmarks.labelled import Document, documents
from tests.integration.delivery import deliver, rows
from worker.cli.database import settings_on_servers
from worker.evaluate.run import empty_database
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings

#: Documents of each set. Together they are 500.
DOCUMENTS = {"paraphrase": 160, "scrape": 180, "judged": 60, "wire": 100}
_LARGEST_BATCH = 100
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Placing:
    """Where the articles are, by their number: the articles of the story of each, and the canonical one of these."""

    company: dict[int, frozenset[int]]
    canonical: dict[int, int]

    def moved(self, other: "Placing") -> list[int]:
        """Return the articles that are together with others than in ``other``."""
        return [number for number, company in self.company.items() if company != other.company[number]]

    def recast(self, other: "Placing") -> list[int]:
        """Return the articles that have the same company as in ``other``, but another canonical article."""
        moved = set(self.moved(other))
        return [n for n, article in self.canonical.items() if n not in moved and article != other.canonical[n]]


def batches(order: Sequence[int], chance: random.Random) -> Iterator[Sequence[int]]:
    """Yield the numbers in batches of 1 to `_LARGEST_BATCH`."""
    start = 0
    while start < len(order):
        size = chance.randint(1, _LARGEST_BATCH)
        yield order[start : start + size]
        start += size


def placing(settings: Settings, files: Sequence[tuple[str, str]], parts: Sequence[Sequence[int]]) -> Placing:
    """Process files (name, content), each of one article, in these batches in an empty database."""
    numbers = {f"inbox/{name}".encode(): number for number, (name, _) in enumerate(files)}
    with (
        empty_database(settings) as (own, engine),
        closing(BatchProcessor(own, engine, logs_outcomes=False)) as processor,
    ):
        for part in parts:
            processor.process(deliver(own, engine, [files[number] for number in part]))
        placed = rows(
            engine,
            """SELECT f.path, a.story_id, a.id = s.canonical_id AS canonical
               FROM articles a JOIN files f ON f.id = a.file_id JOIN stories s ON s.id = a.story_id""",
        )
    stories: dict[int, set[int]] = defaultdict(set)
    canonical = {}
    for row in placed:
        stories[row.story_id].add(numbers[bytes(row.path)])
        if row.canonical:
            canonical[row.story_id] = numbers[bytes(row.path)]
    return Placing(
        {number: frozenset(members) for members in stories.values() for number in members},
        {number: canonical[story] for story, members in stories.items() for number in members},
    )


def sampled(chance: random.Random) -> list[Document]:
    """Return whole stories of the labelled sets, `DOCUMENTS` of each set; unlabelled documents are stories of one."""
    chosen: list[Document] = []
    for name, most in DOCUMENTS.items():
        stories: dict[str, list[Document]] = defaultdict(list)
        for document in documents():
            if document.set == name and document.text.strip():
                stories[document.story or document.id].append(document)
        names = sorted(stories)
        chance.shuffle(names)
        chosen += [document for story in names for document in stories[story]][:most]
    return chosen


def as_file(number: int, document: Document) -> tuple[str, str]:
    """Return a document as a file of JSON."""
    fields = {
        "text": document.text,
        "title": document.title,
        "published": (_START + timedelta(minutes=number)).isoformat(),
    }
    return f"{number}.json", json.dumps({name: value for name, value in fields.items() if value})


def main() -> None:
    """Measure and print."""
    chosen = sampled(random.Random(1))
    files = [as_file(number, document) for number, document in enumerate(chosen)]
    order = list(range(len(files)))
    chance = random.Random(2)
    chance.shuffle(order)
    moves, recasts = [], []
    with settings_on_servers(create=True) as settings:
        first = placing(settings, files, list(batches(order, chance)))
        print(f"{len(first.company)} articles, {len(set(first.company.values()))} stories")
        for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
            chance.shuffle(order)
            other = placing(settings, files, list(batches(order, chance)))
            moved, recast = first.moved(other), first.recast(other)
            moves.append(len(moved) / len(files))
            recasts.append(len(recast) / len(files))
            by_set = {name: sum(chosen[n].set == name for n in moved) for name in DOCUMENTS}
            print(f"other company {moves[-1]:.1%} {by_set}, another canonical article {recasts[-1]:.1%}", flush=True)
    means = [sum(shares) / len(shares) for shares in (moves, recasts)]
    print(f"mean: other company {means[0]:.2%}, another canonical article {means[1]:.2%}")


if __name__ == "__main__":
    main()
