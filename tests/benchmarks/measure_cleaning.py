# ruff: noqa: T201 - a table on stdout is what this is for
"""Measure on the labelled scrapes how many pairs are detected raw and cleaned, and how much debris is left.

Run by hand: ``python -m tests.benchmarks.measure_cleaning [--set scrape]``. Two methods are compared: the textbook
64-bit SimHash of 3-word shingles up to 3 bits apart, and the whole pipeline in Postgres. A word is the author's if it
is in a run of three words of the reference extraction (``*_gt``).
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.benchmarks.labelled import Document, documents
from worker.article import Article, Cleaned
from worker.clean import clean
from worker.cli.database import settings_on_servers
from worker.evaluate import clustering_scores, evaluate, load
from worker.evaluate.baselines import simhash_shingles
from worker.language.detect import detect
from worker.pipeline import prepare
from worker.settings import Settings

_WORD = re.compile(r"\w+")
_REFERENCE = "_gt"
#: An extraction with a smaller share of the reference's three-word runs contains another part of the page: its pairs
#: can only be detected by the frame of the page, which cleaning removes.
_HOLDS_IT = 0.1


def textbook(docs: Sequence[Document], texts: Sequence[str]) -> str:
    """Return the pair scores of the textbook SimHash, as text."""
    clusters = simhash_shingles({d.id: text for d, text in zip(docs, texts, strict=True)})
    s = clustering_scores.pairs([d.story for d in docs], [clusters[d.id] for d in docs])
    return f"recall {s.recall:.4f}, precision {s.precision:.4f}"


def ours(settings: Settings, docs: Sequence[Document], step: Callable[[Article], Cleaned]) -> str:
    """Return the pair scores of the whole pipeline with ``step`` as its cleaning, as text."""
    rows = (
        json.dumps({"id": d.id, "story": d.story, "text": d.text, "title": d.title, "lang": d.language}) for d in docs
    )
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder) / "docs.jsonl").write_text("\n".join(rows), encoding="utf-8")
        patch.setattr(prepare, "clean", step)
        (result,) = evaluate(settings, load(Path(folder)))
    return f"recall {result.recall:.4f}, precision {result.precision:.4f}"


def holding_their_article(docs: Sequence[Document]) -> list[Document]:
    """Return the documents without extractions of another part of the page."""
    references = {d.story: runs(_WORD.findall(d.text.lower())) for d in docs if d.id.endswith(_REFERENCE)}
    shares = [len(runs(_WORD.findall(d.text.lower())) & references[d.story]) / len(references[d.story]) for d in docs]
    return [d for d, share in zip(docs, shares, strict=True) if share >= _HOLDS_IT]


def untouched(article: Article) -> Cleaned:
    """Return the article as it was received, for a pipeline without cleaning."""
    return Cleaned(
        article.text,
        title=article.title,
        language=detect(article.text, article.language),
        published_at=article.published_at,
    )


def runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    """Return every run of three consecutive words."""
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def own_words(words: Sequence[str], reference: set[tuple[str, ...]]) -> int:
    """Count the words that are in a run of the reference."""
    own: set[int] = set()
    for i in range(len(words) - 2):
        if tuple(words[i : i + 3]) in reference:
            own.update((i, i + 1, i + 2))
    return len(own)


def debris(docs: Sequence[Document], texts: Sequence[str]) -> str:
    """Return the numbers of debris words and of the author's runs in the extractions, as text."""
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
    """Return the mean Jaccard similarity of the words of pairs of one story."""
    words = [frozenset(_WORD.findall(text.lower())) for text in texts]
    pairs = [(a, b) for a, b in combinations(range(len(docs)), 2) if docs[a].story == docs[b].story]
    return sum(len(words[a] & words[b]) / max(len(words[a] | words[b]), 1) for a, b in pairs) / len(pairs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="scrape")
    docs = [d for d in documents() if d.set == parser.parse_args().set]
    with settings_on_servers() as settings:
        for name, step in (("raw", untouched), ("cleaned", clean)):
            texts = {d.id: step(Article(d.text, title=d.title, language=d.language)).text for d in docs}
            print(f"{name}: {debris(docs, [*texts.values()])}; words in common {nearest(docs, [*texts.values()]):.3f}")
            for description, selection in (("all", docs), ("with their article", holding_their_article(docs))):
                print(f"  {len(selection)} extractions, {description}")
                print(f"    textbook SimHash: {textbook(selection, [texts[d.id] for d in selection])}")
                print(f"    ours:             {ours(settings, selection, step)}")


if __name__ == "__main__":
    main()
