"""Compute the evidence of pairs of articles with the compiled kernel."""

import ctypes
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, fields, function

#: Fields of `worker.features.Features` that the kernel reads, in the order of `Article` in pairs.h.
ARRAYS: Final = (
    *("words", "weights", "classes", "zipfs", "places", "grams", "gram_places", "content_token_weights", "word_index"),
    *("passages", "passage_weights", "facts", "title"),
)
#: An article as the kernel reads it: addresses of these arrays; counts of its words, phrases, content words, passages,
#: facts, words of the title and words of any kind; `worker.features.totals.FeatureTotals`.
ARTICLE: Final = np.dtype([("at", np.int64, (len(ARRAYS),)), ("counts", np.int64, (7,)), ("sums", np.float64, (7,))])
#: Numbers of evidence for a pair.
_EVIDENCE_FIELDS: Final = 33
_NODE: Final = np.dtype([("weight", np.float32), ("next", np.int32), ("passage", np.int16)], align=True)


class _PairBuffers(ctypes.Structure):
    _fields_ = fields("*at_a *at_b *in_a *in_b *order *slots *column *heads_a *heads_b *nodes_a *nodes_b *table")


class _EvidenceCall(ctypes.Structure):
    _fields_ = fields(("articles", ctypes.c_char_p), "pairs *indices whole", ("buffers", _PairBuffers), "*evidence")


def compare(articles: Sequence[bytes], pairs: NDArray[np.int64], *, whole: bool) -> NDArray[np.float64]:
    """Return one row for each pair: the fields of `Evidence` between ``exact`` and ``distance``.

    ``articles`` are `ARTICLE` records; their arrays must stay alive during the call. Without ``whole``, a hopeless pair
    gets only the fields that show that it is hopeless, and NaN in the others.
    """
    records = b"".join(articles)
    buffers = _allocate_buffers(np.frombuffer(records, ARTICLE, len(articles))["counts"])
    evidence = np.empty((len(pairs), _EVIDENCE_FIELDS))
    call = _EvidenceCall(
        records,
        len(pairs),
        address(pairs, np.int64),
        whole,
        _PairBuffers(*(address(array, array.dtype) for array in buffers)),
        address(evidence, np.float64),
    )
    function("copydesk_evidence")(ctypes.byref(call))
    return evidence


def _allocate_buffers(counts: NDArray[np.int64]) -> list[NDArray[Any]]:
    words, grams, content_tokens, passages, facts, title, tokens = counts.max(axis=0).tolist()
    longest = max(words, grams, facts, title) + 1  # one more than can be shared
    return [
        *(np.empty(longest, dtype=np.int32) for _ in range(5)),
        np.empty(max(content_tokens, tokens), dtype=np.int32),
        *(np.empty(words, dtype=np.int32) for _ in range(3)),
        *(np.empty(content_tokens, dtype=_NODE) for _ in range(2)),
        np.empty(passages * passages),
    ]
