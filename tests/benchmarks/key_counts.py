"""Compute the numbers that know the archive for pairs of labelled documents, in archives of several sizes."""

import random
from collections import defaultdict
from collections.abc import Callable

from tests.benchmarks.labelled import COPIES, Document
from worker.fingerprint import Fingerprint
from worker.match.key_rarity import KeyNumbers, KeyRarity

#: The share of a set that a young archive holds.
_YOUNG = 0.15


def archives(
    docs: list[Document], prints: list[Fingerprint], pairs: list[tuple[int, int]]
) -> dict[str, list[KeyNumbers]]:
    """Return the numbers of each pair in an empty archive, a young one, that of its own set, and that of all sets."""
    rng = random.Random(1)
    young = [rng.random() < _YOUNG for _ in docs]
    return {
        "empty": _numbers(docs, prints, pairs, lambda d: "", [False] * len(docs)),
        "young": _numbers(docs, prints, pairs, lambda d: d.set, young),
        "set": _numbers(docs, prints, pairs, lambda d: d.set, [True] * len(docs)),
        "pool": _numbers(docs, prints, pairs, lambda d: "", [True] * len(docs)),
    }


def _numbers(
    docs: list[Document],
    prints: list[Fingerprint],
    pairs: list[tuple[int, int]],
    archive: Callable[[Document], str],
    stored: list[bool],
) -> list[KeyNumbers]:
    stories: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    everything: dict[str, set[str]] = defaultdict(set)
    story = [f"{d.set} {d.story}" if d.set in (*COPIES, "five") else str(i) for i, d in enumerate(docs)]
    story = [d.story if d.set == "edits" and d.story else own for d, own in zip(docs, story, strict=True)]
    for i, d in enumerate(docs):
        if stored[i]:
            everything[archive(d)].add(story[i])
            for key in prints[i].sketch.tolist():
                stories[archive(d)][key].add(story[i])
    numbers = []
    for a, b in pairs:
        posted = stories[archive(docs[a])]
        own = {story[a], story[b]}
        counts = {key: len(posted.get(key, set()) - own) for key in prints[a].sketch.tolist()}
        rarity = KeyRarity(counts, len(everything[archive(docs[a])]))
        keys = prints[a].sketch
        numbers += rarity.compare([(keys, rarity.of(keys), prints[b].sketch)], posted=0)
    return numbers
