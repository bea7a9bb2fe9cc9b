# ruff: noqa: T201 - a table on stdout is what this is for
"""Measure the choice of the canonical article: how complete it is, and how often it changes as copies arrive.

Run by hand: ``python -m tests.benchmarks.measure_canonical``. Whole articles are the reference extractions of the
scrapes (``*_gt``); the order of arrival is random.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from tests.benchmarks.labelled import COPIES, Document, documents
from worker.article import Article, Cleaned
from worker.clean import clean
from worker.features import Features, features
from worker.match import Member, canonical, choose_canonical

_START = datetime(2026, 1, 1, tzinfo=UTC)
_MOST = 12
#: The dispatches of the feed that get tails.
_DISPATCHES = 1_000


def of(text: str, cleaned: Cleaned) -> Features:
    """Return the features of a text with the title and the language of an article."""
    return features(text, cleaned.title, cleaned.language)


def arriving(copies: Iterable[tuple[Features, int]]) -> list[Member]:
    """Return members that arrive in this order, a minute apart, from (features, faults)."""
    return [Member(f, _START + timedelta(minutes=i), faults, number=i) for i, (f, faults) in enumerate(copies)]


def changes(members: Sequence[Member]) -> int:
    """Count how often another article becomes canonical as the members arrive one by one."""
    chosen = [choose_canonical(members[: n + 1])[0] for n in range(len(members))]
    return sum(a != b for a, b in pairwise(chosen))


def tail(chance: random.Random) -> str:
    """Return a line of two to six words that no other text has."""
    return f"Tail {' '.join(str(chance.randrange(10**6)) for _ in range(chance.randrange(1, 6)))}."


def agreement(a: Features, b: Features) -> float:
    """Return F1 of the 3-grams of two texts."""
    grams, others = a.column("grams"), b.column("grams")
    return 2 * len(np.intersect1d(grams, others, assume_unique=True)) / (len(grams) + len(others))


def cut(cleaned: Cleaned, share: float) -> Features:
    """Return the features of the first paragraphs, which hold about a share of the text."""
    kept: list[str] = []
    for paragraph in cleaned.text.split("\n\n"):
        if kept and sum(map(len, kept)) + len(paragraph) / 2 >= share * len(cleaned.text):
            break
        kept.append(paragraph)
    return of("\n\n".join(kept), cleaned)


def over_time(stories: Iterable[Sequence[tuple[Document, Cleaned]]]) -> None:
    """Print how well the chosen extraction fits its article as extractions arrive, and how often it changes."""
    fits, changed = [], 0
    for copies in stories:
        [reference] = [of(c.text, c) for d, c in copies if d.id.endswith("_gt")]
        members = arriving((of(c.text, c), sum(c.changes.values())) for _, c in copies)
        chosen = [members[choose_canonical(members[: n + 1])[0]] for n in range(len(members))]
        fits.append(np.mean([agreement(reference, m.features) for m in chosen]))
        changed += changes(members)
    print(f"  equal share {canonical.EQUAL_SHARE}: page fits {np.mean(fits):.3f}, changes {changed}")


def completeness(stories: Iterable[Sequence[tuple[Document, Cleaned]]], chance: random.Random) -> None:
    """Print for two copies how often the whole text wins over a cut, and how well an extraction fits its article."""
    whole, pages = [], []
    for copies in stories:
        [(_, article)] = [(d, c) for d, c in copies if d.id.endswith("_gt")]
        reference = of(article.text, article)
        for share in (0.4, 0.5, 0.6, 0.75):
            pair = [(reference, 0), (cut(article, share), 0)]
            chance.shuffle(pair)
            whole.append(pair[choose_canonical(arriving(pair))[0]][0] is reference)
        others = [(of(c.text, c), sum(c.changes.values())) for d, c in copies if not d.id.endswith("_gt")]
        for _ in range(10):
            extractions = chance.sample(others, 2)
            pages.append(agreement(reference, extractions[choose_canonical(arriving(extractions))[0]][0]))
    print(f"  ratio {canonical.FULLER_RATIO}: whole over cut {np.mean(whole):.3f}, page fits {np.mean(pages):.3f}")


def main() -> None:
    """Measure and print."""
    chance = random.Random(1)
    stories: dict[str, dict[str, list[tuple[Document, Cleaned]]]] = defaultdict(lambda: defaultdict(list))
    docs = documents()
    for d in docs:
        if d.set in (*COPIES, "five") and d.story:
            stories[d.set][d.story].append((d, clean(Article(d.text, title=d.title, language=d.language))))
    for name, by_story in stories.items():
        counts, tailed = [], []
        for copies in by_story.values():
            chance.shuffle(copies)
            if len(copies) > 1:
                own = [(of(c.text, c), sum(c.changes.values())) for _, c in copies]
                tails = [of(f"{c.text}\n\n{tail(chance)}", c) for _, c in copies]
                counts.append(changes(arriving(own)))
                tailed.append(changes(arriving((f, faults) for f, (_, faults) in zip(tails, own, strict=True))))
        print(f"{name}: {len(counts)} stories, changes {sum(counts)}, with tails {sum(tailed)}")
    total = 0
    for d in [d for d in docs if d.set == "wire" and d.text][:_DISPATCHES]:
        cleaned = clean(Article(d.text, title=d.title, language=d.language))
        versions = [cleaned.text] + [f"{cleaned.text}\n\n{tail(chance)}" for _ in range(_MOST - 1)]
        total += changes(arriving((of(text, cleaned), 0) for text in versions))
    print(f"wire: {_DISPATCHES} dispatches of {_MOST} copies, all but the first with tails, changes {total}")
    for share in (0.02, 0.1, 0.05):
        canonical.EQUAL_SHARE = share  # type: ignore[misc]
        over_time(stories["scrape"].values())
    for ratio in (1.1, 1.25, 1.5, 2.0):
        canonical.FULLER_RATIO = ratio  # type: ignore[misc]
        completeness(stories["scrape"].values(), random.Random(1))


if __name__ == "__main__":
    main()
