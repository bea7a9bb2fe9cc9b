"""Compute the numbers that know the archive for pairs of labelled documents, as a stream of each set gives them."""

import random
from collections import defaultdict
from collections.abc import Iterable

from tests.benchmarks.labelled import COPIES, Document
from worker.evaluate.components import connected_components
from worker.fingerprint import Fingerprint
from worker.match.key_rarity import KeyNumbers, KeyRarity


def streamed(
    prints: list[Fingerprint],
    stories: list[tuple[str, str]],
    pairs: list[tuple[int, int]],
    *,
    seed: int | None = None,
) -> list[KeyNumbers]:
    """Return the numbers of each pair when its later article arrives, in the archive of the articles before it.

    ``stories``: set and story of each document · ``seed``: of a random order, instead of that of the documents

    The archive of the whole set will not do: the third report of an event shows which phrases belong to the event, but
    when the second one arrives, it is not there yet.
    """
    order = list(range(len(prints)))
    if seed is not None:
        random.Random(seed).shuffle(order)
    place = {doc: position for position, doc in enumerate(order)}
    earlier: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, (a, b) in enumerate(pairs):
        first, second = sorted((a, b), key=place.__getitem__)
        earlier[second].append((number, first))
    posted: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    stored: dict[str, set[str]] = defaultdict(set)
    numbers: dict[int, KeyNumbers] = {}
    for doc in order:
        (name, story), sketch = stories[doc], prints[doc].sketch
        archive = posted[name]
        keys = sketch.tolist()
        for number, other in earlier[doc]:
            own = {story, stories[other][1]}
            rarity = KeyRarity({key: len(archive[key] - own) for key in keys}, len(stored[name]))
            [numbers[number]] = rarity.compare([(sketch, rarity.of(sketch), prints[other].sketch)], posted=0)
        for key in keys:
            archive[key].add(story)
        stored[name].add(story)
    return [numbers[number] for number in range(len(pairs))]


def stories_of(docs: list[Document], copies: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    """Return the set and the story of each document: by its label where labels mean copies, else by pairs of copies."""
    first = connected_components(range(len(docs)), copies)
    stories = [(d.set, d.story if d.set in (*COPIES, "five") else str(first[i])) for i, d in enumerate(docs)]
    return [("edits", d.story) if d.set == "edits" and d.story else own for d, own in zip(docs, stories, strict=True)]
