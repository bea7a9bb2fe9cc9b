"""Clusters and labels go in, scores come out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from worker.evaluate.clustering_scores import adjusted_rand, b_cubed, of_counts, pair_counts
from worker.evaluate.corpus import Corpus
from worker.evaluate.result import EvaluationResult, PairError


def scored(
    corpus: Corpus, method: str, found: Mapping[str, int], *, errors: Sequence[PairError] = (), **figures: Any
) -> EvaluationResult:
    """Score the stories ``found`` (article id -> story) against the corpus's labels.

    An article that the pipeline refused stands alone.
    """
    alone = -1 - len(found)
    clusters = {one: found.get(one, alone - n) for n, one in enumerate(corpus.ids.values())}
    labelled = [one for one in corpus.ids.values() if one in corpus.stories]
    ari = b3 = None
    if corpus.pairs:
        judged = Counter((same, clusters[a] == clusters[b]) for (a, b), same in corpus.pairs.items())
        right = judged[True, True]
        true, joined = right + judged[True, False], right + judged[False, True]
    else:
        truth = [corpus.stories[one] for one in labelled]
        got = [clusters[one] for one in labelled]
        true, joined, right = pair_counts(truth, got)
        ari, b3 = adjusted_rand(truth, got), b_cubed(truth, got).f1
    score = of_counts(right, joined, true)
    return EvaluationResult(
        corpus=corpus.name,
        method=method,
        articles=len(found),
        stories=len(set(found.values())),
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
