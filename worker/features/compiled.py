"""Texts and titles go in, `Features` come out, by the compiled kernel: the same to the last bit as by NumPy."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.lexicon import by_language, lexicon
from worker.features.model import Features, Source, digest
from worker.features.totals import FeatureTotals
from worker.kernel.features import features as make
from worker.kernel.library import WORD
from worker.kernel.room import ScratchArrays

_ROOM: Final = ScratchArrays()


def by_kernel(sources: Sequence[Source]) -> list[Features]:
    """Return the features of some texts, which stand by language."""
    books = [(lexicon(language), some) for language, some in by_language(sources)]
    found = [(book, book.find(some)) for book, some in books]
    (words,) = _ROOM.arrays([(sum(one.words for _, one in found), WORD)])
    begins = accumulate((one.words for _, one in found), initial=0)
    sizes = np.concatenate([book.write(one, words[at:]) for (book, one), at in zip(found, begins, strict=False)])
    made = make(words, sizes, factors(int((sizes[::2] + sizes[1::2]).max())))
    fields = made.parts | {
        "language": [source.language for source in sources],
        "totals": [
            FeatureTotals(weight, squares, plain, names, rarity, figures, lead)
            for (weight, squares, plain, rarity), (names, figures, lead) in zip(made.sums, made.numbers, strict=True)
        ],
        "tokens": [len(tokens) for tokens in made.parts["all_tokens"]],
        "digest": [digest(tokens) for tokens in made.parts["all_tokens"]],
        "kernel": made.texts,
    }
    return list(map(Features._make, zip(*(fields[name] for name in Features._fields), strict=True)))


def factors(most: int) -> NDArray[np.float32]:
    """Return what a word's weight is multiplied with, by how often it comes, from 0 to ``most`` times.

    Made here: another logarithm than NumPy's would give other last bits.
    """
    counts = np.maximum(np.arange(most + 1), 1)
    found: NDArray[np.float32] = np.float32(1.0) + np.log(counts, dtype=np.float32)
    return found
