"""Words of a language go in; their hashes, weights and kinds come out, one array a property."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features.frequency import frequencies, zipfs_of
from worker.kernel.learn import LEVEL, SPELT
from worker.kernel.library import WORD

#: Kinds of word, as bits of one byte; `ENDS` marks the last word of a sentence.
CONTENT: Final = 1
CAPITAL: Final = 2
NUMBER: Final = 4
ENDS: Final = 8

#: Words more frequent than one in 1,300 (Zipf 5.9) carry no subject: about 150 words of each language.
_STOP_ZIPF: Final = 5.9
#: Rarer words weigh no more than those of one in a million: the cap of idf.
_CAP_ZIPF: Final = 3.0
#: A lower-case word in no list is as often a misspelling of a scanner as a rare word.
_UNLISTED_ZIPF: Final = 4.0
#: A capitalised word in no list is a name that hardly anyone bears.
_UNLISTED_NAME_ZIPF: Final = 1.0
#: Inflected forms meet in their first letters (`vaccine`, `vaccinated`); compounding languages need more of them.
_STEM: Final = 6
_LONG_STEM: Final = dict.fromkeys(("da", "de", "et", "fi", "hu", "is", "nb", "nl", "no", "sv"), 9)
#: English writes numbers to twenty as words as often as in digits; they are compared as digits.
_NUMBER_WORDS: Final = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=2,
    )
}
#: `$100B`, `100bn`, `20K`: a number with its scale, compared by its digits.
_SCALED: Final = re.compile(r"(\d+)(?:k|m|mn|b|bn|tn)")


class WordTable(NamedTuple):
    """What is known of words, one array a property; a text is a list of rows."""

    #: 64 bits of the case-folded word, 32 bits of its stem
    hashes: NDArray[np.uint64]
    stems: NDArray[np.uint32]
    #: capped idf (7 - Zipf: 1.1 to 4) and the Zipf frequency without the cap (1 to 8)
    weights: NDArray[np.float32]
    zipfs: NDArray[np.float32]
    #: bits CONTENT, CAPITAL, NUMBER, ENDS
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, words: NDArray[np.void]) -> "WordTable":
        """Return the columns of rows."""
        return cls(*(words[name] for name in cls._fields))

    def rows(self) -> NDArray[np.void]:
        """Return the words as rows."""
        words = np.zeros(len(self.kinds), dtype=WORD)
        for name, column in zip(self._fields, self, strict=True):
            words[name] = column
        return words


def word_table(words: Sequence[str], language: str) -> WordTable:
    """Return what is to be known of words; an empty one has neither hash nor kind."""
    kinds = np.array([word[:1].isupper() for word in words]) * np.uint8(CAPITAL)
    plain = _plain(words)
    length = stem_of(language)
    stems = [word[:length] for word in plain]
    for at, digits, compared in _numbers(words, plain, language):
        kinds[at] |= NUMBER
        plain[at], stems[at] = digits, compared or digits[:length]
    number = kinds & NUMBER != 0
    zipfs = np.where(number, _CAP_ZIPF, _zipfs(plain, kinds, language))
    lengths = np.fromiter(map(len, plain), np.intp, len(plain))
    long = lengths > 1
    for at in np.flatnonzero(lengths == 1).tolist():
        long[at] = not plain[at].isascii()
    kinds[number | (long & (zipfs < _STOP_ZIPF))] |= CONTENT
    empty = np.array([not word for word in words])
    kinds[empty] = 0
    hashes = _hashes(plain)
    cut = [at for at, (stem, word) in enumerate(zip(stems, plain, strict=True)) if stem != word]
    of_stems = hashes.astype(np.uint32)
    of_stems[cut] = _hashes([stems[at] for at in cut])
    hashes[empty] = 0
    return WordTable(
        hashes=hashes,
        stems=of_stems,
        weights=_weights(zipfs),
        zipfs=zipfs.astype(np.float32),
        kinds=kinds,
    )


def levels(language: str) -> NDArray[np.void]:
    """Return the weights of words by centibel in the list; behind these an unlisted word's, name's, and a number's."""
    listed = frequencies(language)
    zipfs = zipfs_of(np.arange(int(listed.centibels.max()) + 1 if listed else 0))
    unlisted = (_UNLISTED_ZIPF, _UNLISTED_NAME_ZIPF if listed else _UNLISTED_ZIPF)
    zipfs = np.concatenate([zipfs, [*unlisted, _CAP_ZIPF]])
    found = np.zeros(len(zipfs), dtype=LEVEL)
    found["weights"], found["zipfs"], found["subject"] = _weights(zipfs), zipfs, zipfs < _STOP_ZIPF
    return found


def spelt(language: str) -> NDArray[np.void]:
    """Return the numbers that are written as words."""
    numbers = _spelt(language)
    found = np.zeros(len(numbers), dtype=SPELT)
    found["hashes"], found["stems"] = _hashes(list(numbers)), _hashes(list(numbers.values())).astype(np.uint32)
    return found


def stem_of(language: str) -> int:
    """Return how many characters a stem has."""
    return _LONG_STEM.get(language, _STEM)


def _spelt(language: str) -> dict[str, str]:
    return _NUMBER_WORDS if language == "en" else {}


def _weights(zipfs: NDArray[np.float64]) -> NDArray[np.float32]:
    return (7.0 - np.maximum(zipfs, _CAP_ZIPF)).astype(np.float32)


def _plain(words: Sequence[str]) -> list[str]:
    """Return words without case and whatever else is the same to a reader."""
    whole = " ".join(words)  # one string is folded in a fifth of the time of many
    if not whole.isascii():
        whole = unicodedata.normalize("NFKC", whole)
    plain = whole.casefold().split(" ")
    if len(plain) == len(words):
        return plain
    return [unicodedata.normalize("NFKC", word).casefold() for word in words]  # a few signs stand for several words


def _numbers(words: Sequence[str], plain: Sequence[str], language: str) -> Iterator[tuple[int, str, str | None]]:
    """Yield the place of each number, what it is without points and commas, and digits that it stands for."""
    numbers = _spelt(language)
    for at, word in enumerate(words):
        if not word.isalpha() and word[:1].isdigit():
            digits = word.replace(",", "").replace(".", "").casefold()
            scaled = _SCALED.fullmatch(digits)
            yield at, digits, scaled[1] if scaled else None
        elif plain[at] in numbers:
            yield at, plain[at], numbers[plain[at]]


def _zipfs(plain: Sequence[str], kinds: NDArray[np.uint8], language: str) -> NDArray[np.float64]:
    listed = frequencies(language)
    if not listed:
        return np.full(len(plain), _UNLISTED_ZIPF)
    zipfs = listed.zipfs(plain)
    unlisted = np.where(kinds & CAPITAL != 0, _UNLISTED_NAME_ZIPF, _UNLISTED_ZIPF)
    return np.where(np.isnan(zipfs), unlisted, zipfs)


def _hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """Return 64 bits of BLAKE2b of each word: the same on every machine and in every process, unlike `hash`."""
    blake2b = hashlib.blake2b
    digests = [blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
