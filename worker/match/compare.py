"""Compute the `Evidence` of pairs of articles, by the compiled kernel where it is loaded, else by NumPy."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.fingerprint.sketch import sketches
from worker.kernel import library
from worker.kernel import pairs as kernel
from worker.match.evidence import Evidence
from worker.match.key_rarity import KeyNumbers, KeyRarity
from worker.match.overlap import MOST_PAIRS, Side, intersect, ratio
from worker.match.phrases import phrase_evidence, shares_of_phrases
from worker.match.words import shares_of_words, word_evidence

#: A pair below both shares of common phrases and words is hopeless and not compared further: 1 true pair of 7,000 is.
HOPELESS_PHRASES: Final = 0.1
HOPELESS_WORDS: Final = 0.15

#: The numbers that follow from the two texts alone; the others know the archive.
_NUMBERS: Final = Evidence._fields[: Evidence._fields.index("length_ratio") + 1]
#: For each field of `Evidence` that of the same number if the two articles change places.
_IN_OTHER_ORDER: Final = itemgetter(
    *(
        Evidence._fields.index(
            f"{name[:-1]}{'b' if name.endswith('a') else 'a'}" if name.endswith(("_in_a", "_in_b")) else name
        )
        for name in Evidence._fields
    )
)
_OF_ARCHIVE: Final = (math.nan,) * len(KeyNumbers._fields)
_SHORTER: Final = _NUMBERS.index("shorter") - 1  # in a row of the kernel


def evidence(a: Features, b: Features, distance: int | None = None) -> Evidence:
    """Compare two articles as in an empty archive. ``distance``, of their SimHashes, is copied to the result."""
    return compare_alone([(a, b)], [distance])[0]


def compare_alone(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], *, whole: bool = True
) -> list[Evidence]:
    """Compare many pairs as in an empty archive, where every key is equally rare."""
    if not pairs:
        return []
    compared = list(compare_pairs(pairs, distances, whole=whole))
    keys = sketches([article for pair in pairs for article in pair])
    no_stories = (np.zeros(len(a), dtype=np.int64) for a in keys[::2])
    numbers = KeyRarity().compare(list(zip(keys[::2], no_stories, keys[1::2], strict=True)), posted=0)
    return [e._replace(**own._asdict()) for e, own in zip(compared, numbers, strict=True)]


def compare_pairs(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], *, whole: bool = True
) -> Iterator[Evidence]:
    """Compare many pairs of articles, with the same results as one by one, in a quarter of the time.

    Unless ``whole``, a hopeless pair, as most candidates are, gets only the numbers that show this; the others are
    NaN. Some numbers, such as those of passages, depend on which text is compared with which: the longer one always
    comes first, so that the verdict on two articles does not depend on which of them arrived first.
    """
    compare = _by_numpy if library.loaded is None else _by_kernel
    for start in range(0, len(pairs), MOST_PAIRS):
        chunk = pairs[start : start + MOST_PAIRS]
        swapped = [(a.tokens, a.digest) < (b.tokens, b.digest) for a, b in chunk]
        longer_first = [(b, a) if swap else (a, b) for swap, (a, b) in zip(swapped, chunk, strict=True)]
        compared = compare(longer_first, distances[start : start + MOST_PAIRS], whole)
        for swap, numbers in zip(swapped, compared, strict=True):
            yield Evidence._make(_IN_OTHER_ORDER(numbers)) if swap else numbers


def _by_kernel(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], whole: bool
) -> Iterator[Evidence]:
    articles = {id(article): article for pair in pairs for article in pair}  # most are in several pairs
    index = {key: i for i, key in enumerate(articles)}
    which = np.array([index[id(article)] for pair in pairs for article in pair], dtype=np.int64).reshape(-1, 2)
    rows = kernel.compare([article.kernel for article in articles.values()], which, whole=whole).tolist()
    for (a, b), distance, row in zip(pairs, distances, rows, strict=True):
        row[_SHORTER] = int(row[_SHORTER])
        yield Evidence._make((a.digest == b.digest and a.tokens > 0, *row, *_OF_ARCHIVE, distance))


def _by_numpy(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], whole: bool
) -> Iterator[Evidence]:
    hopeless = {} if whole else _hopeless(pairs, distances)
    rest = [i for i in range(len(pairs)) if i not in hopeless]
    compared = _all_numbers([pairs[i] for i in rest], [distances[i] for i in rest]) if rest else iter(())
    return (hopeless[i] if i in hopeless else next(compared) for i in range(len(pairs)))


def _hopeless(pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None]) -> dict[int, Evidence]:
    """Return the partial evidence of pairs that share next to nothing, by index."""
    words = shares_of_words(pairs)
    few = np.flatnonzero(np.maximum(words["words_in_a"], words["words_in_b"]) < HOPELESS_WORDS).tolist()
    if not few:
        return {}
    dissimilar = [pairs[i] for i in few]
    columns = {name: column[few] for name, column in words.items()} | shares_of_phrases(dissimilar)
    columns |= _lengths(dissimilar)
    phrases = np.maximum(columns["grams_in_a"], columns["grams_in_b"])
    rows = _rows(columns, [distances[i] for i in few])
    return {i: row for i, row, share in zip(few, rows, phrases.tolist(), strict=True) if share < HOPELESS_PHRASES}


def _all_numbers(pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None]) -> Iterator[Evidence]:
    columns: dict[str, NDArray[Any]] = {
        **_lengths(pairs),
        **phrase_evidence(pairs),
        **word_evidence(pairs),
        **_of_facts(pairs),
        "title": _titles(pairs),
    }
    return _rows(columns, distances)


def _rows(columns: Mapping[str, NDArray[Any]], distances: Sequence[int | None]) -> Iterator[Evidence]:
    """Turn columns into one `Evidence` per row (pair); a number without a column is NaN."""
    missing = repeat(math.nan)
    rows = zip(*(columns[name].tolist() if name in columns else missing for name in _NUMBERS), distances, strict=False)
    return (Evidence._make((*numbers, *_OF_ARCHIVE, distance)) for *numbers, distance in rows)


def _lengths(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    shorter, longer = np.sort([(len(a.content_tokens), len(b.content_tokens)) for a, b in pairs], axis=1).T
    return {
        "exact": np.array([a.digest == b.digest and a.tokens > 0 for a, b in pairs]),
        "shorter": shorter,
        "length_ratio": ratio(shorter, longer),
    }


def _of_facts(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[np.float64]]:
    a, b = ([pair[side].facts for pair in pairs] for side in (0, 1))
    both = intersect(Side.of(a), Side.of(b)).counts(len(pairs))
    fewer, more = np.sort([list(map(len, a)), list(map(len, b))], axis=0)
    both = np.where(fewer > 0, both, math.nan)
    return {"facts": ratio(both, fewer, math.nan), "facts_both": ratio(both, more, math.nan)}


def _titles(pairs: Sequence[tuple[Features, Features]]) -> NDArray[np.float64]:
    shares = np.full(len(pairs), math.nan)
    titled = [i for i, (a, b) in enumerate(pairs) if len(a.title) and len(b.title)]
    if titled:
        a, b = ([pairs[i][side].title for i in titled] for side in (0, 1))
        fewer = np.minimum(list(map(len, a)), list(map(len, b)))
        shares[titled] = ratio(intersect(Side.of(a), Side.of(b)).counts(len(titled)), fewer)
    return shares
