# ruff: noqa: T201 - a table on stdout is what this is for; a seeded order is wanted
"""Measure how well stories are found on the labelled sets, without a database, and print a table.

Run by hand: `python -m tests.benchmarks.measure_judgement [--alone] [--clean] [--errors N]`; one pool unless `--alone`.
"""

import argparse
import random
import time
from collections import defaultdict
from itertools import combinations

from tests.benchmarks.labelled import COPIES, Document, documents, judged_pairs
from tests.benchmarks.newsroom import Newsroom
from worker.article import Article
from worker.clean import clean
from worker.evaluate import clustering_scores as scores
from worker.features import Features, features


def prepared(d: Document, *, cleaning: bool) -> Features:
    """Return the features of a document, optionally cleaned first."""
    if not cleaning:
        return features(d.text, d.title, d.language)
    cleaned = clean(Article(text=d.text, title=d.title, language=d.language))
    return features(cleaned.text, cleaned.title, cleaned.language)


def run(docs: list[Document], all_features: list[Features], seed: int) -> Newsroom:
    """Process the documents in a random order."""
    room, order = Newsroom(all_features), list(range(len(docs)))
    random.Random(seed).shuffle(order)
    for number in order:
        room.add(number)
    return room


def table(docs: list[Document], room: Newsroom) -> None:
    """Print the scores of each set."""
    story_of = [room.story_of[i] for i in range(len(docs))]
    print(f"{'set':11} {'pair P':>7} {'R':>6} {'F1':>6} {'ARI':>6} {'B3 F1':>6}")
    for name in (*COPIES, "five"):
        own = [i for i, d in enumerate(docs) if d.set == name]
        if not own:
            continue
        true, got = [docs[i].story for i in own], [story_of[i] for i in own]
        s, ari, b3 = (
            scores.pairs(true, got),
            scores.adjusted_rand(true, got),
            scores.b_cubed(true, got).f1,
        )
        print(f"{name:11} {s.precision:7.3f} {s.recall:6.3f} {s.f1:6.3f} {ari:6.3f} {b3:6.3f}")
    _judged(docs, story_of)
    _events(docs, story_of)
    read = [room.read[i] for i in range(len(docs))]
    print(f"candidate stories read an article: {sum(read) / len(read):.1f}, most {max(read)}")


def _judged(docs: list[Document], story_of: list[int]) -> None:
    at = {d.id: i for i, d in enumerate(docs) if d.set == "judged"}
    if not at:
        return
    joined = [(label, story_of[at[a]] == story_of[at[b]]) for a, b, label in judged_pairs()]
    right = sum(j for label, j in joined if label >= 2)
    s = scores.of_counts(right, sum(j for label, j in joined if label != 1), sum(label >= 2 for label, _ in joined))
    print(f"{'judged':11} {s.precision:7.3f} {s.recall:6.3f} {s.f1:6.3f}   (both in one story; label 1 left out)")


def _events(docs: list[Document], story_of: list[int]) -> None:
    for name in ("same_event", "look_alike"):
        of = defaultdict(list)
        for i, d in enumerate(docs):
            if d.set == name:
                of[d.story].append(story_of[i])
        inside = [a == b for members in of.values() for a, b in combinations(members, 2)]
        stories = [(event, f) for event, members in of.items() for f in members]
        across = sum(a[1] == b[1] and a[0] != b[0] for a, b in combinations(stories, 2))
        if inside:
            print(f"{name:11} joined of one event {sum(inside)} of {len(inside)}; of different events {across}")


def background(docs: list[Document], room: Newsroom) -> list[tuple[float, int, int]]:
    """Return (share of phrases, a, b) for joined background articles that are not nearly the same text."""
    pairs = []
    for story in room.stories.values():
        own = [m for m in story.members if docs[m].set == "background"]
        texts = {room.features[m].digest: m for m in own}.values()
        for a, b in combinations(texts, 2):
            e, _ = room._pair(a, b)
            if max(e.grams_in_a, e.grams_in_b) < 0.5:
                pairs.append((max(e.grams_in_a, e.grams_in_b), a, b))
    return sorted(pairs)


def across(docs: list[Document], room: Newsroom) -> int:
    """Count stories with articles of more than one set."""
    return sum(len({docs[m].set for m in s.members}) > 1 for s in room.stories.values())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", action="store_true", help="process each set separately")
    parser.add_argument("--clean", action="store_true", help="clean each article first")
    parser.add_argument("--errors", type=int, default=0, help="number of joined background pairs to show")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    docs = documents()
    names = dict.fromkeys(d.set for d in docs)
    pools = [[d for d in docs if d.set == name] for name in names] if args.alone else [docs]
    for pool in pools:
        started = time.perf_counter()
        room = run(pool, [prepared(d, cleaning=args.clean) for d in pool], args.seed)
        table(pool, room)
        doubtful = background(pool, room)
        print(f"background pairs joined that share under half of their phrases: {len(doubtful)}")
        print(f"stories across sets: {across(pool, room)}; {time.perf_counter() - started:.0f} s\n")
        for share, a, b in doubtful[: args.errors]:
            print(f"  {share:.2f} {pool[a].id} | {pool[a].text[:200]!r}\n       {pool[b].id} | {pool[b].text[:200]!r}")
        if "five" in {d.set for d in pool}:
            five = [i for i, d in enumerate(pool) if d.set == "five"]
            print("canonical of the five:", {pool[room.stories[room.story_of[i]].canonical].id for i in five})


if __name__ == "__main__":
    main()
