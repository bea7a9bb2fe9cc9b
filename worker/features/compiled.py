"""Texts and titles go in, `Features` come out, by the compiled kernel: the same to the last bit as by NumPy."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.form import Features, Source, digest
from worker.features.lexicon import by_language, lexicon
from worker.features.totals import Totals
from worker.kernel.features import Made
from worker.kernel.features import features as make
from worker.kernel.library import WORD
from worker.kernel.room import Room

_ROOM: Final = Room()


def by_kernel(sources: Sequence[Source]) -> list[Features]:
    """Return the features of some texts, which stand by language."""
    books = [(lexicon(language), some) for language, some in by_language(sources)]
    found = [(book, book.find(some)) for book, some in books]
    (words,) = _ROOM.arrays([(sum(one.words for _, one in found), WORD)])
    begins = accumulate((one.words for _, one in found), initial=0)
    sizes = np.concatenate([book.write(one, words[at:]) for (book, one), at in zip(found, begins, strict=False)])
    made = make(words, sizes, factors(int((sizes[::2] + sizes[1::2]).max())))
    return [_part(made, number, source.language) for number, source in enumerate(sources)]


def factors(most: int) -> NDArray[np.float32]:
    """Return what a word's weight is multiplied with, by how often it comes, from 0 to ``most`` times.

    Made here: another logarithm than NumPy's would give other last bits.
    """
    counts = np.maximum(np.arange(most + 1), 1)
    found: NDArray[np.float32] = np.float32(1.0) + np.log(counts, dtype=np.float32)
    return found


def _part(made: Made, number: int, language: str) -> Features:
    """Return what belongs to one text."""
    said, running, distinct, grams, passages, facts, title = map(slice, made.bounds[number], made.bounds[number + 1])
    weight, squares, plain, rarity = made.sums[number]
    names, figures, lead = made.numbers[number]
    return Features(
        language=language,
        words=made.words[distinct],
        weights=made.weights[distinct],
        classes=made.classes[distinct],
        zipfs=made.zipfs[distinct],
        places=made.places[distinct],
        totals=Totals(weight, squares, plain, names, rarity, figures, lead),
        grams=made.grams[grams],
        gram_places=made.gram_places[grams],
        running=made.running[running],
        running_weights=made.running_weights[running],
        running_marked=made.running_marked[running],
        which=made.which[running],
        passages=made.passages[running],
        passage_weights=made.passage_weights[passages],
        facts=made.facts[facts],
        title=made.title[title],
        tokens=said.stop - said.start,
        digest=digest(made.said[said]),
        kernel=made.texts[number],
    )
