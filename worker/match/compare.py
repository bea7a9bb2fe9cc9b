"""Compute the `Evidence` of pairs of articles, by the kernel if it made them, else by the reference."""

import math
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

import numpy as np

from worker.features import Features
from worker.fingerprint.sketch import sketches
from worker.kernel import pairs as kernel
from worker.kernel.article import ArticleHandle
from worker.match.evidence import Evidence
from worker.match.key_rarity import KeyNumbers, KeyRarity
from worker.reference import evidence as reference
from worker.reference.article import ArticleFeatures

#: The numbers that follow from the two texts alone; the others know the archive.
_NUMBERS: Final = Evidence._fields[1 : Evidence._fields.index("length_ratio") + 1]
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
_SHORTER: Final = _NUMBERS.index("shorter")


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
    """Compare many pairs of articles.

    Unless ``whole``, a hopeless pair, as most candidates are, gets only the numbers that show this; the others are
    NaN. Some numbers, such as those of passages, depend on which text is compared with which: the longer one always
    comes first, so that the verdict on two articles does not depend on which of them arrived first.
    """
    swapped = [(a.tokens, a.digest) < (b.tokens, b.digest) for a, b in pairs]
    longer_first = [(b, a) if swap else (a, b) for swap, (a, b) in zip(swapped, pairs, strict=True)]
    numbers = _numbers(longer_first, whole)
    for (a, b), swap, own, distance in zip(pairs, swapped, numbers, distances, strict=True):
        own[_SHORTER] = int(own[_SHORTER])
        compared = Evidence._make((a.digest == b.digest and a.tokens > 0, *own, *_OF_ARCHIVE, distance))
        yield Evidence._make(_IN_OTHER_ORDER(compared)) if swap else compared


def _numbers(pairs: Sequence[tuple[Features, Features]], whole: bool) -> Iterator[list[float]]:
    """Yield the fields of `Evidence` that follow from the two texts, `_NUMBERS`, but `exact`."""
    articles = [f.article for pair in pairs for f in pair]
    handles = [article for article in articles if isinstance(article, ArticleHandle)]
    if handles and len(handles) == len(articles):
        yield from kernel.compare(handles, whole=whole)
        return
    plain = [article for article in articles if isinstance(article, ArticleFeatures)]
    if len(plain) < len(articles):
        raise TypeError("the kernel and the reference can't compare an article with one of the other")
    for a, b in zip(plain[::2], plain[1::2], strict=True):
        numbers = reference.evidence(a, b, whole=whole)
        yield [numbers.get(name, math.nan) for name in _NUMBERS]
