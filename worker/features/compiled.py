"""Compute `Features` with the compiled kernel, bit-identical to those of NumPy."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.lexicon import by_language, lexicon
from worker.features.model import Features, Source, digest
from worker.features.totals import FeatureTotals
from worker.kernel import features as kernel
from worker.kernel.buffers import ScratchArrays
from worker.kernel.library import WORD

_SCRATCH: Final = ScratchArrays()


def compute_by_kernel(sources: Sequence[Source]) -> list[Features]:
    """Return the features of texts, which must be grouped by language."""
    books = [(lexicon(language), texts) for language, texts in by_language(sources)]
    lookups = [(book, book.look_up(texts)) for book, texts in books]
    (words,) = _SCRATCH.arrays([(sum(lookup.words for _, lookup in lookups), WORD)])
    starts = accumulate((lookup.words for _, lookup in lookups), initial=0)
    counts = [book.write(lookup, words[at:]) for (book, lookup), at in zip(lookups, starts, strict=False)]
    sizes = np.concatenate(counts)
    batch = kernel.compute_features(words, sizes, factors(int((sizes[::2] + sizes[1::2]).max())))
    fields = batch.arrays | {
        "language": [source.language for source in sources],
        "totals": [
            FeatureTotals(weight, squares, plain, names, rarity, figures, lead)
            for (weight, squares, plain, rarity), (names, figures, lead) in zip(batch.sums, batch.numbers, strict=True)
        ],
        "tokens": [len(tokens) for tokens in batch.arrays["all_tokens"]],
        "digest": [digest(tokens) for tokens in batch.arrays["all_tokens"]],
        "kernel": batch.articles,
    }
    return list(map(Features._make, zip(*(fields[name] for name in Features._fields), strict=True)))


def factors(max_count: int) -> NDArray[np.float32]:
    """Return the factor of a word's weight for each term frequency from 0 to ``max_count``.

    Computed here, since another logarithm than NumPy's would give other last bits.
    """
    counts = np.maximum(np.arange(max_count + 1), 1)
    term_factors: NDArray[np.float32] = np.float32(1.0) + np.log(counts, dtype=np.float32)
    return term_factors
