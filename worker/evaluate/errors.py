"""The worst misjudged pairs, with the evidence that misled the pipeline."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from worker.evaluate.corpus import Corpus
from worker.evaluate.result import PairError
from worker.features import features
from worker.match import evidence, reason, verdict

#: Errors shown per kind, and misjudged pairs per kind that are examined to choose them.
_SHOWN = 5
_LOOKED_AT = 2_000


def worst_errors(
    corpus: Corpus, story_of: Mapping[str, int], texts: Mapping[str, tuple[str, str | None, str]]
) -> list[PairError]:
    """Return the least similar wrongly joined pairs, then the most similar missed pairs."""
    errors = [_explain(a, b, joined, texts) for a, b, joined in _misjudged_pairs(corpus, story_of)]
    false = sorted((e for e in errors if e.joined), key=lambda e: e.similarity)[:_SHOWN]
    missed = sorted((e for e in errors if not e.joined), key=lambda e: -e.similarity)[:_SHOWN]
    return false + missed


def _explain(a: str, b: str, joined: bool, texts: Mapping[str, tuple[str, str | None, str]]) -> PairError:
    decision = verdict(evidence(features(*texts[a]), features(*texts[b])))
    return PairError(a, b, joined, round(decision.similarity, 3), reason(decision))


def _misjudged_pairs(corpus: Corpus, story_of: Mapping[str, int]) -> Iterator[tuple[str, str, bool]]:
    """Yield the misjudged pairs, at most ``_LOOKED_AT`` of each kind."""
    left = {True: _LOOKED_AT, False: _LOOKED_AT}
    for a, b, same in _labelled_pairs(corpus, story_of):
        joined = story_of[a] == story_of[b]
        if joined != same and left[joined]:
            left[joined] -= 1
            yield a, b, joined


def _labelled_pairs(corpus: Corpus, story_of: Mapping[str, int]) -> Iterator[tuple[str, str, bool]]:
    if corpus.pairs:
        yield from ((a, b, same) for (a, b), same in corpus.pairs.items() if a in story_of and b in story_of)
        return
    together: dict[tuple[str, object], list[str]] = {}
    for article, story in story_of.items():
        if article in corpus.stories:
            together.setdefault(("label", corpus.stories[article]), []).append(article)
            together.setdefault(("story", story), []).append(article)
    seen: set[tuple[str, str]] = set()
    for members in together.values():
        for a, b in combinations(sorted(members), 2):
            if (a, b) not in seen:
                seen.add((a, b))
                yield a, b, corpus.stories[a] == corpus.stories[b]
