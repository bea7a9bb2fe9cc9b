"""What an evaluation found: scores of one corpus, and its worst errors with the evidence that misled."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PairError:
    """A pair that was joined and should not have been, or the other way round."""

    a: str
    b: str
    joined: bool
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Scores of one method on one corpus; shares are 0 to 1, ``None`` where they mean nothing.

    ``true_pairs`` are pairs labelled as the same story, ``joined_pairs`` pairs that ended in one story (where pairs
    were judged: of these), ``right_pairs`` both. ``compared`` counts the candidates that were read, an article.
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
