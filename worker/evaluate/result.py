"""The result of an evaluation: the scores on a corpus, and the worst errors with the evidence that misled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from worker.evaluate.clustering_scores import adjusted_rand, b_cubed, of_counts, pair_counts
from worker.evaluate.corpus import Corpus
from worker.evaluate.events import EventScore, RelatedScore, score_events
from worker.evaluate.joins_beyond_text import TextLink, per_thousand
from worker.evaluate.labels import LabelKind


@dataclass(frozen=True, slots=True)
class PairError:
    """A pair that was wrongly joined (``joined``), or wrongly not joined; ``mistake`` says which, in words."""

    a: str
    b: str
    joined: bool
    mistake: str
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Scores of one method on one corpus; what the labels of the corpus say nothing about is ``None``.

    ``true_pairs`` counts pairs labelled as copies, ``joined_pairs`` pairs that ended in one story (of judged pairs,
    where there are any), ``right_pairs`` both; the scores from these are 0 to 1. ``event`` and ``related`` are for
    labels that mean events; textbook methods have no related stories. ``beyond_text`` are joins beyond the text per
    1,000 articles, by the share of phrases. ``largest`` is the number of articles of the largest story, ``compared``
    the mean number of candidates per article.
    """

    corpus: str
    labels: LabelKind
    method: str
    articles: int
    stories: int
    largest: int
    true_pairs: int | None = None
    joined_pairs: int | None = None
    right_pairs: int | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    ari: float | None = None
    b_cubed_f1: float | None = None
    event: EventScore | None = None
    related: RelatedScore | None = None
    beyond_text: dict[str, float] = field(default_factory=dict)
    compared: float | None = None
    seconds: float = 0.0
    errors: list[PairError] = field(default_factory=list)


def score_clusters(
    corpus: Corpus,
    method: str,
    story_of: Mapping[str, int],
    texts: Mapping[str, str],
    links: Sequence[TextLink],
    **figures: Any,
) -> EvaluationResult:
    """Score ``story_of`` (article id -> story) against the labels.

    ``texts`` are the articles as received, ``links`` the result of `text_links`. An article without a story is a
    cluster alone.
    """
    event = score_events(corpus, story_of, texts) if corpus.labels is LabelKind.EVENT else None
    return EvaluationResult(
        corpus=corpus.name,
        labels=corpus.labels,
        method=method,
        articles=len(story_of),
        stories=len(set(story_of.values())),
        largest=max(Counter(story_of.values()).values(), default=0),
        event=event,
        beyond_text=per_thousand(links, len(story_of)),
        **_score_copies(corpus, story_of),
        **figures,
    )


def _score_copies(corpus: Corpus, story_of: Mapping[str, int]) -> dict[str, Any]:
    """Return the scores of pairs of copies, where labels mean copies or pairs are judged."""
    if corpus.labels not in (LabelKind.COPIES, LabelKind.PAIRS):
        return {}
    alone = -1 - len(story_of)
    clusters = {article: story_of.get(article, alone - n) for n, article in enumerate(corpus.ids.values())}
    scores: dict[str, Any] = {}
    if corpus.labels is LabelKind.PAIRS:
        judged = Counter((same, clusters[a] == clusters[b]) for (a, b), same in corpus.pairs.items())
        right = judged[True, True]
        true, joined = right + judged[True, False], right + judged[False, True]
    else:
        labelled = [article for article in corpus.ids.values() if article in corpus.stories]
        truth = [corpus.stories[article] for article in labelled]
        predicted = [clusters[article] for article in labelled]
        true, joined, right = pair_counts(truth, predicted)
        scores = {"ari": adjusted_rand(truth, predicted), "b_cubed_f1": b_cubed(truth, predicted).f1}
    counts = {"true_pairs": true, "joined_pairs": joined, "right_pairs": right}
    return scores | counts | of_counts(right, joined, true)._asdict()
