# ruff: noqa: T201 - a table on stdout is what this is for
"""Measure the author's words that cleaning loses and the page debris that it takes, per language of the labelled sets.

Run by hand: ``python -m tests.benchmarks.measure_losses [--set scrape] [--show 20]``. A reference extraction
(``*_gt``) is all the author's; in another extraction a word is the author's if it is in a run of three words of the
reference. With ``--show`` the lines of reference extractions that lost most words are printed.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from tests.benchmarks.labelled import Document, documents
from tests.benchmarks.measure_cleaning import own_words, runs
from worker.article import Article, Cleaned
from worker.clean import clean

_WORD = re.compile(r"[^\W_]+")
_REFERENCE = "_gt"


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case."""
    return _WORD.findall(text.lower())


def with_fields(cleaned: Cleaned) -> str:
    """Return the cleaned text with the facts that cleaning moved from it to fields."""
    fields = (cleaned.title, cleaned.dateline, cleaned.agency, cleaned.byline, *cleaned.captions)
    return "\n".join([*filter(None, fields), cleaned.text])


def lost_words(document: Document, cleaned: Cleaned) -> Counter[str]:
    """Return the words of a reference extraction that are neither in the cleaned text nor in a field."""
    # Joining `govern- ment` changes words, not their letters: only words with letters that are gone are lost.
    lost = Counter(words(document.text)) - Counter(words(with_fields(cleaned)))
    letters = "".join(words(cleaned.text))
    return Counter({word: count for word, count in lost.items() if len(word) < 4 or word not in letters})


def lost_lines(document: Document, cleaned: Cleaned) -> list[str]:
    """Return the lines of a reference extraction whose words are no longer in sequence."""
    left = " ".join(words(with_fields(cleaned)))
    return [line for line in document.text.split("\n") if line and " ".join(words(line)) not in left]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="scrape")
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    docs = [d for d in documents() if d.set == options.set]
    references = {d.story: d for d in docs if d.id.endswith(_REFERENCE)}
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    losses: list[tuple[int, str, list[str]]] = []
    for d in docs:
        cleaned = clean(Article(d.text, title=d.title, language=d.language))
        if d.id.endswith(_REFERENCE):
            lost = lost_words(d, cleaned).total()
            totals[d.language].update({"words": len(words(d.text)), "lost": lost})
            losses.append((lost, d.id, lost_lines(d, cleaned)))
        elif d.story in references:
            totals[d.language].update(debris(d, references[d.story], cleaned))
    print_table(totals)
    for lost, name, lines in sorted(losses, reverse=True)[: options.show]:
        print(f"{lost} {name}", *(f"    {line[:300]}" for line in lines[:5]), sep="\n")


def debris(document: Document, reference: Document, cleaned: Cleaned) -> dict[str, int]:
    """Return the words of debris in an extraction before and after cleaning."""
    own = runs(words(reference.text))

    def foreign(sequence: Sequence[str]) -> int:
        return len(sequence) - own_words(sequence, own)

    return {"debris": foreign(words(document.text)), "left": foreign(words(cleaned.text))}


def print_table(totals: dict[str, Counter[str]]) -> None:
    """Print one line a language and one for all."""
    rows = sorted(totals.items(), key=lambda row: -row[1]["words"])
    for language, counts in [*rows, ("all", sum(totals.values(), Counter[str]()))]:
        lost = counts["lost"] / max(counts["words"], 1)
        taken = 1 - counts["left"] / max(counts["debris"], 1)
        print(
            f"{language:4} author's words {counts['words']:8,}, lost {counts['lost']:5,} ({lost:.3%});"
            f" words of debris {counts['debris']:8,}, taken {taken:.1%}"
        )


if __name__ == "__main__":
    main()
