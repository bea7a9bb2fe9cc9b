"""The result of an evaluation: the scores on a corpus, and the worst errors with the evidence that misled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from worker.evaluate.clustering_scores import adjusted_rand, b_cubed, of_counts, pair_counts
from worker.evaluate.corpus import Corpus


@dataclass(frozen=True, slots=True)
class PairError:
    """A pair that was wrongly joined (``joined``), or wrongly not joined."""

    a: str
    b: str
    joined: bool
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Scores of one method on one corpus; scores are 0 to 1, or ``None`` if they do not apply.

    ``true_pairs`` counts pairs labelled as the same story, ``joined_pairs`` pairs that ended in one story (of judged
    pairs, where there are any), ``right_pairs`` both. ``compared`` is the mean number of candidates per article.
    """

    corpus: str
    method: str
    articles: int
    stories: int
    true_pairs: int
    joined_pairs: int
    right_pairs: int
    precision: float
    recall: float
    f1: float
    ari: float | None = None
    b_cubed_f1: float | None = None
    compared: float | None = None
    seconds: float = 0.0
    errors: list[PairError] = field(default_factory=list)


def score_clusters(
    corpus: Corpus, method: str, story_of: Mapping[str, int], *, errors: Sequence[PairError] = (), **figures: Any
) -> EvaluationResult:
    """Score ``story_of`` (article id -> story) against the labels; an article without a story is a cluster alone."""
    alone = -1 - len(story_of)
    clusters = {article: story_of.get(article, alone - n) for n, article in enumerate(corpus.ids.values())}
    labelled = [article for article in corpus.ids.values() if article in corpus.stories]
    ari = b3 = None
    if corpus.pairs:
        judged = Counter((same, clusters[a] == clusters[b]) for (a, b), same in corpus.pairs.items())
        right = judged[True, True]
        true, joined = right + judged[True, False], right + judged[False, True]
    else:
        truth = [corpus.stories[article] for article in labelled]
        predicted = [clusters[article] for article in labelled]
        true, joined, right = pair_counts(truth, predicted)
        ari, b3 = adjusted_rand(truth, predicted), b_cubed(truth, predicted).f1
    score = of_counts(right, joined, true)
    return EvaluationResult(
        corpus=corpus.name,
        method=method,
        articles=len(story_of),
        stories=len(set(story_of.values())),
        true_pairs=true,
        joined_pairs=joined,
        right_pairs=right,
        **score._asdict(),
        ari=ari,
        b_cubed_f1=b3,
        errors=list(errors),
        **figures,
    )
