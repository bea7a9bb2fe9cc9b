# ruff: noqa: T201 - its findings on stdout are what this is for
"""Fit `worker/match/model.json` on pairs as streams offer them; with ``--check``, score held-out stories instead.

Run by hand: `python -m tests.benchmarks.fit_verdict [--check]`; needs scikit-learn, which the service does not need.
All sets are one pool. A pair is an example if the sketch index proposes it, or if its label says that both are copies.
"""

import hashlib
import itertools
import json
import random
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from tests.benchmarks import edits
from tests.benchmarks.key_counts import stories_of, streamed
from tests.benchmarks.labelled import COPIES, Document, documents, judged_pairs
from tests.benchmarks.sketch_index import SketchIndex
from worker.article import Article
from worker.clean import clean
from worker.evaluate.joins_beyond_text import phrases, shared
from worker.features import Features, Source, features_of
from worker.fingerprint import Fingerprint, fingerprints
from worker.fingerprint.posting_index import passes_prefilter
from worker.match import compare_pairs
from worker.match.forest import FEATURE_NAMES, feature_matrix
from worker.match.judgement import BALANCED

MODEL = Path(__file__).parents[2] / "worker" / "match" / "model.json"
#: Directions of the monotone features: more new text, or keys that many stories have, never make one story likelier;
#: these lengths may do either (one more short passage lowers the mean length of the shared ones); more of any other
#: evidence never makes it less likely.
FALLING = {"new_most", "new_least", "untold_most", "untold_least", "keys_frequent"}
FREE = {"shorter", "length_ratio", "passage"}
#: What an error costs, by set and label: false joins of a feed, of reports of one event and of judged updates, missed
#: scans, short items and rewrites. Chosen on held-out stories.
COST = {
    ("wire", 0): 8, ("leads", 0): 30, ("look_alike", 0): 5, ("judged", 0): 12, ("same_event", 0): 8,
    ("background", 0): 8, ("scrape", 0): 2, ("short", 0): 2, ("ocr", 0): 5, ("paraphrase", 0): 10,
    ("ocr", 1): 20, ("short", 1): 14, ("paraphrase", 1): 9, ("edits", 0): 2, ("edits", 1): 2,
}  # fmt: skip
#: Unlabelled pairs from this share of the phrases of the shorter article on may be copies, and are not negatives. Three
#: outlets' leads on one event are independent reports; up to half of their phrases may quote one statement.
NEGATIVE_LIMIT = {"wire": 0.2, "leads": 0.5, "look_alike": 0.35, "same_event": 0.35, "background": 0.35}
#: From this share on, two dispatches of the feed are one, refiled or updated, if they are at most `WIRE_DAYS` apart.
#: Later ones are recurring reports, such as the central bank's daily operation, unless nearly all is the same.
WIRE_COPIES, WIRE_DAYS, WIRE_SAME = 0.8, 2, 0.95
FOLDS = 5
#: A dispatch with this many figures is edited as a recurring report.
FIGURES = 5
#: Seeds of the random orders of arrival that the forest is fitted on.
FIT_ORDERS = (3, 4)
#: 200 trees of depth 5: 400 of depth 4 find no more on held-out stories, 100 of depth 3 lose 2 % of the rewrites.
TREES, DEPTH, RATE = 200, 5, 0.08


def prepare(docs: list[Document]) -> tuple[list[Features], list[Fingerprint]]:
    """Clean and fingerprint documents as the service does."""
    cleaned = [clean(Article(text=d.text or d.title or "", title=d.title, language=d.language)) for d in docs]
    features = features_of([Source(c.text, c.title, c.language) for c in cleaned])
    return features, fingerprints(features)


def candidate_pairs(prints: list[Fingerprint]) -> set[tuple[int, int]]:
    """Return the pairs that the sketch index proposes if every article is a story."""
    index, keys = SketchIndex(), [p.sketch.tolist() for p in prints]
    for i, own in enumerate(keys):
        index.add(i, own)
    return {
        (min(i, j), max(i, j))
        for i, own in enumerate(keys)
        for j, common in index.candidates(own)
        if i != j and passes_prefilter(common, prints[i].simhash, (prints[j].simhash,))
    }


def label(a: Document, b: Document, judged: int | None, share: float) -> int:
    """Return 1 for copies, 0 for others, -1 for pairs that teach nothing; ``share``: of the shorter one's phrases."""
    if "edits" in (a.set, b.set):
        return -1  # two edits of one article may be copies of each other
    if a.set != b.set:
        return 0
    if a.set in (*COPIES, "five"):
        return int(a.story == b.story)
    if a.set == "judged":
        return -1 if judged in (None, 1) else int(judged >= 2)
    if a.set == "wire" and share >= WIRE_COPIES:
        apart = abs(datetime.fromisoformat(a.published) - datetime.fromisoformat(b.published))
        return 1 if apart <= timedelta(days=WIRE_DAYS) else 0 if share < WIRE_SAME else -1
    other_event = bool(a.story) and a.story != b.story
    return 0 if other_event or share < NEGATIVE_LIMIT[a.set] else -1


def between(
    docs: list[Document], stories: dict[tuple[str, str], list[int]], candidates: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Return some more pairs of two stories that the index brings together: their other copies are compared too."""
    rng = random.Random(0)
    met = {(docs[a].set, docs[a].story, docs[b].story) for a, b in sorted(candidates) if docs[a].set == docs[b].set}
    pairs = set()
    for name, one, other in sorted(met):
        if name in COPIES and one != other:
            for _ in range(12):
                a, b = rng.choice(stories[name, one]), rng.choice(stories[name, other])
                pairs.add((min(a, b), max(a, b)))
    return pairs


def edited_pairs(docs: list[Document], articles: int = 150) -> list[tuple[int, Document, int]]:
    """Return edits of long articles and of dispatches with figures: the index, the edited document, 1 for a copy."""
    rng = random.Random(7)
    long = [i for i, d in enumerate(docs) if d.set == "background" and len(d.text) > 900]
    figures = [i for i, d in enumerate(docs) if d.set == "wire" and len(re.findall(r"\d+", d.text)) >= FIGURES]
    edited: list[tuple[int, Document, int]] = []
    for originals, kinds, titled in ((long, edits.KINDS, False), (figures, edits.KINDS_OF_FIGURES, True)):
        rng.shuffle(originals)
        for i, other in itertools.pairwise(originals[: articles + 1]):
            title = docs[i].title if titled else None
            for edit, same in kinds.values():
                text = edit(docs[i].text, docs[other].text, rng)
                edited.append((i, Document("edits", str(i), str(i) if same else "", text, title, "en"), int(same)))
            # two editions without common figures: the original of the second is the first
            for original in (i, len(docs) + len(edited)):
                text = edits.stamped(docs[i].text, "", rng)
                edited.append((original, Document("edits", str(i), str(i), text, None, "en"), 1))
    return edited


class Examples:
    """All pairs: ``pairs`` of documents, their ``kinds``, ``labels``, weights, folds, and a matrix per archive."""

    def __init__(self, labelled: list[Document]) -> None:
        edited = edited_pairs(labelled)
        docs = self.docs = labelled + [d for _, d, _ in edited]
        #: edits are copies or not, whatever their sets are
        self.edits = {(i, len(labelled) + n): same for n, (i, _, same) in enumerate(edited)}
        features, self.prints = prepare(docs)
        ids = {(d.set, d.id): i for i, d in enumerate(docs)}
        judged = {(ids["judged", a], ids["judged", b]): label for a, b, label in judged_pairs()}
        self.judged = {(min(pair), max(pair)): label for pair, label in judged.items()}
        stories = defaultdict(list)
        for i, d in enumerate(docs):
            if d.set in (*COPIES, "five"):
                stories[d.set, d.story].append(i)
        copies = {pair for members in stories.values() for pair in itertools.combinations(members, 2)}
        candidates = candidate_pairs(self.prints)
        self.pairs = sorted(
            candidates | copies | self.judged.keys() | self.edits.keys() | between(docs, stories, candidates)
        )
        grams = [phrases(d.text or d.title or "") for d in docs]
        shares = [shared(grams[a], grams[b]) for a, b in self.pairs]
        self.labels = np.array(
            [
                self.edits.get((a, b), label(docs[a], docs[b], self.judged.get((a, b)), s))
                for (a, b), s in zip(self.pairs, shares, strict=True)
            ]
        )
        self.kinds = [
            "edits" if (a, b) in self.edits else docs[a].set if docs[a].set == docs[b].set else "across"
            for a, b in self.pairs
        ]
        sizes = Counter(zip(self.kinds, self.labels.tolist(), strict=True))
        self.weights = np.array([20 * COST.get(key, 1) / sizes[key] ** 0.5 for key in self._keys()])
        folds = self._folds()
        self.folds = np.array([[folds[a], folds[b]] for a, b in self.pairs])
        evidence = list(compare_pairs([(features[a], features[b]) for a, b in self.pairs], [None] * len(self.pairs)))
        in_archive = stories_of(docs, itertools.compress(self.pairs, (s >= WIRE_COPIES for s in shares)))
        #: by the order of arrival: that of the sets (`None`), and random ones
        self.matrices = {
            seed: feature_matrix([e._replace(**n._asdict()) for e, n in zip(evidence, numbers, strict=True)])
            for seed in (None, *FIT_ORDERS)
            for numbers in [streamed(self.prints, in_archive, self.pairs, seed=seed)]
        }

    def _keys(self) -> list[tuple[str, int]]:
        return list(zip(self.kinds, self.labels.tolist(), strict=True))

    def _folds(self) -> list[int]:
        """Keep a story, an event, a topic, a chain of judged pairs, or a week of the feed in one fold."""
        chain = {i: i for pair in self.judged for i in pair}
        for a, b in self.judged:
            chain = {i: chain[a] if root == chain[b] else root for i, root in chain.items()}
        times = sorted(d.published for d in self.docs if d.set == "wire")
        first = {time: position for position, time in reversed(list(enumerate(times)))}
        folds: list[int] = []
        for i, d in enumerate(self.docs):
            name = str(chain[i]) if i in chain else d.set + d.story.split("ecb")[0] if d.story else d.text[:60]
            if d.set == "edits":
                folds.append(folds[int(d.story or d.id)])
                continue
            by_name = hashlib.md5(name.encode(), usedforsecurity=False).digest()[0] % FOLDS
            folds.append(first[d.published] * FOLDS // len(times) if d.set == "wire" else by_name)
        return folds

    def fit(self, use: NDArray[np.bool_]) -> HistGradientBoostingClassifier:
        """Fit the forest on these examples in random orders, without nine of ten negatives that no rule would join."""
        matrix = self.matrices[None]
        hopeless = (self.labels == 0) & (matrix[:, FEATURE_NAMES.index("cosine")] < 0.3)
        use = use & (self.labels >= 0) & ~(hopeless & (np.random.default_rng(0).random(len(use)) > 0.1))
        slopes = [-1 if name in FALLING else 0 if name in FREE else 1 for name in FEATURE_NAMES]
        model = HistGradientBoostingClassifier(
            max_iter=TREES, max_depth=DEPTH, learning_rate=RATE, monotonic_cst=slopes, max_features=0.5,
            l2_regularization=5.0, min_samples_leaf=40, random_state=0, early_stopping=False,
        )  # fmt: skip
        times = len(FIT_ORDERS)
        return model.fit(
            np.vstack([self.matrices[seed][use] for seed in FIT_ORDERS]),
            np.tile(self.labels[use], times),
            sample_weight=np.tile(self.weights[use], times),
        )

    def held_out(self) -> NDArray[np.float64]:
        """Return the probability of each pair by a forest that saw neither of its stories, in the order of its set."""
        found = np.empty(len(self.pairs))
        five = np.array([kind == "five" for kind in self.kinds])
        for fold in range(FOLDS):
            model = self.fit(~(self.folds == fold).any(axis=1) | five)
            held = self.folds[:, 0] == fold
            found[held] = model.predict_proba(self.matrices[None][held])[:, 1]
        return found


def export(model: HistGradientBoostingClassifier) -> dict[str, object]:
    """Return the trees as one table, level by level; inner nodes get the mean of their leaves, which `why` needs."""
    nodes: dict[str, list[float]] = {name: [] for name in ("question", "threshold", "child", "unknown_above", "value")}
    roots, depth = [], 0
    for (tree,) in model._predictors:
        rows, start = tree.nodes, len(nodes["value"])
        roots.append(start)
        order = [0]
        for at in order:  # grows: both children of a node are adjacent
            row = rows[at]
            leaf = bool(row["is_leaf"])
            nodes["question"].append(0 if leaf else int(row["feature_idx"]))
            nodes["threshold"].append(0.0 if leaf else _threshold(row))
            nodes["child"].append(-1 if leaf else start + len(order))
            nodes["unknown_above"].append(int(not leaf and not row["missing_go_to_left"]))
            nodes["value"].append(round(_mean(rows, row), 4))
            depth = max(depth, int(row["depth"]))
            if not leaf:
                order += [int(row["left"]), int(row["right"])]
    base = float(model._baseline_prediction.ravel()[0])
    return {"questions": FEATURE_NAMES, "base": round(base, 4), "depth": depth, "roots": roots, "nodes": nodes}


def _threshold(row: np.void) -> float:
    """Return the threshold; that of a split between known and unknown is infinite, which JSON does not have."""
    return min(round(float(row["num_threshold"]), 4), 1e300)


def _mean(rows: NDArray[np.void], row: np.void) -> float:
    if row["is_leaf"]:
        return float(row["value"])
    left, right = rows[row["left"]], rows[row["right"]]
    total = left["count"] + right["count"]
    return float((_mean(rows, left) * left["count"] + _mean(rows, right) * right["count"]) / total)


def main() -> None:
    """Score held-out stories, or fit on everything and write the model."""
    examples = Examples(documents())
    if "--check" in sys.argv:
        wrong: Counter[tuple[str, int]] = Counter()
        for key, probability in zip(examples._keys(), examples.held_out().tolist(), strict=True):
            wrong[key] += int((probability >= BALANCED.same_story) != key[1])
        for (kind, same), size in sorted(Counter(examples._keys()).items()):
            if same >= 0:
                print(f"{kind:12} {'copies' if same else 'others':7} {wrong[kind, same]:5} wrong of {size}")
        return
    model = examples.fit(np.ones(len(examples.pairs), dtype=bool))
    MODEL.write_text(json.dumps(export(model), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
