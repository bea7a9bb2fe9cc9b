"""Score the clusters of a method against the labels of a corpus."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from worker.evaluate.clustering_scores import adjusted_rand, b_cubed, of_counts, pair_counts
from worker.evaluate.corpus import Corpus
from worker.evaluate.result import EvaluationResult, PairError


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
        precision=score.precision,
        recall=score.recall,
        f1=score.f1,
        ari=ari,
        b_cubed_f1=b3,
        errors=list(errors),
        **figures,
    )
