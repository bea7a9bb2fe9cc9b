"""Write a corpus of rewrites of news: 600 texts of 60 words and more, each with a rewrite, for `copydesk evaluate`.

Run by hand: ``python -m tests.benchmarks.measure_rewrites FOLDER [--seed N]``, then ``copydesk evaluate FOLDER``.
A rewrite has another word in place of about every sixth, and every fifth pair of sentences in the other order, like
the rewrites of `copydesk bench`. Half of the texts are from one agency's feed and half are other newsrooms'.
"""

import argparse
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.edits import sentences
from tests.benchmarks.labelled import UNLABELLED, documents
from worker.evaluate.joins_beyond_text import Phrases, phrases, shared

_TEXTS = 600
_MIN_WORDS = 60
#: From this share of common phrases on two texts of the sets may be copies.
_COPIED = 0.2
_INNER_WORD = re.compile(r"(?<=\s)[^\W\d]+")


def rewritten(text: str, words: Sequence[str], rng: random.Random) -> str:
    """Return the text with about every sixth word one of ``words`` and every fifth pair of sentences swapped."""

    def other(match: re.Match[str]) -> str:
        return rng.choice(words) if rng.random() < 1 / 6 else match[0]

    changed = [_INNER_WORD.sub(other, sentence) for sentence in sentences(text)]
    for i in range(0, len(changed) - 1, 5):
        changed[i], changed[i + 1] = changed[i + 1], changed[i]
    return " ".join(changed)


def corpus(seed: int) -> list[dict[str, str]]:
    """Return originals and then rewrites, which have no headline, as rows of a corpus.

    A text that shares `_COPIED` of its phrases with one before it is left out: the feed has refiled dispatches.
    """
    rng = random.Random(seed)
    rows: list[dict[str, str]] = []
    words: list[str] = []
    for name in UNLABELLED:
        long = [d for d in documents() if d.set == name and len(d.text.split()) >= _MIN_WORDS]
        words += [word for d in long[:200] for word in d.text.split() if word.isalpha()]
        known: list[Phrases] = []
        for d in rng.sample(long, len(long)):
            own = phrases(d.text)
            if len(known) < _TEXTS // len(UNLABELLED) and all(shared(own, other) < _COPIED for other in known):
                known.append(own)
                rows.append(
                    {"id": d.id, "story": d.id, "text": d.text, "title": d.title or "", "published": d.published}
                )
    return rows + [
        {"id": f"{row['id']}-rewrite", "story": row["id"], "text": rewritten(row["text"], words, rng)}
        | {"published": row["published"]}
        for row in rows
    ]


def main() -> None:
    """Write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "corpus.toml").write_text('labels = "copies"\n', encoding="utf-8")
    with (options.folder / "docs.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in corpus(options.seed))


if __name__ == "__main__":
    main()
