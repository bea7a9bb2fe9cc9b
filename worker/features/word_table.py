"""The hashes, weights and kinds of words of a language, one array for each property."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features.frequency import frequencies, zipfs_of
from worker.kernel.library import WORD
from worker.kernel.tokenizer import NUMBER_WORD, WORD_WEIGHT

#: Kinds of word, as bits of a byte; `ENDS` marks the last word of a sentence.
CONTENT: Final = 1
CAPITAL: Final = 2
NUMBER: Final = 4
ENDS: Final = 8

#: Words more frequent than one in 1,300 (Zipf 5.9) are stop words: about 150 in each language.
_STOP_ZIPF: Final = 5.9
#: Rarer words weigh no more than those of one in a million: the cap of idf.
_CAP_ZIPF: Final = 3.0
#: A lower-case word in no list is as often an OCR error as a rare word.
_UNLISTED_ZIPF: Final = 4.0
#: A capitalised word in no list is a rare name.
_UNLISTED_NAME_ZIPF: Final = 1.0
#: Characters of a stem: inflected forms share them (`vaccine`, `vaccinated`); compounding languages need more.
_STEM: Final = 6
_LONG_STEM: Final = dict.fromkeys(("da", "de", "et", "fi", "hu", "is", "nb", "nl", "no", "sv"), 9)
#: English writes numbers up to twenty as words as often as in digits; they are compared as digits.
_NUMBER_WORDS: Final = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=2,
    )
}
#: `$100B`, `100bn`, `20K`: a number with its scale is compared by its digits.
_SCALED: Final = re.compile(r"(\d+)(?:k|m|mn|b|bn|tn)")


class WordTable(NamedTuple):
    """The properties of words, one array for each; a text is a list of row indices."""

    #: 64-bit hash of the case-folded word, 32-bit hash of its stem
    hashes: NDArray[np.uint64]
    stems: NDArray[np.uint32]
    #: capped idf (7 - Zipf: 1.1 to 4) and the Zipf frequency without the cap (1 to 8)
    weights: NDArray[np.float32]
    zipfs: NDArray[np.float32]
    #: bits CONTENT, CAPITAL, NUMBER, ENDS
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, words: NDArray[np.void]) -> "WordTable":
        """Return the table of `WORD` records."""
        return cls(*(words[name] for name in cls._fields))

    def rows(self) -> NDArray[np.void]:
        """Return the words as `WORD` records."""
        words = np.zeros(len(self.kinds), dtype=WORD)
        for name, column in zip(self._fields, self, strict=True):
            words[name] = column
        return words


def word_table(words: Sequence[str], language: str) -> WordTable:
    """Return the properties of words; an empty word has hash 0 and no kind."""
    kinds = np.array([word[:1].isupper() for word in words]) * np.uint8(CAPITAL)
    plain = _fold(words)
    length = stem_length(language)
    stems = [word[:length] for word in plain]
    for index, digits, compared in _find_numbers(words, plain, language):
        kinds[index] |= NUMBER
        plain[index], stems[index] = digits, compared or digits[:length]
    number = kinds & NUMBER != 0
    zipfs = np.where(number, _CAP_ZIPF, _zipfs(plain, kinds, language))
    lengths = np.fromiter(map(len, plain), np.intp, len(plain))
    long = lengths > 1
    for index in np.flatnonzero(lengths == 1).tolist():
        long[index] = not plain[index].isascii()
    kinds[number | (long & (zipfs < _STOP_ZIPF))] |= CONTENT
    empty = np.array([not word for word in words])
    kinds[empty] = 0
    hashes = _hashes(plain)
    shortened = [index for index, (stem, word) in enumerate(zip(stems, plain, strict=True)) if stem != word]
    stem_hashes = hashes.astype(np.uint32)
    stem_hashes[shortened] = _hashes([stems[index] for index in shortened])
    hashes[empty] = 0
    return WordTable(
        hashes=hashes, stems=stem_hashes, weights=_weights(zipfs), zipfs=zipfs.astype(np.float32), kinds=kinds
    )


def word_weights(language: str) -> NDArray[np.void]:
    """Return the weights by centibel in the word list; then those of an unlisted word, an unlisted name, a number."""
    frequency_list = frequencies(language)
    zipfs = zipfs_of(np.arange(int(frequency_list.centibels.max()) + 1 if frequency_list else 0))
    unlisted = (_UNLISTED_ZIPF, _UNLISTED_NAME_ZIPF if frequency_list else _UNLISTED_ZIPF)
    zipfs = np.concatenate([zipfs, [*unlisted, _CAP_ZIPF]])
    rows = np.zeros(len(zipfs), dtype=WORD_WEIGHT)
    rows["weights"], rows["zipfs"], rows["is_content"] = _weights(zipfs), zipfs, zipfs < _STOP_ZIPF
    return rows


def number_words(language: str) -> NDArray[np.void]:
    """Return the hashes of the numbers that are written as words."""
    numbers = _number_word_digits(language)
    rows = np.zeros(len(numbers), dtype=NUMBER_WORD)
    rows["hashes"], rows["stems"] = _hashes(list(numbers)), _hashes(list(numbers.values())).astype(np.uint32)
    return rows


def stem_length(language: str) -> int:
    """Return the number of characters of a stem."""
    return _LONG_STEM.get(language, _STEM)


def _number_word_digits(language: str) -> dict[str, str]:
    return _NUMBER_WORDS if language == "en" else {}


def _weights(zipfs: NDArray[np.float64]) -> NDArray[np.float32]:
    return (7.0 - np.maximum(zipfs, _CAP_ZIPF)).astype(np.float32)


def _fold(words: Sequence[str]) -> list[str]:
    """Return the words case-folded and in Unicode form NFKC."""
    whole = " ".join(words)  # to fold one string takes a fifth of the time of many
    if not whole.isascii():
        whole = unicodedata.normalize("NFKC", whole)
    plain = whole.casefold().split(" ")
    if len(plain) == len(words):
        return plain
    return [unicodedata.normalize("NFKC", word).casefold() for word in words]  # a few signs expand to several words


def _find_numbers(words: Sequence[str], plain: Sequence[str], language: str) -> Iterator[tuple[int, str, str | None]]:
    """Yield the index of each number, its form without points and commas, and its digits if they differ (else None)."""
    numbers = _number_word_digits(language)
    for index, word in enumerate(words):
        if not word.isalpha() and word[:1].isdigit():
            digits = word.replace(",", "").replace(".", "").casefold()
            scaled = _SCALED.fullmatch(digits)
            yield index, digits, scaled[1] if scaled else None
        elif plain[index] in numbers:
            yield index, plain[index], numbers[plain[index]]


def _zipfs(plain: Sequence[str], kinds: NDArray[np.uint8], language: str) -> NDArray[np.float64]:
    frequency_list = frequencies(language)
    if not frequency_list:
        return np.full(len(plain), _UNLISTED_ZIPF)
    zipfs = frequency_list.zipfs(plain)
    unlisted = np.where(kinds & CAPITAL != 0, _UNLISTED_NAME_ZIPF, _UNLISTED_ZIPF)
    return np.where(np.isnan(zipfs), unlisted, zipfs)


def _hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """Return 64 bits of BLAKE2b of each word: unlike `hash`, the same on every machine and in every process."""
    blake2b = hashlib.blake2b
    digests = [blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
