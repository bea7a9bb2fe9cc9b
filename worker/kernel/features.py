"""Compute the arrays of `worker.features.Features` from the words of many texts with the compiled kernel."""

import ctypes
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from worker.kernel.buffers import ArrayPool, ArraySpec, ScratchArrays
from worker.kernel.library import WORD, address, fields, function
from worker.kernel.pairs import ARRAYS, ARTICLE

#: The counts of each text, in the order of the enum in features.h.
_COUNTS: Final = ("all_tokens", "content_tokens", "distinct", "grams", "passages", "facts", "title")
#: Each output array: the count that gives its length for one text, and its dtype.
_OUTPUTS: Final[dict[str, tuple[str, DTypeLike]]] = {
    "all_tokens": ("all_tokens", np.uint64),
    "content_tokens": ("content_tokens", np.uint32),
    "content_token_weights": ("content_tokens", np.float32),
    "is_name_or_number": ("content_tokens", np.bool_),
    "word_index": ("content_tokens", np.int32),
    "passages": ("content_tokens", np.int16),
    "words": ("distinct", np.uint32),
    "weights": ("distinct", np.float32),
    "classes": ("distinct", np.uint8),
    "zipfs": ("distinct", np.float32),
    "places": ("distinct", np.int32),
    "grams": ("grams", np.uint32),
    "gram_places": ("grams", np.int32),
    "passage_weights": ("passages", np.float64),
    "facts": ("facts", np.uint32),
    "title": ("title", np.uint32),
}
#: For each array of an article record, the count that gives its length.
_COUNT_OF_ARRAY: Final = [_COUNTS.index(_OUTPUTS[name][0]) for name in ARRAYS]
#: Columns of sums (weight, squares, plain, rarity) and of numbers (names, figures, lead): `worker.features.totals`.
_SUMS: Final = 4
_NUMBERS: Final = 3
#: Columns of the counts, and of the sums followed by the numbers, in the order of `worker.kernel.pairs.ARTICLE`.
_ARTICLE_COUNTS: Final = [
    _COUNTS.index(name) for name in "distinct grams content_tokens passages facts title all_tokens".split()
]
_ARTICLE_TOTALS: Final = [0, 1, 2, 4, 3, 5, 6]
#: A word may be in this many facts: with each of the four salient words before it.
_FACTS_PER_WORD: Final = 4
_SCRATCH: Final = ScratchArrays()
_POOL: Final = ArrayPool()


class _FeaturesCall(ctypes.Structure):
    _fields_ = fields(
        "texts *sizes *tokens *factors *items *spare *token_index *sentences *named *salient *counts *all_tokens "
        "*content_tokens *content_token_weights *is_name_or_number *word_index *passages *passage_weights *words "
        "*weights *classes *zipfs *places *sums *numbers *grams *gram_places *facts *title"
    )


class FeatureArrays(NamedTuple):
    """The features of each text."""

    #: by field name of `worker.features.Features`; "all_tokens" is overwritten by the next call
    arrays: dict[str, list[NDArray[Any]]]
    #: see `_SUMS` and `_NUMBERS`
    sums: list[list[float]]
    numbers: list[list[int]]
    #: a `worker.kernel.pairs.ARTICLE` record for each text
    articles: list[bytes]


def compute_features(words: NDArray[np.void], sizes: NDArray[np.int64], factors: NDArray[np.float32]) -> FeatureArrays:
    """Compute the features of texts; ``sizes`` has the number of words of each title and body, alternating.

    ``factors`` has the factor of a word's weight for each term frequency that may occur.
    """
    texts = len(sizes) // 2
    counts = np.empty((texts, len(_COUNTS)), dtype=np.int64)
    sums, numbers = np.empty((texts, _SUMS)), np.empty((texts, _NUMBERS), dtype=np.int64)
    specs = _scratch_specs(len(words), len(factors))
    scratch = dict(zip(specs, _SCRATCH.arrays(list(specs.values())), strict=True))
    pointers = {
        "sizes": address(sizes, np.int64),
        "tokens": address(words, WORD),
        "factors": address(factors, np.float32),
        "counts": address(counts, np.int64),
        "sums": address(sums, np.float64),
        "numbers": address(numbers, np.int64),
        **{name: address(array, array.dtype) for name, array in scratch.items()},
    }
    function("copydesk_features")(ctypes.byref(_FeaturesCall(texts, **pointers)))
    bounds = np.zeros((texts + 1, len(_COUNTS)), dtype=np.int64)
    np.cumsum(counts, axis=0, out=bounds[1:])
    kept = _copy_outputs(scratch, bounds[-1].tolist())
    return FeatureArrays(
        arrays=_split_by_text(kept, bounds),
        sums=sums.tolist(),
        numbers=numbers.tolist(),
        articles=_article_records(kept, bounds, counts, np.hstack((sums, numbers))),
    )


def _scratch_specs(words: int, longest_text: int) -> dict[str, ArraySpec]:
    """Return the specs of scratch arrays; ``words`` is the total of all texts."""
    out = {name: (words * (_FACTS_PER_WORD if name == "facts" else 1), kind) for name, (_, kind) in _OUTPUTS.items()}
    items: dict[str, ArraySpec] = dict.fromkeys(("items", "spare"), (_FACTS_PER_WORD * longest_text, np.uint64))
    each: dict[str, ArraySpec] = dict.fromkeys(("token_index", "sentences", "salient"), (longest_text, np.int32))
    return out | items | each | {"named": (longest_text, np.uint8)}


def _copy_outputs(scratch: Mapping[str, NDArray[Any]], counts: Sequence[int]) -> dict[str, Any]:
    """Return copies of the scratch arrays; "all_tokens" is not copied, since the caller reads it at once."""
    sizes = dict(zip(_COUNTS, counts, strict=True))
    kept: dict[str, Any] = {}
    for name, (count_name, dtype) in _OUTPUTS.items():
        kept[name] = scratch_array = scratch[name][: sizes[count_name]]
        if name != "all_tokens":
            kept[name] = _POOL.array(len(scratch_array), dtype)
            kept[name][:] = scratch_array
    return kept


def _split_by_text(kept: Mapping[str, NDArray[Any]], bounds: NDArray[np.int64]) -> dict[str, list[NDArray[Any]]]:
    """Split the arrays by text: field by field, which takes half the time of text by text."""
    spans = {count: list(pairwise(column)) for count, column in zip(_COUNTS, bounds.T.tolist(), strict=True)}
    return {name: [kept[name][start:end] for start, end in spans[count]] for name, (count, _) in _OUTPUTS.items()}


def _article_records(
    kept: Mapping[str, NDArray[Any]], bounds: NDArray[np.int64], counts: NDArray[np.int64], sums: NDArray[np.float64]
) -> list[bytes]:
    """Return for each text its `ARTICLE` record, which comparisons read."""
    articles = np.empty(len(counts), dtype=ARTICLE)
    sizes = np.array([kept[name].itemsize for name in ARRAYS])
    articles["at"] = bounds[:-1, _COUNT_OF_ARRAY] * sizes + [address(kept[name], kept[name].dtype) for name in ARRAYS]
    articles["counts"] = counts[:, _ARTICLE_COUNTS]
    articles["sums"] = sums[:, _ARTICLE_TOTALS]
    data = articles.tobytes()
    return [data[offset : offset + ARTICLE.itemsize] for offset in range(0, len(data), ARTICLE.itemsize)]
