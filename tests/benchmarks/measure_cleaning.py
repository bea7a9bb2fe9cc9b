# ruff: noqa: T201 - a table on stdout is what this is for
"""The labelled scrapes go in; how many pairs are found raw and cleaned, and how much debris is left, comes out.

Run by hand: ``python -m tests.benchmarks.measure_cleaning [--set scrape] [--pipeline]``. Two judges: the textbook's
64-bit SimHash of 3-word shingles up to 3 bits apart, and ours in memory or, with ``--pipeline``, in Postgres. A word
counts as the author's where it stands in a run of three words of the reference extraction (``*_gt``).
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest

from tests.benchmarks.labelled import Document, documents, shared_folder
from tests.benchmarks.measure_judgement import run
from worker import prepare, scores
from worker.article import Article, Cleaned
from worker.clean import clean
from worker.cli.database import settings_on_servers
from worker.evaluate import evaluate, load
from worker.evaluate.baselines import simhash_shingles
from worker.features import features
from worker.language import detect

_WORD = re.compile(r"\w+")
_REFERENCE = "_gt"


def recall_and_precision(docs: Sequence[Document], found: Mapping[str, int]) -> str:
    """Return the pair scores of one clustering, as text."""
    s = scores.pairs([d.story for d in docs], [found[d.id] for d in docs])
    return f"recall {s.recall:.3f}, precision {s.precision:.3f}"


def ours(docs: list[Document], cleaned: Sequence[Cleaned] | None) -> dict[str, int]:
    """Return the stories that our judge makes of raw or cleaned texts."""
    if cleaned is None:
        own = [features(d.text, d.title, d.language) for d in docs]
    else:
        own = [features(c.text, c.title, c.language) for c in cleaned]
    room = run(docs, own, 0)
    return {d.id: room.story_of[i] for i, d in enumerate(docs)}


def untouched(article: Article) -> Cleaned:
    """Return the article as it was received: what the pipeline would see without cleaning."""
    return Cleaned(
        article.text,
        title=article.title,
        language=detect(article.text, article.language),
        published_at=article.published_at,
    )


def through_the_pipeline(name: str) -> None:
    """Print the pair scores of the whole pipeline, raw and cleaned, each in a database of its own."""
    corpus = load(shared_folder() / "data" / name)
    with settings_on_servers() as settings:
        for told, step in (("raw", untouched), ("cleaned", clean)):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(prepare, "clean", step)
                (result,) = evaluate(settings, corpus)
            print(f"{told:8} whole pipeline:   recall {result.recall:.3f}, precision {result.precision:.3f}")


def runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    """Return each three words in a row."""
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def own_words(words: Sequence[str], reference: set[tuple[str, ...]]) -> int:
    """Count the words that stand in a run of the reference."""
    own: set[int] = set()
    for i in range(len(words) - 2):
        if tuple(words[i : i + 3]) in reference:
            own.update((i, i + 1, i + 2))
    return len(own)


def debris(docs: Sequence[Document], texts: Sequence[str]) -> str:
    """Return how many words of debris and of the author's the extractions hold, as text."""
    words = {d.id: _WORD.findall(text.lower()) for d, text in zip(docs, texts, strict=True)}
    references = {d.story: runs(_WORD.findall(d.text.lower())) for d in docs if d.id.endswith(_REFERENCE)}
    extractions = [d for d in docs if not d.id.endswith(_REFERENCE)]
    own = sum(own_words(words[d.id], references[d.story]) for d in extractions)
    kept: dict[str, int] = defaultdict(int)
    for d in extractions:
        kept["reference runs"] += len(runs(words[d.id]) & references[d.story])
    total = sum(len(words[d.id]) for d in extractions)
    return f"words of debris {total - own:,}, runs of the author's words {kept['reference runs']:,}"


def nearest(docs: Sequence[Document], texts: Sequence[str]) -> float:
    """Return the mean Jaccard of the words of pairs that belong together: how alike copies look at all."""
    words = [frozenset(_WORD.findall(text.lower())) for text in texts]
    pairs = [(a, b) for a, b in combinations(range(len(docs)), 2) if docs[a].story == docs[b].story]
    return sum(len(words[a] & words[b]) / max(len(words[a] | words[b]), 1) for a, b in pairs) / len(pairs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="scrape")
    parser.add_argument("--pipeline", action="store_true", help="run ours through the real pipeline as well")
    args = parser.parse_args()
    docs = [d for d in documents() if d.set == args.set]
    cleaned = [clean(Article(d.text, title=d.title, language=d.language)) for d in docs]
    raw_texts, clean_texts = [d.text for d in docs], [c.text for c in cleaned]
    for name, texts, ready in (("raw", raw_texts, None), ("cleaned", clean_texts, cleaned)):
        textbook = simhash_shingles({d.id: text for d, text in zip(docs, texts, strict=True)})
        print(f"{name:8} textbook SimHash: {recall_and_precision(docs, textbook)}")
        print(f"{name:8} ours:             {recall_and_precision(docs, ours(docs, ready))}")
        print(f"{name:8} {debris(docs, texts)}; words in common {nearest(docs, texts):.3f}")
    if args.pipeline:
        through_the_pipeline(args.set)


if __name__ == "__main__":
    main()
