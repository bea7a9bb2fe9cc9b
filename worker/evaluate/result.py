"""The result of an evaluation: the scores on a corpus, and the worst errors with the evidence that misled."""

from dataclasses import dataclass, field


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
