"""Pairs of articles' features go in, the numbers that a verdict rests on come out.

Each is a share from 0 to 1 unless it says otherwise. A share of nothing (no names at all) is NaN, which is not 0.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.kernel import library
from worker.match import compiled
from worker.match.overlap import MOST_PAIRS, Side, share, shared
from worker.match.phrases import of_phrases, shares_of_phrases
from worker.match.words import of_words, shares_of_words

#: Without a tenth of the phrases or a sixth of the words nothing else is worth asking: 1 true pair of 7,000 lies under.
HOPELESS_PHRASES: Final = 0.1
HOPELESS_WORDS: Final = 0.15


class Evidence(NamedTuple):
    """What articles ``a`` and ``b`` have in common. "Words" are content words by stem, weighted by rarity (idf)."""

    #: the same words in the same order; case, layout and punctuation aside
    exact: bool
    #: 3-word phrases of ``b`` found in ``a``, and of ``a`` found in ``b`` (Broder's containment, 1997)
    grams_in_a: float
    grams_in_b: float
    #: shared phrases among all phrases (Broder's resemblance)
    grams_jaccard: float
    #: words of ``a`` and of ``b`` that lie in stretches of 20 or more without a shared phrase
    new_in_a: float
    new_in_b: float
    #: mean length of an unbroken shared passage, in phrases
    passage: float
    #: words of ``b`` found in ``a``, and of ``a`` found in ``b``
    words_in_a: float
    words_in_b: float
    #: cosine of the weighted words
    cosine: float
    #: the same words beside the same neighbours: as a share of the article with fewer
    beside: float
    #: the same of plain words (no names, no numbers), and their weight in all (0 up; a page of news has about 500)
    plain_beside: float
    plain_weight: float
    #: shared plain words: of all of both
    plain_jaccard: float
    #: shared names (capitalised inside a sentence): of the article with fewer, and of all of both
    names: float
    names_jaccard: float
    #: the same, each name counted by how rare it is in the language, and the rarity shared in all (0 up)
    rare_names: float
    rarity: float
    #: shared numbers: of the article with fewer, and of all of both
    numbers: float
    numbers_jaccard: float
    #: words of the shorter title found in the other title; NaN unless both have one
    title: float
    #: words of one lead (the first 40 content words) found anywhere in the other article, the better way round
    lead: float
    #: how far shared words keep their order: correlation of first places, 0 to 1; NaN under 8 shared words
    order: float
    #: the same in standard errors of what chance does: few words in order prove less than many (below 0: reversed)
    ordered: float
    #: passages of ``b`` retold in one passage of ``a`` each, and of ``a`` in ``b``: the mean share of their words
    retold_in_a: float
    retold_in_b: float
    #: words of ``a``, and of ``b``, in passages that no passage of the other retells
    untold_in_a: float
    untold_in_b: float
    #: words of one opening passage found in one of the other's first three, the better way round
    opening: float
    #: neighbouring passages whose counterparts come in their order; NaN under 4 counterparts
    retold_order: float
    #: names and numbers that stand together in a sentence of both: of the article with fewer such pairs, and with more
    facts: float
    facts_both: float
    #: running content words of the shorter article, and their share of the longer one's
    shorter: int
    length_ratio: float
    #: bits that differ between the two SimHashes, 0 to 256; None where it was not asked for
    distance: int | None = None

    @property
    def whole(self) -> bool:
        """Tell whether everything was asked: of a hopeless pair perhaps only what shows that it is one."""
        return not math.isnan(self.new_in_a)


_NUMBERS: Final = Evidence._fields[:-1]  # all but the distance
_SHORTER: Final = _NUMBERS.index("shorter") - 1  # in a row of the kernel's


def evidence(a: Features, b: Features, distance: int | None = None) -> Evidence:
    """Compare two articles; ``distance`` is that of their SimHashes, where known, and is only carried along."""
    return next(evidence_of([(a, b)], [distance]))


def evidence_of(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], *, whole: bool = True
) -> Iterator[Evidence]:
    """Compare many pairs of articles, each as alone, in a quarter of the time.

    Not ``whole``: as far as their verdicts need it. Of a pair that is hopeless, as most candidates are, only what shows
    that is told, and the rest is NaN.
    """
    for start in range(0, len(pairs), MOST_PAIRS):
        some = slice(start, start + MOST_PAIRS)
        compare = _by_numpy if library.loaded is None else _by_kernel
        yield from compare(pairs[some], distances[some], whole)


def _by_kernel(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], whole: bool
) -> Iterator[Evidence]:
    for (a, b), distance, row in zip(pairs, distances, compiled.numbers(pairs, whole=whole), strict=True):
        row[_SHORTER] = int(row[_SHORTER])
        yield Evidence._make((a.digest == b.digest and a.tokens > 0, *row, distance))


def _by_numpy(
    pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None], whole: bool
) -> Iterator[Evidence]:
    hopeless = {} if whole else _hopeless(pairs, distances)
    asked = [number for number in range(len(pairs)) if number not in hopeless]
    found = _together([pairs[i] for i in asked], [distances[i] for i in asked]) if asked else iter(())
    return (hopeless[i] if i in hopeless else next(found) for i in range(len(pairs)))


def _hopeless(pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None]) -> dict[int, Evidence]:
    """Return what there is to tell of pairs that share next to nothing, by their number."""
    words = shares_of_words(pairs)
    few = np.flatnonzero(np.maximum(words["words_in_a"], words["words_in_b"]) < HOPELESS_WORDS).tolist()
    if not few:
        return {}
    left = [pairs[number] for number in few]
    columns = {name: column[few] for name, column in words.items()} | shares_of_phrases(left) | _lengths(left)
    phrases = np.maximum(columns["grams_in_a"], columns["grams_in_b"])
    rows = _rows(columns, [distances[number] for number in few])
    return {n: one for n, one, share in zip(few, rows, phrases.tolist(), strict=True) if share < HOPELESS_PHRASES}


def _together(pairs: Sequence[tuple[Features, Features]], distances: Sequence[int | None]) -> Iterator[Evidence]:
    columns: dict[str, NDArray[Any]] = {
        **_lengths(pairs),
        **of_phrases(pairs),
        **of_words(pairs),
        **_of_facts(pairs),
        "title": _titles(pairs),
    }
    return _rows(columns, distances)


def _rows(columns: Mapping[str, NDArray[Any]], distances: Sequence[int | None]) -> Iterator[Evidence]:
    """Turn columns into evidence, a row a pair; a number without a column is NaN."""
    unknown = repeat(math.nan)
    rows = zip(*(columns[name].tolist() if name in columns else unknown for name in _NUMBERS), distances, strict=False)
    return map(Evidence._make, rows)


def _lengths(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    shorter, longer = np.sort([(len(a.content_tokens), len(b.content_tokens)) for a, b in pairs], axis=1).T
    return {
        "exact": np.array([a.digest == b.digest and a.tokens > 0 for a, b in pairs]),
        "shorter": shorter,
        "length_ratio": share(shorter, longer),
    }


def _of_facts(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[np.float64]]:
    a, b = ([pair[side].facts for pair in pairs] for side in (0, 1))
    both = shared(Side.of(a), Side.of(b)).counts(len(pairs))
    fewer, more = np.sort([[len(one) for one in a], [len(other) for other in b]], axis=0)
    some = np.where(fewer > 0, both, math.nan)
    return {"facts": share(some, fewer, math.nan), "facts_both": share(some, more, math.nan)}


def _titles(pairs: Sequence[tuple[Features, Features]]) -> NDArray[np.float64]:
    found = np.full(len(pairs), math.nan)
    titled = [number for number, (a, b) in enumerate(pairs) if len(a.title) and len(b.title)]
    if titled:
        a, b = ([pairs[number][side].title for number in titled] for side in (0, 1))
        fewer = np.array([min(len(one), len(other)) for one, other in zip(a, b, strict=True)])
        found[titled] = share(shared(Side.of(a), Side.of(b)).counts(len(titled)), fewer)
    return found
