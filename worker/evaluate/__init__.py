"""Labelled corpora go through the real pipeline on an empty database; scores and the worst errors come out."""

from worker.evaluate.corpus import Corpus, load
from worker.evaluate.result import EvaluationResult, PairError
from worker.evaluate.run import evaluate

__all__ = ["Corpus", "EvaluationResult", "PairError", "evaluate", "load"]
