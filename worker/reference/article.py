"""Make the features of an article from its words: distinct words, phrases, passages and facts."""

import hashlib
import math
from typing import Final, NamedTuple

from worker.reference.words import CAPITAL, CONTENT, ENDS, NUMBER, Word, float32

#: Content words that count as the lead: the first paragraph or two of a dispatch.
LEAD_WORDS: Final = 40
#: Least weight of a salient name or number: frequent ones (above Zipf 5: `Monday`, `Britain`) identify nothing.
_SALIENT_WEIGHT: Final = 2.0
#: Two names or numbers of one sentence are a fact if they are at most this many steps apart among the salient words.
_FACT_STEPS: Final = 4
#: Least content words of a passage, about: shorter ones can't be recognised; and most passages of a text, about.
_SHORT_PASSAGE: Final = 5
_MOST_PASSAGES: Final = 48
#: Classes of a distinct word: capitalised inside a sentence, and with digits.
LOWER, NAME, FIGURE = 0, 1, 2
_LOW_64: Final = (1 << 64) - 1
_MIX_1, _MIX_2, _MIX_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9


class ContentWord(NamedTuple):
    """A content word in its place."""

    stem: int
    weight: float
    salient: bool
    passage: int


class Distinct(NamedTuple):
    """A distinct content word: capped idf · (1 + log tf), its class, Zipf frequency and first place."""

    weight: float
    kind: int
    zipf: float
    place: int

    @property
    def rarity(self) -> float:
        """How rare it is: 0 if it is as common as `London` (Zipf 5), 4 if it is in no list."""
        return max(float32(5.0 - self.zipf), 0.0)


class ArticleFeatures(NamedTuple):
    """What is compared of an article; "words" are the stems of content words, as 32-bit hashes."""

    #: all words in order, as 64-bit hashes
    hashes: list[int]
    content: list[ContentWord]
    words: dict[int, Distinct]
    #: 32-bit hashes of three words in a row, with the first place of each
    grams: dict[int, int]
    #: the weight of each passage: a sentence, or several short ones
    passages: list[float]
    #: pairs of names and numbers that are close together in one sentence
    facts: set[int]
    title: set[int]
    #: equal if only layout, case and punctuation differ
    digest: bytes


def article(title: list[Word], body: list[Word]) -> ArticleFeatures:
    """Return the features of an article."""
    hashes = [word.hash for word in title + body if word.hash]
    # a title capitalises everything: its words are names only if there is no text
    unnamed = len(title) if body else 0
    sentence, ended, stems = 0, True, []
    content: list[tuple[Word, int, bool]] = []
    for index, word in enumerate(title + body):
        if word.kind & CONTENT:
            content.append((word, sentence, bool(word.kind & CAPITAL) and not ended and index > unnamed))
        if index < len(title) and word.kind & CONTENT:
            stems.append(word.stem)
        ended = bool(word.kind & ENDS)
        sentence += ended
    passages, weights = _passages(content)
    salient = [bool(w.kind & (CAPITAL | NUMBER)) and w.weight >= _SALIENT_WEIGHT for w, _, _ in content]
    parts = zip(content, salient, passages, strict=True)
    tokens = [ContentWord(word.stem, word.weight, is_salient, passage) for (word, *_), is_salient, passage in parts]
    facts = _facts([(w.stem, at) for (w, at, _), is_salient in zip(content, salient, strict=True) if is_salient])
    packed = b"".join(number.to_bytes(8, "little") for number in hashes)
    digest = hashlib.blake2b(packed, digest_size=16).digest()
    return ArticleFeatures(hashes, tokens, _distinct(content), _grams(hashes), weights, facts, set(stems), digest)


def _distinct(content: list[tuple[Word, int, bool]]) -> dict[int, Distinct]:
    places: dict[int, list[int]] = {}
    for place, (word, _, _) in enumerate(content):
        places.setdefault(word.stem, []).append(place)
    words = {}
    for stem, own in sorted(places.items()):
        first = content[own[0]][0]
        kind = FIGURE if first.kind & NUMBER else NAME if any(content[place][2] for place in own) else LOWER
        factor = float32(1.0 + float32(math.log(len(own))))
        words[stem] = Distinct(float32(first.weight * factor), kind, first.zipf, own[0])
    return words


def _passages(content: list[tuple[Word, int, bool]]) -> tuple[list[int], list[float]]:
    """Return the passage of each content word, and the weight of each passage."""
    length = max(_SHORT_PASSAGE, -(-len(content) // _MOST_PASSAGES))
    passages, weights, last = [], [0.0] if content else [], 0
    for place, (word, sentence, _) in enumerate(content):
        if place and sentence != content[place - 1][1]:
            if place // length != last:
                weights.append(0.0)
            last = place // length
        passages.append(len(weights) - 1)
        weights[-1] += word.weight
    return passages, weights


def _facts(salient: list[tuple[int, int]]) -> set[int]:
    """Return the keys of pairs of salient words of one sentence, which are close together."""
    return {
        pair_key(stem, other)
        for at, (stem, sentence) in enumerate(salient)
        for other, same in salient[at + 1 : at + 1 + _FACT_STEPS]
        if same == sentence and other != stem
    }


def pair_key(a: int, b: int) -> int:
    """Return the key of two words, the same in either order."""
    mixed = ((a + b) * _MIX_1 + (a ^ b) * _MIX_2) & _LOW_64
    return ((mixed ^ mixed >> 29) * _MIX_2 & _LOW_64) >> 32


def _grams(hashes: list[int]) -> dict[int, int]:
    """Return the phrases of three words; texts of one or two words are padded, so that they too have one."""
    padded = hashes + [0] * (3 - len(hashes)) if hashes else []
    grams: dict[int, int] = {}
    for place, words in enumerate(zip(padded, padded[1:], padded[2:], strict=False)):
        grams.setdefault(_gram_key(*words), place)
    return dict(sorted(grams.items()))


def _gram_key(a: int, b: int, c: int) -> int:
    mixed = a * _MIX_1 & _LOW_64
    mixed = (mixed ^ mixed >> 29) * _MIX_3 + b * _MIX_2 & _LOW_64
    mixed = (mixed ^ mixed >> 29) * _MIX_3 + c * _MIX_3 & _LOW_64
    return ((mixed ^ mixed >> 32) * _MIX_2 & _LOW_64) >> 32
