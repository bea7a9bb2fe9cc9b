# ruff: noqa: T201 - its findings on stdout are what this is for
"""Fit the weights in `worker/translation/verdict.py`, or with ``--check`` score dispatches that are held out.

Run by hand: `python -m tests.benchmarks.fit_translations [--check] [FOLDER]`. Folds are of dispatches, and
those of one matter are in one fold.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.translated import FOLDER, ORIGINAL, DispatchText, TextPair, dispatch_texts, pairs
from worker.translation.evidence import evidence
from worker.translation.verdict import TRANSLATION_MIN, features

FOLDS = 5
#: Follow-ups of one matter have adjacent numbers.
_MATTER = 2
_RIDGE = 1.0
_ROUNDS = 50


class Examples:
    """The pairs, with a row of features, a label, and the fold of each text."""

    def __init__(self, texts: list[DispatchText]) -> None:
        self.texts = texts
        sides = [text.side for text in texts]
        self.pairs: list[TextPair] = list(pairs(texts))
        self.rows = np.array([features(evidence(sides[p.a], sides[p.b])) for p in self.pairs])
        self.labels = np.array([p.is_translation for p in self.pairs])
        folds = {d: i // _MATTER % FOLDS for i, d in enumerate(sorted({text.dispatch for text in texts}))}
        self.folds = np.array([[folds[texts[p.a].dispatch], folds[texts[p.b].dispatch]] for p in self.pairs])

    def fit(self, use: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the base and the weights that fit these pairs."""
        x = np.hstack([np.ones((int(use.sum()), 1)), self.rows[use]])
        penalty = np.eye(x.shape[1]) * _RIDGE
        penalty[0, 0] = 0
        weights = np.zeros(x.shape[1])
        for _ in range(_ROUNDS):
            p = 1 / (1 + np.exp(-x @ weights))
            slope = x.T @ (self.labels[use] - p) - penalty @ weights
            weights += np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + penalty, slope)
        return weights

    def held_out(self) -> NDArray[np.float64]:
        """Return the probability of each pair, by weights that were fitted without the fold of either text."""
        found = np.empty(len(self.pairs))
        for fold in range(FOLDS):
            weights = self.fit(~(self.folds == fold).any(axis=1))
            held = self.folds[:, 0] == fold
            found[held] = 1 / (1 + np.exp(-(weights[0] + self.rows[held] @ weights[1:])))
        return found


def report(examples: Examples) -> None:
    """Print recall by language, precision, and how many other reports are linked."""
    linked = examples.held_out() >= TRANSLATION_MIN
    texts, labels = examples.texts, examples.labels
    print(f"{len(texts)} texts of {len({t.dispatch for t in texts})} dispatches, {labels.sum()} pairs to link")
    print(f"{'':9} recall with the original | with any other language | precision | other reports linked")
    for language in ["all", *sorted({text.language for text in texts})]:
        own = _where(examples, lambda p, language=language: language in _languages(texts, p, language))  # type: ignore[misc]
        with_original = own & _where(examples, lambda p: ORIGINAL in {texts[p.a].role, texts[p.b].role})
        others = own & ~labels & _where(examples, lambda p: texts[p.a].dispatch == texts[p.b].dispatch)
        right = (linked & labels & own).sum()
        print(
            f"{language:9} {_share(linked, with_original & labels)} | {_share(linked, own & labels)} |"
            f" {right / max((linked & own).sum(), 1):.3f} | {_share(linked, others)} of {others.sum()}"
        )


def _languages(texts: list[DispatchText], pair: TextPair, wanted: str) -> Iterable[str]:
    return [wanted] if wanted == "all" else (texts[pair.a].language, texts[pair.b].language)


def _where(examples: Examples, condition: Callable[[TextPair], bool]) -> NDArray[np.bool_]:
    return np.array([condition(pair) for pair in examples.pairs])


def _share(linked: NDArray[np.bool_], of: NDArray[np.bool_]) -> str:
    return f"{linked[of].mean() if of.any() else float('nan'):.3f}"


def main() -> None:
    """Score held-out dispatches, or fit on everything and print the weights."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    examples = Examples(dispatch_texts(folders[0] if folders else FOLDER))
    if "--check" in sys.argv:
        report(examples)
        return
    base, *weights = examples.fit(np.ones(len(examples.pairs), dtype=bool)).round(2).tolist()
    print(f"WEIGHTS = {tuple(weights)}\nBASE = {base}")


if __name__ == "__main__":
    main()
