"""Chunks that are not known go in; what is to be known of their words stands in a lexicon's arrays then."""

import ctypes
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import SLOT, WORD, address, function
from worker.kernel.listed import List
from worker.kernel.table import bits_of
from worker.kernel.words import CHUNK, MISSING, Factors, Found

#: A character: what it is (bits LETTER, UPPER, DIGIT, END, UNUSUAL; a sign is none), and its UTF-8 without case.
LETTER_ROW: Final = np.dtype([("kinds", np.uint8), ("sizes", np.uint8), ("plain", np.uint8, 2)])
LETTER, UPPER, DIGIT, END, UNUSUAL = 1, 2, 4, 8, 16
#: What a word weighs that is so frequent, and whether it may tell of a subject.
LEVEL: Final = np.dtype([("weights", np.float32), ("zipfs", np.float32), ("subject", np.bool_)], align=True)
#: A number that is written as a word: the word's hash, and the stem of its digits.
SPELT: Final = np.dtype([("hashes", np.uint64), ("stems", np.uint32)], align=True)


class _Learn(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_char_p),
        ("missing", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("chunks", ctypes.c_void_p),
        ("slots", ctypes.c_void_p),
        ("bits", ctypes.c_int64),
        ("filled", ctypes.c_int64),
        ("rows", ctypes.c_void_p),
        ("used", ctypes.c_int64),
        ("room", ctypes.c_int64),
        ("words", ctypes.c_int64),
        ("factors", Factors),
        ("letters", ctypes.c_void_p),
        ("levels", ctypes.c_void_p),
        ("unlisted", ctypes.c_int64),
        ("list", List),
        ("spelt", ctypes.c_void_p),
        ("spelt_count", ctypes.c_int64),
        ("stem", ctypes.c_int64),
    )


class Language(NamedTuple):
    """What words of a language are told by."""

    factors: Factors
    #: `LETTER_ROW` of each character of one byte or two, and behind them of signs
    letters: NDArray[np.void]
    #: `LEVEL` by what stands in the list; behind these of an unlisted word, of an unlisted name, of a number
    levels: NDArray[np.void]
    #: its words and how rare each is; arrays that last as long as the process
    listed: List
    #: `SPELT`
    spelt: NDArray[np.void]
    #: how many characters a stem has
    stem: int


class Learned(NamedTuple):
    """What became of chunks that were not known."""

    #: those that are left to others, rows of ``missing``
    left: NDArray[np.void]
    #: how many words the others have, how many slots were filled, how many rows are used now
    words: int
    filled: int
    used: int


class Learner:
    """Learns words of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language  # whose arrays are read
        self._learn = _Learn(
            factors=language.factors,
            letters=address(language.letters, LETTER_ROW),
            levels=address(language.levels, LEVEL),
            unlisted=len(language.levels) - 3,
            list=language.listed,
            spelt=address(language.spelt, SPELT),
            spelt_count=len(language.spelt),
            stem=language.stem,
        )

    def learn(self, data: bytes, found: Found, slots: NDArray[np.void], rows: NDArray[np.void], used: int) -> Learned:
        """Look at the chunks of ``data`` that are missing in ``found``, and write what is known then into its chunks.

        More of the ``slots`` must be free than are missing. The rows of words stand behind the ``used`` ones, as long
        as there is room.
        """
        learn = self._learn
        learn.data = data
        learn.missing, learn.count = address(found.missing, MISSING), len(found.missing)
        learn.chunks = address(found.chunks, CHUNK)
        learn.slots, learn.bits, learn.filled = address(slots, SLOT), bits_of(slots), 0
        learn.rows, learn.used, learn.room = address(rows, WORD), used, len(rows)
        left = function("copydesk_learn")(ctypes.byref(learn))
        return Learned(found.missing[:left], learn.words, learn.filled, learn.used)
