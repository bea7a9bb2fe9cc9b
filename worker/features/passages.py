"""Compute the passages and the facts of texts from their content words.

A passage is a sentence or several short ones; a fact is two names or numbers of one sentence. Both survive a rewrite.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features.segments import distinct

#: Least weight of a salient word: frequent names (above Zipf 5: `Monday`, `Britain`) identify nothing by themselves.
SALIENT_WEIGHT: Final = 2.0
#: Two names or numbers of one sentence are a fact if they are at most this many steps apart among the salient words.
_FACT_STEPS: Final = 4
#: Least content words of a passage, about: shorter ones can't be recognised; and most passages of a text, about.
_SHORT_PASSAGE: Final = 5
MOST_PASSAGES: Final = 48

_MIX: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_BOTH: Final = np.uint64(0xC2B2AE3D27D4EB4F)
#: Bits of a key, after the number of the text.
_TEXT: Final = np.uint64(32)


def passages(
    owner: NDArray[np.uint64], places: NDArray[np.intp], sizes: NDArray[np.intp], sentences: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the passage of each content word, from 0 in each text; at most about `MOST_PASSAGES` in a text.

    ``owner`` is the text of each word, ``places`` its place in that text, ``sizes`` the number of words of each text.
    """
    if not len(owner):
        return np.empty(0, dtype=np.intp)
    starts = np.flatnonzero(np.diff(sentences, prepend=-1))
    length = np.maximum(_SHORT_PASSAGE, -(-sizes // MOST_PASSAGES))
    steps = places[starts] // length[owner[starts]]
    first = np.diff(owner[starts].astype(np.intp), prepend=-1) != 0
    starts_passage = np.zeros(len(owner), dtype=np.intp)
    starts_passage[starts[(np.diff(steps, prepend=0) != 0) & ~first]] = 1
    passage = np.cumsum(starts_passage)
    begin = (np.cumsum(sizes) - sizes)[owner]
    numbers: NDArray[np.intp] = passage - passage[begin]
    return numbers


def facts(
    texts: int, owner: NDArray[np.uint64], words: NDArray[np.uint32], sentences: NDArray[np.intp]
) -> list[NDArray[np.uint32]]:
    """Return for each text the keys of pairs of salient words of one sentence, at most `_FACT_STEPS` apart.

    ``owner``, ``words`` and ``sentences`` are of salient words only; no two texts share the number of a sentence.
    """
    keys = [np.empty(0, dtype=np.uint64)]
    for step in range(1, min(_FACT_STEPS, len(words) - 1) + 1):
        inside = np.flatnonzero((sentences[:-step] == sentences[step:]) & (words[:-step] != words[step:]))
        keys.append(owner[inside] << _TEXT | pair_keys(words[inside], words[inside + step]).astype(np.uint64))
    items = distinct(np.concatenate(keys))
    bounds = np.searchsorted(items, np.arange(1, texts, dtype=np.uint64) << _TEXT)
    return [part.astype(np.uint32) for part in np.split(items, bounds)]


def pair_keys(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the key of each pair of words, the same in either order."""
    a, b = first.astype(np.uint64), second.astype(np.uint64)
    mixed: NDArray[Any] = (a + b) * _MIX + (a ^ b) * _MIX_BOTH
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_BOTH
    keys: NDArray[np.uint32] = (mixed >> np.uint64(32)).astype(np.uint32)
    return keys
