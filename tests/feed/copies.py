"""Copies of items, as agencies, editors and scanners make them: each has the label of its original."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from tests.benchmarks.edits import half, scanned, third
from tests.feed.item import Item

_NUMBER = re.compile(r"\b\d+\b")
#: Words and phrases that a light rewrite replaces: what other editors write for the same.
_OTHER_WORDS = {
    "said": "stated", "because": "since", "after": "following", "before": "ahead of", "about": "around",
    "will be": "is going to be", "which": "that", "has": "is said to have", "have": "are reported to have",
    "must": "is obliged to", "may": "could", "from": "out of", "until": "up to", "the company": "the firm",
    "largest": "biggest", "people": "persons", "year": "twelve months", "house": "building", "work": "labour",
    "small": "minor", "new": "fresh", "found": "discovered", "asked": "requested", "nobody": "no one",
    "against": "compared with", "money": "funds", "plans": "drawings", "sold": "disposed of", "half": "fifty per cent",
    "near": "close to", "home": "back", "workers": "employees", "night": "evening", "ended": "finished",
}  # fmt: skip
_WORDS = re.compile(r"\b(" + "|".join(sorted(_OTHER_WORDS, key=len, reverse=True)) + r")\b")


def refiled(item: Item, _rng: random.Random) -> Item:
    """Send the dispatch again, marked in the headline and in a last line."""
    return replace(item, title=f"REFILE-{item.title}", text=f"{item.text}\n\n(Refiles to fix garbled line)")


def corrected(item: Item, rng: random.Random) -> Item:
    """Send the dispatch again with another number."""
    numbers = list(_NUMBER.finditer(item.text))
    wrong = rng.choice(numbers) if numbers else None
    text = item.text
    if wrong:
        text = f"{text[: wrong.start()]}{int(wrong[0]) + rng.randint(1, 9)}{text[wrong.end() :]}"
    return replace(item, title=f"CORRECTED-{item.title}", text=f"{text}\n\nCorrects figure.")


def abridged(item: Item, rng: random.Random) -> Item:
    """Keep the first half, under the same headline."""
    return replace(item, text=half(item.text.replace("\n\n", " "), "", rng), source="paper")


def cut(item: Item, rng: random.Random) -> Item:
    """Keep the first third, as a brief."""
    return replace(item, title="", text=third(item.text.replace("\n\n", " "), "", rng), source="paper")


def scanned_page(item: Item, rng: random.Random) -> Item:
    """Misread a letter in a third of the longer words; a scan has no headline field."""
    return replace(item, title="", text=scanned(f"{item.title}\n{item.text}", "", rng), source="scan")


def rewritten(item: Item, rng: random.Random) -> Item:
    """Replace common words by others, and leave out a sentence after the first."""
    sentences = re.split(r"(?<=[.!?\"]) +|\n+", item.text)
    del sentences[rng.randrange(1, len(sentences))]
    text = _WORDS.sub(lambda match: _OTHER_WORDS[match[0]], " ".join(sentences))
    return replace(item, title=item.title.capitalize(), text=text, source="portal")


Edit = Callable[[Item, random.Random], Item]
_OF_DISPATCHES: Sequence[Edit] = (refiled, corrected, abridged, cut, scanned_page, rewritten)
#: Which edits the items of a kind get, and how many of its items; a form has no half and no other words.
_EDITS: dict[str, tuple[int, Sequence[Edit]]] = {
    "results": (12, (refiled, corrected)),
    "eurobond": (6, (refiled, corrected)),
    "market": (6, (refiled, corrected)),
    "dispute": (10, (refiled, corrected, scanned_page)),
}


def copies(rng: random.Random, items: Sequence[Item]) -> Iterator[Item]:
    """Yield two copies of each dispatch and one of some other items, within a day after the original."""
    for number, item in enumerate(item for item in items if item.kind == "dispatch"):
        for turn in (0, 2):
            yield _later(_OF_DISPATCHES[(number + turn) % len(_OF_DISPATCHES)], item, rng)
    for kind, (count, edits) in _EDITS.items():
        for number, item in enumerate(rng.sample([item for item in items if item.kind == kind], count)):
            yield _later(edits[number % len(edits)], item, rng)


def _later(edit: Edit, item: Item, rng: random.Random) -> Item:
    when = item.published + timedelta(minutes=rng.randint(5, 1_400))
    return replace(edit(item, rng), kind=edit.__name__, published=when)
