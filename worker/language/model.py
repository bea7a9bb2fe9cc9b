"""The model of `py3langid`, without a loss: tables of 21 MB instead of 75, for most of them repeats.

Of the automaton's rows many are alike in most places, so they are cut into blocks and each is kept once; of the weights
four in five are the lowest of their language, so only the others are kept. Read in pieces, because memory that a large
table took for a moment stays with its process.
"""

import lzma
import math
import shutil
import tempfile
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
#: Moves in a block, 2 to this power: 39 MB become 5.7 (6.7 with 8 moves in a block, 7.2 with 32).
_BLOCK_SHIFT: Final = 4
_BLOCK_MASK: Final = (1 << _BLOCK_SHIFT) - 1
#: A feature that speaks for more languages than this, of 142, has its whole row: less to put together for the most
#: frequent ones, in as much memory.
_MAX_SPARSE_LANGUAGES: Final = 48
#: Rows of a table looked at together, 1 MB of weights.
_CHUNK_ROWS: Final = 4_096


class Identifier(Protocol):
    """Tells the language of a text."""

    def classify(self, text: str) -> tuple[str, float]:
        """Return the ISO 639 code and how probable it is, 0 to 1."""
        ...


def load_identifier() -> Identifier:
    """Return what `LanguageIdentifier.from_model_file` returns, with the same answers."""
    with tempfile.TemporaryFile() as unpacked:
        with lzma.open(Path(MODEL_DIR) / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, _COPY_BYTES)
        with ZipFile(unpacked) as model:
            loaded: Identifier = LanguageIdentifier(
                _WeightTable(model),
                _read_array(model, "pc"),
                _read_array(model, "classes").tolist(),
                _TransitionTable(model),
                _read_array(model, "out_feat").data,  # looked up item by item, for which NumPy's own items are slow
                norm_probs=True,
                tk_row=_read_array(model, "nextmove_row").data,
            )
    return loaded


class _TransitionTable:
    """Row · 256 + byte -> the next state of the automaton that finds features in a text."""

    def __init__(self, model: ZipFile) -> None:
        numbers: dict[bytes, int] = {}  # of each block, which come in this order
        self._block_numbers = array("I")
        for piece in _read_chunks(model, "nextmove"):
            typecode, size, whole = piece.dtype.char, piece.itemsize << _BLOCK_SHIFT, piece.tobytes()
            blocks = (whole[start : start + size] for start in range(0, len(whole), size))
            self._block_numbers.extend([numbers.setdefault(block, len(numbers)) for block in blocks])
        self._states = array(typecode, b"".join(numbers))

    def __getitem__(self, cell: int) -> int:
        return self._states[self._block_numbers[cell >> _BLOCK_SHIFT] << _BLOCK_SHIFT | cell & _BLOCK_MASK]


class _WeightTable:
    """Features -> a row each, how it speaks for each language."""

    def __init__(self, model: ZipFile) -> None:
        lowest = reduce(np.minimum, (piece.min(axis=0) for piece in _read_chunks(model, "ptc")))
        whole, sizes, languages, values = [lowest[np.newaxis]], [], [], []
        for piece in _read_chunks(model, "ptc"):
            higher = piece != lowest
            common = higher.sum(axis=1) > _MAX_SPARSE_LANGUAGES
            whole.append(piece[common])
            higher[common] = False
            sizes.append(np.where(common, -1, higher.sum(axis=1)))
            languages.append(np.nonzero(higher)[1].astype(np.uint8))
            values.append(piece[higher])
        #: the lowest weights, and the rows of features that many languages have
        self._dense_rows = np.concatenate(whole)
        counted = np.concatenate(sizes)
        self._dense_row_of = np.where(counted < 0, np.cumsum(counted < 0), 0)
        #: of the others, what stands in its row instead of the lowest weights
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
    """Return the array of this name."""
    with model.open(f"{name}.npy") as packed:
        array_read: NDArray[Any] = npy.read_array(packed)
        return array_read


def _read_chunks(model: ZipFile, name: str) -> Iterator[NDArray[Any]]:
    """Yield the array of this name, so many rows at a time."""
    with model.open(f"{name}.npy") as packed:
        npy.read_magic(packed)
        (_, *row), _, dtype = npy.read_array_header_1_0(packed)
        while piece := packed.read(_CHUNK_ROWS * math.prod(row) * dtype.itemsize):
            yield np.frombuffer(piece, dtype).reshape(-1, *row)
