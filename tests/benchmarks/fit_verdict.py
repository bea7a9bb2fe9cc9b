# ruff: noqa: T201 - its findings on stdout are what this is for; a seeded choice is wanted
"""Fit `worker/match/model.json` on the labelled sets and on generated edits; optionally test it on held-out stories.

Run by hand: `python -m tests.benchmarks.fit_verdict [--check]`; needs scikit-learn, which the service does not need.
"""

import hashlib
import itertools
import json
import math
import random
import re
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from tests.benchmarks import edits
from tests.benchmarks.labelled import COPIES, Document, documents, judged_pairs
from tests.benchmarks.measure_judgement import prepared
from tests.benchmarks.sketch_index import SketchIndex
from worker.features import Features
from worker.fingerprint import fingerprint
from worker.match import evidence
from worker.match.forest import FEATURE_NAMES, feature_matrix
from worker.match.verdict import SAME_STORY_MIN

MODEL = Path(__file__).parents[2] / "worker" / "match" / "model.json"
#: Directions of the monotone features: more new text never makes one story likelier; these lengths may do either; more
#: of any other evidence never makes it less likely.
FALLING = {"new_most", "new_least", "untold_most", "untold_least"}
FREE = {"shorter", "length_ratio", "passage"}
#: Errors that cost more than others: false joins of reports of one event, missed scans, short items and rewrites.
#: Chosen on held-out whole stories, folded in three ways: a higher cost for rewrites joins events of one kind, a higher
#: cost for leads loses rewrites of a few sentences.
COST = {
    ("leads", 0): 12, ("background", 0): 4, ("look_alike", 0): 3, ("judged", 0): 12, ("same_event", 0): 2,
    ("scrape", 0): 2, ("short", 0): 2, ("ocr", 1): 12, ("short", 1): 4, ("paraphrase", 1): 3,
}  # fmt: skip
#: Unlabelled pairs that share more phrases than this may be copies and are not used. Three outlets' leads on one event
#: are independent reports, of whose phrases up to half may be quotations of one statement.
UNLABELLED_LIMIT = {"background": 0.35, "look_alike": 0.35, "leads": 0.5}
#: The common part of the ids of three leads on one event: all but the last digit.
LEADS = re.compile(r"(allsides/.+)_\d")
FOLDS = 5


class Example(NamedTuple):
    """A pair: its set or edit, 1 for copies, the folds of its two stories, its row of the feature matrix."""

    kind: str
    same: int
    folds: tuple[int, int]
    row: list[float]


def true_pairs(docs: list[Document]) -> dict[tuple[int, int], int]:
    """Return the labelled pairs: 1 copies, 0 not, -1 excluded, as those judged "partly"."""
    by_id = {(d.set, d.id): i for i, d in enumerate(docs)}
    stories = defaultdict(list)
    for i, d in enumerate(docs):
        if d.set in (*COPIES, "five"):
            stories[d.set, d.story].append(i)
    labels = {pair: 1 for members in stories.values() for pair in itertools.combinations(members, 2)}
    for a, b, label in judged_pairs():
        pair = sorted((by_id["judged", a], by_id["judged", b]))
        labels[pair[0], pair[1]] = {3: 1, 2: 1, 1: -1, 0: 0}[label]
    return labels


def candidate_pairs(all_features: list[Features]) -> set[tuple[int, int]]:
    """Return the candidates of the sketch if every article is a separate story."""
    index, keys = SketchIndex(), [fingerprint(f).sketch.tolist() for f in all_features]
    for i, own in enumerate(keys):
        index.add(i, own)
    return {(min(i, j), max(i, j)) for i, own in enumerate(keys) for j, _ in index.candidates(own) if i != j}


def folds_of(docs: list[Document], salt: str = "") -> list[int]:
    """Keep all documents of a story, of an event, of a topic, or of a chain of judged pairs in one fold."""
    chain = {d.id: d.id for d in docs if d.set == "judged"}
    for a, b, _ in judged_pairs():
        chain = {document: chain[a] if root == chain[b] else root for document, root in chain.items()}
    keys = [chain[d.id] if d.set == "judged" else d.story.split("ecb")[0] or event(d) for d in docs]
    return [hashlib.md5((salt + key).encode(), usedforsecurity=False).digest()[0] % FOLDS for key in keys]


def event(d: Document) -> str:
    """Return a key of an unlabelled document's event: the common id of leads, else the start of the text."""
    match = LEADS.fullmatch(d.id)
    return match[1] if match else d.text[:60]


def labelled_examples(docs: list[Document], all_features: list[Features]) -> list[Example]:
    """Turn labelled and candidate pairs into examples."""
    labels, folds = true_pairs(docs), folds_of(docs)
    events = defaultdict(list)
    for i, d in enumerate(docs):
        if d.set in ("same_event", "look_alike"):
            events[d.set, d.story.split("ecb")[0]].append(i)
    pairs = set(labels) | candidate_pairs(all_features)
    pairs |= {pair for members in events.values() for pair in itertools.combinations(members, 2)}
    examples = []
    for a, b in sorted(pairs):
        kind = kind_of(docs[a], docs[b])
        label = labels.get((a, b), -1 if kind == "judged" else 0)
        row = feature_matrix([evidence(all_features[a], all_features[b])])[0].tolist()
        limit = UNLABELLED_LIMIT.get(kind, math.inf) if docs[a].story == docs[b].story else math.inf
        if label == 1 or (label == 0 and row[FEATURE_NAMES.index("grams_most")] < limit):
            examples.append(Example(kind, label, (folds[a], folds[b]), row))
    return examples


def kind_of(a: Document, b: Document) -> str:
    """Return the set of both documents; `leads` are those of one event in the background."""
    if a.set != b.set:
        return "across"
    return "leads" if LEADS.fullmatch(a.id) and event(a) == event(b) else a.set


def edited_examples(docs: list[Document], articles: int = 200) -> list[Example]:
    """Generate each kind of edit of long unlabelled articles, cleaned like any other."""
    rng = random.Random(7)
    long = [d for d in docs if d.set == "background" and len(d.text) > 900]
    rng.shuffle(long)
    examples = []
    for i, d in enumerate(long[:articles]):
        whole = prepared(d, cleaning=True)
        for name, (edit, same) in edits.KINDS.items():
            changed = prepared(replace(d, text=edit(d.text, long[i + 1].text, rng)), cleaning=True)
            row = feature_matrix([evidence(whole, changed)])[0].tolist()
            examples.append(Example(f"edit:{name}", int(same), (i % FOLDS, i % FOLDS), row))
    return examples


def weights(examples: list[Example]) -> np.ndarray:
    """Weight kinds by the root of their size, so that no set dominates, times the cost of an error of the kind."""
    sizes = Counter((e.kind, e.same) for e in examples)
    return np.array([20 * COST.get((e.kind, e.same), 1) / sizes[e.kind, e.same] ** 0.5 for e in examples])


def fit(examples: list[Example]) -> HistGradientBoostingClassifier:
    """Fit the forest with monotone constraints, so that more of the same evidence never reverses a verdict."""
    slopes = [-1 if q in FALLING else 0 if q in FREE else 1 for q in FEATURE_NAMES]
    model = HistGradientBoostingClassifier(
        max_iter=100, max_depth=3, learning_rate=0.1, monotonic_cst=slopes,
        l2_regularization=5.0, min_samples_leaf=40, random_state=0,
        early_stopping=False,  # which would hold out a tenth, even of the few judged pairs
    )  # fmt: skip
    table = np.array([e.row for e in examples])
    return model.fit(table, [e.same for e in examples], sample_weight=weights(examples))


def thinned(examples: list[Example]) -> list[Example]:
    """Drop nine of ten negatives that no rule would join."""
    rng, cosine = random.Random(0), FEATURE_NAMES.index("cosine")
    return [e for e in examples if e.same or e.row[cosine] >= 0.3 or rng.random() < 0.1]


def export(model: HistGradientBoostingClassifier) -> dict[str, object]:
    """Return the trees as one table, by level; inner nodes have the mean of their leaves, which `why` needs."""
    nodes: dict[str, list[float]] = {name: [] for name in ("question", "threshold", "child", "unknown_above", "value")}
    roots, depth = [], 0
    for (tree,) in model._predictors:
        rows, start = tree.nodes, len(nodes["value"])
        roots.append(start)
        order = [0]
        for node in order:  # grows: both children of a node are adjacent
            row = rows[node]
            leaf = bool(row["is_leaf"])
            nodes["question"].append(0 if leaf else int(row["feature_idx"]))
            nodes["threshold"].append(0.0 if leaf else round(float(row["num_threshold"]), 6))
            nodes["child"].append(-1 if leaf else start + len(order))
            nodes["unknown_above"].append(int(not leaf and not row["missing_go_to_left"]))
            nodes["value"].append(round(_mean(rows, row), 5))
            depth = max(depth, int(row["depth"]))
            if not leaf:
                order += [int(row["left"]), int(row["right"])]
    base = float(model._baseline_prediction.ravel()[0])
    return {"questions": FEATURE_NAMES, "base": round(base, 5), "depth": depth, "roots": roots, "nodes": nodes}


def _mean(rows: np.ndarray, row: np.void) -> float:
    if row["is_leaf"]:
        return float(row["value"])
    left, right = rows[row["left"]], rows[row["right"]]
    whole = left["count"] + right["count"]
    return float((_mean(rows, left) * left["count"] + _mean(rows, right) * right["count"]) / whole)


def held_out(examples: list[Example]) -> np.ndarray:
    """Return for each example the probability by a forest that was fitted without its first story."""
    chances = np.empty(len(examples))
    for fold in range(FOLDS):
        model = fit(thinned([e for e in examples if fold not in e.folds or e.kind == "five"]))
        held = np.array([e.folds[0] == fold for e in examples])
        chances[held] = model.predict_proba(np.array([e.row for e in examples])[held])[:, 1]
    return chances


def main() -> None:
    """Check on held-out stories if requested, then fit on all and write the model."""
    docs = documents()
    examples = labelled_examples(docs, [prepared(d, cleaning=True) for d in docs]) + edited_examples(docs)
    if "--check" in sys.argv:
        missed: Counter[tuple[str, int]] = Counter()
        for e, p in zip(examples, held_out(examples), strict=True):
            missed[e.kind, e.same] += int((p >= SAME_STORY_MIN) != e.same)
        sizes = Counter((e.kind, e.same) for e in examples)
        for kind in sorted(sizes):
            print(f"{kind[0]:18} {'copies' if kind[1] else 'others':7} {missed[kind]:5} wrong of {sizes[kind]}")
    MODEL.write_text(json.dumps(export(fit(thinned(examples))), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
