"""The pairs that were judged worst, with the evidence that misled."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from worker.evaluate.corpus import Corpus
from worker.evaluate.result import PairError
from worker.features import features
from worker.match import evidence, reason, verdict

#: Errors shown of each kind; pairs looked at to find them.
_SHOWN = 5
_LOOKED_AT = 2_000


def worst_errors(
    corpus: Corpus, found: Mapping[str, int], texts: Mapping[str, tuple[str, str | None, str]]
) -> list[PairError]:
    """Return the wrongly joined pairs that are least alike, and the missed pairs that are most alike."""
    errors = [_explained(a, b, joined, texts) for a, b, joined in _wrong(corpus, found)]
    false = sorted((e for e in errors if e.joined), key=lambda e: e.similarity)[:_SHOWN]
    missed = sorted((e for e in errors if not e.joined), key=lambda e: -e.similarity)[:_SHOWN]
    return false + missed


def _explained(a: str, b: str, joined: bool, texts: Mapping[str, tuple[str, str | None, str]]) -> PairError:
    shown = verdict(evidence(features(*texts[a]), features(*texts[b])))
    return PairError(a, b, joined, round(shown.similarity, 3), reason(shown))


def _wrong(corpus: Corpus, found: Mapping[str, int]) -> Iterator[tuple[str, str, bool]]:
    """Yield the pairs that were decided wrongly, a bounded number of each kind."""
    left = {True: _LOOKED_AT, False: _LOOKED_AT}
    for a, b, same in _labelled(corpus, found):
        joined = found[a] == found[b]
        if joined != same and left[joined]:
            left[joined] -= 1
            yield a, b, joined


def _labelled(corpus: Corpus, found: Mapping[str, int]) -> Iterator[tuple[str, str, bool]]:
    if corpus.pairs:
        yield from ((a, b, same) for (a, b), same in corpus.pairs.items() if a in found and b in found)
        return
    together: dict[tuple[str, object], list[str]] = {}
    for one, story in found.items():
        if one in corpus.stories:
            together.setdefault(("label", corpus.stories[one]), []).append(one)
            together.setdefault(("story", story), []).append(one)
    seen: set[tuple[str, str]] = set()
    for members in together.values():
        for a, b in combinations(sorted(members), 2):
            if (a, b) not in seen:
                seen.add((a, b))
                yield a, b, corpus.stories[a] == corpus.stories[b]
