"""Split texts into chunks, look these up in a hash table and copy the rows of their words, a batch per call."""

import ctypes
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.buffers import ScratchArrays
from worker.kernel.hash_table import bits_of
from worker.kernel.library import SLOT, WORD, address, fields, function

#: A chunk: the first row and the number of its words, 0 words if it is unknown.
CHUNK: Final = np.dtype([("first", np.int32), ("counts", np.int32)], align=True)
#: An unknown chunk: its key, its offset and size in bytes, and its index among all chunks.
UNKNOWN_CHUNK: Final = np.dtype(
    [("keys", np.uint64), ("starts", np.int64), ("sizes", np.int32), ("index", np.int32)], align=True
)

_SCRATCH: Final = ScratchArrays()


class Factors(ctypes.Structure):
    """The factors of the key function, see `worker.features.chunk_keys`."""

    _fields_ = (("factor", ctypes.c_uint64), ("other", ctypes.c_uint64))


class _ChunkLookupCall(ctypes.Structure):
    _fields_ = fields(
        ("data", ctypes.c_char_p), "*begins texts", ("factors", Factors), "*slots bits *chunks *sizes *unknown words"
    )


class _GatherCall(ctypes.Structure):
    _fields_ = fields("*chunks *sizes texts *known *out *words")


class ChunkLookup(NamedTuple):
    """The chunks of several texts, and the number of chunks of each text."""

    chunks: NDArray[np.void]
    sizes: NDArray[np.int64]
    #: valid until the next look-up
    unknown: NDArray[np.void]
    #: total words of the known chunks
    words: int


def look_up_chunks(data: bytes, begins: NDArray[np.int64], factors: Factors, slots: NDArray[np.void]) -> ChunkLookup:
    """Look up all chunks of texts and mark the known ones as seen.

    ``begins`` has the offset of each text in ``data``, and of the end. A blank precedes each text, 8 follow the last.
    """
    texts, chunks_max = len(begins) - 1, len(data) // 2 + 1
    chunks, unknown = _SCRATCH.arrays([(chunks_max, CHUNK), (chunks_max, UNKNOWN_CHUNK)])
    sizes = np.empty(texts, dtype=np.int64)
    call = _ChunkLookupCall(
        data,
        address(begins, np.int64),
        texts,
        factors,
        address(slots, SLOT),
        bits_of(slots),
        address(chunks, CHUNK),
        address(sizes, np.int64),
        address(unknown, UNKNOWN_CHUNK),
    )
    count = function("copydesk_chunk_lookup")(ctypes.byref(call))
    return ChunkLookup(chunks[: int(sizes.sum())].copy(), sizes, unknown[:count], call.words)


def gather_words(lookup: ChunkLookup, known: NDArray[np.void], out: NDArray[np.void]) -> NDArray[np.int64]:
    """Write the rows of all words to ``out``, which has that length; return the number of words of each text."""
    words = np.empty(len(lookup.sizes), dtype=np.int64)
    call = _GatherCall(
        address(lookup.chunks, CHUNK),
        address(lookup.sizes, np.int64),
        len(lookup.sizes),
        address(known, WORD),
        address(out, WORD),
        address(words, np.int64),
    )
    function("copydesk_gather")(ctypes.byref(call))
    return words
