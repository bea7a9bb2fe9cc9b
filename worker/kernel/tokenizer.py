"""Tokenize unknown chunks with the compiled kernel: write their words to the arrays of a lexicon."""

import ctypes
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.kernel.chunk_lookup import CHUNK, UNKNOWN_CHUNK, ChunkLookup, Factors
from worker.kernel.hash_table import bits_of
from worker.kernel.library import SLOT, WORD, address, fields, function
from worker.kernel.lookup import SortedList

#: A character: its class (bits LETTER, UPPER, DIGIT, END, UNUSUAL; a sign has none), and its case-folded UTF-8.
CHARACTER: Final = np.dtype([("kinds", np.uint8), ("sizes", np.uint8), ("plain", np.uint8, 2)])
LETTER, UPPER, DIGIT, END, UNUSUAL = 1, 2, 4, 8, 16
#: The weight and the Zipf frequency of the words of one level of frequency, and whether they are content words.
WORD_WEIGHT: Final = np.dtype([("weights", np.float32), ("zipfs", np.float32), ("is_content", np.bool_)], align=True)
#: A number written as a word: the hash of the word, and the stem of its digits.
NUMBER_WORD: Final = np.dtype([("hashes", np.uint64), ("stems", np.uint32)], align=True)

_Records: TypeAlias = NDArray[np.void]


class _TokenizerCall(ctypes.Structure):
    _fields_ = fields(
        ("data", ctypes.c_char_p),
        "*unknown count *chunks *slots bits filled *rows used capacity words",
        ("factors", Factors),
        "*characters *word_weights unlisted",
        ("list", SortedList),
        "*number_words number_word_count stem_length",
    )


class LanguageTables(NamedTuple):
    """The tables by which the words of a language are tokenized."""

    factors: Factors
    #: `CHARACTER` of each character of one or two bytes, then of the signs of three bytes
    characters: NDArray[np.void]
    #: `WORD_WEIGHT` by value in the list; then of an unlisted word, of an unlisted name, and of a number
    word_weights: NDArray[np.void]
    #: the word list with the rarity of each word; its arrays live as long as the process
    sorted_list: SortedList
    #: `NUMBER_WORD`
    number_words: NDArray[np.void]
    #: characters of a stem
    stem_length: int


class Tokenized(NamedTuple):
    """The result of tokenizing unknown chunks."""

    #: rows of ``unknown`` that are left to Python
    remaining: NDArray[np.void]
    #: total words of the other chunks, number of slots filled, number of rows used now
    words: int
    filled: int
    used: int


class Tokenizer:
    """Tokenizes chunks of one language."""

    def __init__(self, tables: LanguageTables) -> None:
        self._tables = tables  # keeps the arrays alive
        self._call = _TokenizerCall(
            factors=tables.factors,
            characters=address(tables.characters, CHARACTER),
            word_weights=address(tables.word_weights, WORD_WEIGHT),
            unlisted=len(tables.word_weights) - 3,
            list=tables.sorted_list,
            number_words=address(tables.number_words, NUMBER_WORD),
            number_word_count=len(tables.number_words),
            stem_length=tables.stem_length,
        )

    def tokenize(self, data: bytes, lookup: ChunkLookup, slots: _Records, rows: _Records, used: int) -> Tokenized:
        """Tokenize the unknown chunks of ``lookup`` and write the result into its chunks.

        There must be more free ``slots`` than unknown chunks. Words are appended to ``rows`` until these are full.
        """
        call = self._call
        call.data = data
        call.unknown, call.count = address(lookup.unknown, UNKNOWN_CHUNK), len(lookup.unknown)
        call.chunks = address(lookup.chunks, CHUNK)
        call.slots, call.bits, call.filled = address(slots, SLOT), bits_of(slots), 0
        call.rows, call.used, call.capacity = address(rows, WORD), used, len(rows)
        remaining = function("copydesk_tokenize")(ctypes.byref(call))
        return Tokenized(lookup.unknown[:remaining], call.words, call.filled, call.used)
