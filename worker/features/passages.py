"""The content words of texts go in, what a text tells comes out: its passages, and its facts.

A passage is a sentence, or short ones together; a fact is two names or numbers of one sentence. Both outlive a rewrite.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features.segments import distinct

#: Words that are frequent in the language (above Zipf 5: `Monday`, `Britain`) name nothing by themselves.
TELLING: Final = 2.0
#: Names and numbers of one sentence are a fact when at most so many steps apart among themselves.
_FACT_STEPS: Final = 4
#: A passage to be found again has at least about so many content words; a text is cut into no more passages than this.
_SHORT_PASSAGE: Final = 5
MOST_PASSAGES: Final = 48

_MIX: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_BOTH: Final = np.uint64(0xC2B2AE3D27D4EB4F)
#: Behind the number of a text.
_KEY: Final = np.uint64(32)


def passages(
    owner: NDArray[np.uint64], places: NDArray[np.intp], sizes: NDArray[np.intp], sentences: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the passage of each content word, from 0 in each text; at most about `MOST_PASSAGES` of a text.

    ``owner`` is the text of each word, ``places`` its place among that text's, ``sizes`` are words a text.
    """
    if not len(owner):
        return np.empty(0, dtype=np.intp)
    starts = np.flatnonzero(np.diff(sentences, prepend=-1))
    length = np.maximum(_SHORT_PASSAGE, -(-sizes // MOST_PASSAGES))
    steps = places[starts] // length[owner[starts]]
    first = np.diff(owner[starts].astype(np.intp), prepend=-1) != 0
    opens = np.zeros(len(owner), dtype=np.intp)
    opens[starts[(np.diff(steps, prepend=0) != 0) & ~first]] = 1
    passage = np.cumsum(opens)
    begin = (np.cumsum(sizes) - sizes)[owner]
    found: NDArray[np.intp] = passage - passage[begin]
    return found


def facts(
    texts: int, owner: NDArray[np.uint64], running: NDArray[np.uint32], sentences: NDArray[np.intp]
) -> list[NDArray[np.uint32]]:
    """Return for each text the keys of telling words that stand in one sentence, `_FACT_STEPS` apart at the most.

    The arguments but the first are of telling words only; ``sentences`` tells sentences of different texts apart.
    """
    found = [np.empty(0, dtype=np.uint64)]
    for step in range(1, min(_FACT_STEPS, len(running) - 1) + 1):
        inside = np.flatnonzero((sentences[:-step] == sentences[step:]) & (running[:-step] != running[step:]))
        found.append(owner[inside] << _KEY | pair_keys(running[inside], running[inside + step]).astype(np.uint64))
    items = distinct(np.concatenate(found))
    bounds = np.searchsorted(items, np.arange(1, texts, dtype=np.uint64) << _KEY)
    return [part.astype(np.uint32) for part in np.split(items, bounds)]


def pair_keys(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return a key for each two words, the same in either order."""
    a, b = one.astype(np.uint64), other.astype(np.uint64)
    mixed: NDArray[Any] = (a + b) * _MIX + (a ^ b) * _MIX_BOTH
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_BOTH
    keys: NDArray[np.uint32] = (mixed >> np.uint64(32)).astype(np.uint32)
    return keys
