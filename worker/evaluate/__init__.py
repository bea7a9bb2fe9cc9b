"""Labelled corpora go through the real pipeline on an empty database; scores and the worst errors come out."""

from worker.evaluate.corpus import Corpus, load
from worker.evaluate.result import Error, Result
from worker.evaluate.run import evaluate

__all__ = ["Corpus", "Error", "Result", "evaluate", "load"]
