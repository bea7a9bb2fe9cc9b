"""The worst misjudged pairs, with the evidence that misled the pipeline."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import NamedTuple

from worker.evaluate.clustering_scores import grouped
from worker.evaluate.corpus import Corpus
from worker.evaluate.events import independent_pairs
from worker.evaluate.joins_beyond_text import TextLink
from worker.evaluate.labels import LabelKind
from worker.evaluate.result import PairError
from worker.features import features
from worker.match import evidence, reason, verdict
from worker.match.judgement import Judgement
from worker.match.metadata import ArticleMetadata, with_metadata

#: Errors shown per kind, and misjudged pairs per kind that are examined to choose them.
_SHOWN = 5
_LOOKED_AT = 2_000
#: Joins under this share are shown where there are no labels: in one agency's feed nearly all of them were false.
_BEYOND_TEXT = 0.2

_OTHER_EVENT = "joined, but reports of different events"

#: Body, title and language of an article.
CleanedText = tuple[str, str | None, str]


class _Misjudged(NamedTuple):
    a: str
    b: str
    joined: bool
    mistake: str


def worst_errors(
    corpus: Corpus,
    story_of: Mapping[str, int],
    cleaned: Mapping[str, CleanedText],
    received: Mapping[str, str],
    links: Sequence[TextLink],
    judgement: Judgement,
) -> list[PairError]:
    """Return the least similar wrongly joined pairs, different events first, then the most similar missed pairs.

    ``received`` are the texts that `events` compares, ``links`` those of `text_links`, by which joins are chosen where
    there are no labels. ``judgement`` is the one that placed the articles.
    """
    if corpus.labels is LabelKind.NONE:
        misjudged = _beyond_text(links)
    elif corpus.labels is LabelKind.EVENT:
        misjudged = _reports_joined(corpus, story_of, received)
    else:
        misjudged = _copies_misjudged(corpus, story_of)
    errors = [_explain(pair, cleaned, judgement) for pair in _first_of_each_kind(misjudged)]
    false = sorted((e for e in errors if e.joined), key=lambda e: (e.mistake != _OTHER_EVENT, e.similarity))[:_SHOWN]
    missed = sorted((e for e in errors if not e.joined), key=lambda e: -e.similarity)[:_SHOWN]
    return false + missed


def _explain(pair: _Misjudged, cleaned: Mapping[str, CleanedText], judgement: Judgement) -> PairError:
    a, b = cleaned[pair.a], cleaned[pair.b]
    decision = verdict(evidence(features(*a), features(*b)), judgement)
    decision = with_metadata(decision, ArticleMetadata(a[1], language=a[2]), ArticleMetadata(b[1], language=b[2]))
    return PairError(*pair, round(decision.similarity, 3), reason(decision))


def _first_of_each_kind(misjudged: Iterator[_Misjudged]) -> Iterator[_Misjudged]:
    """Yield at most ``_LOOKED_AT`` joined pairs and as many missed ones."""
    left = {True: _LOOKED_AT, False: _LOOKED_AT}
    for pair in misjudged:
        if left[pair.joined]:
            left[pair.joined] -= 1
            yield pair


def _beyond_text(links: Sequence[TextLink]) -> Iterator[_Misjudged]:
    """Yield the joins of articles that share the least, at most as many as are shown."""
    for a, b, share in islice(sorted(links, key=lambda link: link.share), _SHOWN):
        if share < _BEYOND_TEXT:
            yield _Misjudged(a, b, True, f"joined, but they share only {share:.0%} of their 3-word phrases")


def _reports_joined(corpus: Corpus, story_of: Mapping[str, int], received: Mapping[str, str]) -> Iterator[_Misjudged]:
    """Yield the joined pairs of different events, and those of one event that have no common source."""
    label = corpus.stories
    labelled = {article: story for article, story in story_of.items() if article in label}
    for members in grouped(labelled).values():
        for a, b in combinations(members, 2):
            if label[a] != label[b]:
                yield _Misjudged(a, b, True, _OTHER_EVENT)
        for reports in grouped({article: label[article] for article in members}).values():
            for a, b in independent_pairs(reports, received):
                yield _Misjudged(a, b, True, "joined, but independent reports of one event")


def _copies_misjudged(corpus: Corpus, story_of: Mapping[str, int]) -> Iterator[_Misjudged]:
    for a, b, same in _labelled_pairs(corpus, story_of):
        joined = story_of[a] == story_of[b]
        if joined != same:
            yield _Misjudged(a, b, joined, "joined, but different stories" if joined else "not joined, but copies")


def _labelled_pairs(corpus: Corpus, story_of: Mapping[str, int]) -> Iterator[tuple[str, str, bool]]:
    if corpus.labels is LabelKind.PAIRS:
        yield from ((a, b, same) for (a, b), same in corpus.pairs.items() if a in story_of and b in story_of)
        return
    labelled = [article for article in story_of if article in corpus.stories]
    by_label = grouped({article: corpus.stories[article] for article in labelled})
    by_story = grouped({article: story_of[article] for article in labelled})
    seen: set[tuple[str, str]] = set()
    for members in (*by_label.values(), *by_story.values()):
        for a, b in combinations(sorted(members), 2):
            if (a, b) not in seen:
                seen.add((a, b))
                yield a, b, corpus.stories[a] == corpus.stories[b]
