"""Compute the numbers that know the archive for pairs of labelled documents, as a stream of each set gives them."""

import random
from collections import defaultdict

from tests.benchmarks.labelled import COPIES, Document
from worker.fingerprint import Fingerprint
from worker.match.key_rarity import KeyNumbers, KeyRarity


def streamed(
    docs: list[Document], prints: list[Fingerprint], pairs: list[tuple[int, int]], *, seed: int | None = None
) -> list[KeyNumbers]:
    """Return the numbers of each pair when its later article arrives, in the archive of the articles before it.

    The order is that of ``docs``, or a random one. The archive of the whole set will not do: the third report of an
    event shows which phrases belong to the event, but when the second one arrives, it is not there yet.
    """
    order = list(range(len(docs)))
    if seed is not None:
        random.Random(seed).shuffle(order)
    place = {doc: position for position, doc in enumerate(order)}
    earlier: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, (a, b) in enumerate(pairs):
        first, second = sorted((a, b), key=place.__getitem__)
        earlier[second].append((number, first))
    stories = _stories(docs)
    posted: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    stored: dict[str, set[str]] = defaultdict(set)
    numbers: dict[int, KeyNumbers] = {}
    for doc in order:
        archive, sketch = posted[docs[doc].set], prints[doc].sketch
        keys = sketch.tolist()
        for number, other in earlier[doc]:
            own = {stories[doc], stories[other]}
            rarity = KeyRarity({key: len(archive[key] - own) for key in keys}, len(stored[docs[doc].set]))
            [numbers[number]] = rarity.compare([(sketch, rarity.of(sketch), prints[other].sketch)], posted=0)
        for key in keys:
            archive[key].add(stories[doc])
        stored[docs[doc].set].add(stories[doc])
    return [numbers[number] for number in range(len(pairs))]


def _stories(docs: list[Document]) -> list[str]:
    """Return the story of each document: by its label where labels mean copies, else one for each document."""
    stories = [f"{d.set} {d.story}" if d.set in (*COPIES, "five") else str(i) for i, d in enumerate(docs)]
    return [d.story if d.set == "edits" and d.story else own for d, own in zip(docs, stories, strict=True)]
