# ruff: noqa: T201 - its findings on stdout are what this is for
"""Fit the weights in `worker/match/related.py`, or with ``--check`` score held-out events.

Run by hand: `python -m tests.benchmarks.fit_related [--check]`; needs SciPy, which the service does not need.
An example is a pair that the sketch index proposes: of one labelled event, or of two.
"""

import hashlib
import sys
from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tests.benchmarks.fit_verdict import FIT_ORDERS, candidate_pairs, prepare
from tests.benchmarks.key_counts import stories_of, streamed
from tests.benchmarks.labelled import EVENTS, Document, documents
from worker.evaluate import clustering_scores
from worker.evaluate.components import connected_components
from worker.match import compare_pairs, shares_too_little
from worker.match.related import RELATED_MIN, SHARES, SUMS, related_matrix
from worker.match.verdict import verdicts

#: Sets that are unlabelled or labelled otherwise: their pairs with documents of another set are not related.
OTHERS = ("wire", "paraphrase", "scrape", "short")
#: Two sets of the same newsrooms and years: pairs between them may report one event.
ONE_SOURCE = {"leads", "same_event"}
FOLDS = 5
#: Links kept per story.
MOST_LINKS = 10
#: Of each weight: more of the number never makes a pair less likely to be related (1) or more likely (-1).
DIRECTIONS = {"keys_frequent": -1}
_PENALTY = 1e-3


def label(a: Document, b: Document) -> int:
    """Return 1 for reports of one event, 0 for others, -1 for pairs that teach nothing."""
    if a.set != b.set:
        return -1 if {a.set, b.set} == ONE_SOURCE else 0
    return int(a.story == b.story) if a.set in EVENTS else -1


def fold(d: Document) -> int:
    """Keep an event, and similar events of one topic (`1ecb`, `1ecbplus`), in one fold."""
    name = d.set + d.story.split("ecb")[0] if d.set in EVENTS else d.text[:60]
    return hashlib.md5(name.encode(), usedforsecurity=False).digest()[0] % FOLDS


class Examples:
    """The pairs, their labels, weights and folds, and a matrix per order of arrival; copies are left out."""

    def __init__(self, docs: list[Document]) -> None:
        self.docs = docs
        features, prints = prepare(docs)
        pairs = sorted(candidate_pairs(prints))
        evidence = list(compare_pairs([(features[a], features[b]) for a, b in pairs], [None] * len(pairs)))
        use = [i for i, e in enumerate(evidence) if not shares_too_little(e)]
        self.pairs = [pairs[i] for i in use]
        stories = stories_of(docs, ())
        known = {
            seed: [evidence[i]._replace(**n._asdict()) for i, n in zip(use, numbers, strict=True)]
            for seed in (None, *FIT_ORDERS)
            for numbers in [streamed(prints, stories, self.pairs, seed=seed)]
        }
        #: by the seed of the order; None: that of the sets
        self.matrices = {seed: related_matrix(rows) for seed, rows in known.items()}
        self.copies = np.array([v.same for v in verdicts(known[None])])
        self.labels = np.array([label(docs[a], docs[b]) for a, b in self.pairs])
        kinds = [
            (docs[a].set if docs[a].set == docs[b].set else "across", y)
            for (a, b), y in zip(self.pairs, self.labels.tolist(), strict=True)
        ]
        sizes = Counter(kinds)
        self.weights = np.array([sizes[kind] ** -0.5 for kind in kinds])
        folds = [fold(d) for d in docs]
        self.folds = np.array([[folds[a], folds[b]] for a, b in self.pairs])

    def fit(self, use: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the weights of the columns and the base, fitted on these examples in every order."""
        use = use & (self.labels >= 0)
        x = np.vstack([m[use] for m in self.matrices.values()])
        x = np.hstack([x, np.ones((len(x), 1))])
        scale = np.append(x[:, :-1].std(axis=0), 1.0)
        y = np.tile(self.labels[use], len(self.matrices))
        weights = np.tile(self.weights[use], len(self.matrices))
        fitted: NDArray[np.float64] = _logistic(x / scale, y, weights / weights.sum()) / scale
        return fitted

    def held_out(self) -> NDArray[np.float64]:
        """Return the probability of each pair, by weights that were fitted without the events of either article."""
        found = np.empty(len(self.pairs))
        for number in range(FOLDS):
            weights = self.fit(~(self.folds == number).any(axis=1))
            held = self.folds[:, 0] == number
            found[held] = 1 / (1 + np.exp(-(self.matrices[None][held] @ weights[:-1] + weights[-1])))
        return found


def _logistic(x: NDArray[np.float64], y: NDArray[np.int_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a logistic regression with bounded weights; the last column of ``x`` is constant."""

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z, ridge = x @ w, np.append(w[:-1], 0.0) * _PENALTY
        gradient = x.T @ (weights * (1 / (1 + np.exp(-z)) - y)) + ridge
        return float((weights * (np.logaddexp(0, z) - y * z)).sum() + ridge @ w / 2), gradient

    ways = [DIRECTIONS.get(name, 1) for name in (*SHARES, *SUMS)]
    bounds = [(0 if way > 0 else None, 0 if way < 0 else None) for way in ways]
    result = minimize(loss, np.zeros(x.shape[1]), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    fitted: NDArray[np.float64] = result.x
    return fitted


def strongest(pairs: list[tuple[int, int]], chances: list[float]) -> list[int]:
    """Return the indices of the pairs that are among the `MOST_LINKS` strongest of the later of their articles."""
    by_article = defaultdict(list)
    for i in sorted(range(len(pairs)), key=lambda i: -chances[i]):
        by_article[max(pairs[i])].append(i)
    return sorted(i for own in by_article.values() for i in own[:MOST_LINKS])


def report(examples: Examples) -> None:
    """Print scores of held-out events: of the pairs, and of the groups that links connect."""
    docs = examples.docs
    chances = examples.held_out()
    for name in EVENTS:
        ids = [i for i, d in enumerate(docs) if d.set == name]
        stories = [docs[i].story for i in ids]
        candidates = [
            i
            for i, (a, b) in enumerate(examples.pairs)
            if docs[a].set == docs[b].set == name and chances[i] >= RELATED_MIN and not examples.copies[i]
        ]
        kept = strongest([examples.pairs[i] for i in candidates], chances[candidates].tolist())
        links = [examples.pairs[candidates[i]] for i in kept]
        right = sum(docs[a].story == docs[b].story for a, b in links)
        of_pairs = clustering_scores.of_counts(right, len(links), _true(stories))
        groups = list(connected_components(ids, links).values())
        of_groups = clustering_scores.pairs(stories, groups)
        print(f"{name:11} {len(links):5} links: {_scores(of_pairs)}; groups: {_scores(of_groups)}")


def _true(stories: list[str]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(stories).values())


def _scores(score: clustering_scores.Score) -> str:
    return f"precision {score.precision:.3f} recall {score.recall:.3f} F1 {score.f1:.3f}"


def main() -> None:
    """Score held-out events, or fit on everything and print the weights."""
    examples = Examples([d for d in documents() if d.set in (*EVENTS, *OTHERS)])
    if "--check" in sys.argv:
        report(examples)
        return
    weights = examples.fit(np.ones(len(examples.pairs), dtype=bool))
    for name, weight in zip((*SHARES, *SUMS, "base"), weights.tolist(), strict=True):
        print(f"{name:14} {weight:6.2f}")


if __name__ == "__main__":
    main()
