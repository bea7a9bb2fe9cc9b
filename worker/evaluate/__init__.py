"""Score the real pipeline on corpora, in an empty database, and report the worst errors."""

from worker.evaluate.corpus import Corpus, load
from worker.evaluate.labels import LabelKind
from worker.evaluate.result import EvaluationResult, PairError
from worker.evaluate.run import evaluate

__all__ = ["Corpus", "EvaluationResult", "LabelKind", "PairError", "evaluate", "load"]
