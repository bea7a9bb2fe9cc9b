"""The model of `py3langid`, compressed without loss: tables of 21 MB instead of 75.

Many rows of the automaton are mostly equal, so the table is divided into blocks and each distinct block is stored once.
Four in five weights are the minimum of their language, so only the others are stored. The tables are read in chunks,
because a process does not return the memory of a large temporary table.
"""

import lzma
import math
import os
import shutil
from array import array
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any, Final, Protocol
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

_COPY_BYTES: Final = 1 << 20
#: Transitions in a block, as a power of 2: 39 MB become 5.7 (6.7 with 8 transitions in a block, 7.2 with 32).
_BLOCK_SHIFT: Final = 4
_BLOCK_MASK: Final = (1 << _BLOCK_SHIFT) - 1
#: A feature with weights for more languages than this, of 142, is stored as a dense row: faster for the most frequent
#: features, in as much memory.
_MAX_SPARSE_LANGUAGES: Final = 48
#: Rows of a table that are read together: 1 MB of weights.
_CHUNK_ROWS: Final = 4_096


class Identifier(Protocol):
    """Identifies the language of a text."""

    def classify(self, text: str) -> tuple[str, float]:
        """Return the ISO 639 code and its probability, 0 to 1."""
        ...


def load_identifier() -> Identifier:
    """Return a replacement for `LanguageIdentifier.from_model_file` with the same answers."""
    # in memory without a name, and outside the heap: a machine may have no disk to write to, or a small one
    with os.fdopen(os.memfd_create("language-model"), "w+b") as unpacked:
        with lzma.open(Path(MODEL_DIR) / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, _COPY_BYTES)
        with ZipFile(unpacked) as model:
            loaded: Identifier = LanguageIdentifier(
                _WeightTable(model),
                _read_array(model, "pc"),
                _read_array(model, "classes").tolist(),
                _TransitionTable(model),
                _read_array(model, "out_feat").data,  # looked up item by item, for which a NumPy array is slow
                norm_probs=True,
                tk_row=_read_array(model, "nextmove_row").data,
            )
    return loaded


class _TransitionTable:
    """Maps row · 256 + byte to the next state of the automaton that finds features in a text."""

    def __init__(self, model: ZipFile) -> None:
        numbers: dict[bytes, int] = {}  # number of each distinct block, in order of first occurrence
        self._block_numbers = array("I")
        for chunk in _read_chunks(model, "nextmove"):
            typecode, size, whole = chunk.dtype.char, chunk.itemsize << _BLOCK_SHIFT, chunk.tobytes()
            blocks = (whole[start : start + size] for start in range(0, len(whole), size))
            self._block_numbers.extend([numbers.setdefault(block, len(numbers)) for block in blocks])
        self._states = array(typecode, b"".join(numbers))

    def __getitem__(self, cell: int) -> int:
        return self._states[self._block_numbers[cell >> _BLOCK_SHIFT] << _BLOCK_SHIFT | cell & _BLOCK_MASK]


class _WeightTable:
    """Maps features to rows of weights, one weight for each language."""

    def __init__(self, model: ZipFile) -> None:
        lowest = reduce(np.minimum, (chunk.min(axis=0) for chunk in _read_chunks(model, "ptc")))
        whole, sizes, languages, values = [lowest[np.newaxis]], [], [], []
        for chunk in _read_chunks(model, "ptc"):
            higher = chunk != lowest
            common = higher.sum(axis=1) > _MAX_SPARSE_LANGUAGES
            whole.append(chunk[common])
            higher[common] = False
            sizes.append(np.where(common, -1, higher.sum(axis=1)))
            languages.append(np.nonzero(higher)[1].astype(np.uint8))
            values.append(chunk[higher])
        #: the minimum weights, then the dense rows
        self._dense_rows = np.concatenate(whole)
        counted = np.concatenate(sizes)
        self._dense_row_of = np.where(counted < 0, np.cumsum(counted < 0), 0)
        #: of the sparse features, the weights that differ from the minimum
        self._sizes = np.maximum(counted, 0)
        self._first = np.cumsum(self._sizes) - self._sizes
        self._languages, self._values = np.concatenate(languages), np.concatenate(values)

    def __getitem__(self, features: NDArray[np.intp]) -> NDArray[Any]:
        rows: NDArray[Any] = self._dense_rows[self._dense_row_of[features]]
        sizes = self._sizes[features]
        upto = np.cumsum(sizes)
        cells = np.arange(upto[-1]) + np.repeat(self._first[features] - (upto - sizes), sizes)
        rows[np.repeat(np.arange(len(features)), sizes), self._languages[cells]] = self._values[cells]
        return rows


def _read_array(model: ZipFile, name: str) -> NDArray[Any]:
    """Return the array ``name``."""
    with model.open(f"{name}.npy") as packed:
        array_read: NDArray[Any] = npy.read_array(packed)
        return array_read


def _read_chunks(model: ZipFile, name: str) -> Iterator[NDArray[Any]]:
    """Yield the array ``name`` in chunks of ``_CHUNK_ROWS`` rows."""
    with model.open(f"{name}.npy") as packed:
        npy.read_magic(packed)
        (_, *row), _, dtype = npy.read_array_header_1_0(packed)
        while chunk := packed.read(_CHUNK_ROWS * math.prod(row) * dtype.itemsize):
            yield np.frombuffer(chunk, dtype).reshape(-1, *row)
