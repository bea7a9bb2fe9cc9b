"""Dispatches made of random words: any number, each unlike all others, and copies of one as near as a test wants.

They make no sense on purpose: what a test of queues, locks and ledgers needs of a text is only whose copy it is.
"""

import random
from functools import cache

from wordfreq import top_n_list

#: Words a sentence, sentences a paragraph.
_SENTENCE, _PARAGRAPH = 12, 3


@cache
def _vocabulary() -> list[str]:
    return [word for word in top_n_list("en", 9_000)[600:] if word.isalpha() and len(word) > 3]


def dispatch(number: int, words: int = 120) -> str:
    """Return the text of dispatch ``number``: the same text for the same number."""
    chosen = random.Random(number).choices(_vocabulary(), k=words)
    sentences = [" ".join(chosen[start : start + _SENTENCE]).capitalize() + "." for start in range(0, words, _SENTENCE)]
    paragraphs = [" ".join(sentences[start : start + _PARAGRAPH]) for start in range(0, len(sentences), _PARAGRAPH)]
    return "\n\n".join(paragraphs) + "\n"


def copy_of(number: int, edition: int, words: int = 120) -> str:
    """Return a near copy of a dispatch: one word in forty is another one in each ``edition``; edition 0 is the text."""
    text = dispatch(number, words)
    if not edition:
        return text
    chance = random.Random(f"{number}/{edition}")
    parts = text.split(" ")
    for place in range(chance.randrange(2, 20), len(parts), 40):
        parts[place] = chance.choice(_vocabulary())
    return " ".join(parts)
