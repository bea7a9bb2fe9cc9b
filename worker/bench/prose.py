"""Generate news-like prose without meaning: real word frequencies, invented names, stock phrases.

No text is copied: word frequencies come from wordfreq, names from syllables. Each article has its own subject (names
and rare words that recur), so that copies share what copies of a dispatch share.
"""

import random
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import wordfreq

#: Language -> share of the articles.
LANGUAGES = {"en": 0.6, "de": 0.15, "es": 0.15, "fr": 0.1}
#: Mean size of an article, as the performance goals assume.
BYTES = 3_000
#: Words per language; all others are rarer than one in a million.
_WORDS = 20_000
#: Fixed phrases that all articles share (offices, places, idioms), and the probability that a phrase comes next.
_PHRASES = 4_000
_PHRASE_SHARE = 0.04
#: Probability that a word of the article's own subject comes next.
_SUBJECT_SHARE = 0.09
#: Invented names that all articles share, the first ones most often; each article also has one new name.
_NAMES = 20_000
_ONSETS = "b br d dr f fl g gr h j k kl l m n p pr r s sk st t tr v w z".split()
_VOWELS = "a e i o u ai ei ou".split()
_CODAS = ["", "n", "r", "l", "s", "nd", "rt", "m", "sk", "th"]


@dataclass(slots=True)
class GeneratedArticle:
    """An article before it is written to a file: a headline, and paragraphs of sentences."""

    language: str
    title: str
    paragraphs: list[list[str]]
    names: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """All sentences in order."""
        return [sentence for paragraph in self.paragraphs for sentence in paragraph]

    def text(self) -> str:
        """Return the article as an agency would deliver it."""
        return self.title + "\n\n" + "\n\n".join(" ".join(sentences) for sentences in self.paragraphs) + "\n"


@cache
def _vocabulary(language: str) -> tuple[list[str], np.ndarray]:
    words = wordfreq.top_n_list(language, _WORDS, wordlist="small")
    shares = np.array([wordfreq.word_frequency(word, language, wordlist="small") for word in words])
    return words, np.cumsum(shares / shares.sum())


class Writer:
    """Writes articles in one language; the same seed gives the same articles."""

    def __init__(self, language: str, seed: int) -> None:
        self.language = language
        self._random = random.Random(f"{language} {seed}")  # noqa: S311  nothing secret
        self._numpy = np.random.default_rng(self._random.getrandbits(64))
        self._words, self._shares = _vocabulary(language)
        self._drawn: list[str] = []
        everywhere = random.Random(language)  # noqa: S311  the same names for every seed
        self._names = [self._name(everywhere) for _ in range(_NAMES)]
        stock = np.random.default_rng(len(self._words))  # the same phrases for every seed
        rare = stock.integers(300, len(self._words), size=(_PHRASES, 3))
        self._phrases = [" ".join(self._words[i] for i in row[: 2 + row[0] % 2]) for row in rare.tolist()]

    def article(self) -> GeneratedArticle:
        """Return a new article."""
        known = [self._names[int(_NAMES * self._random.random() ** 3)] for _ in range(self._random.randint(3, 8))]
        names = [self._name(self._random), *known]
        subject = names * 2 + [self._rare() for _ in range(12)]
        paragraphs: list[list[str]] = []
        size = 0
        while size < BYTES * self._random.uniform(0.85, 1.15):
            paragraph = [self._sentence(subject) for _ in range(self._random.randint(2, 4))]
            size += sum(len(sentence) + 1 for sentence in paragraph)
            paragraphs.append(paragraph)
        title = self._sentence(subject)[:70].rpartition(" ")[0]
        return GeneratedArticle(self.language, title, paragraphs, names)

    def word(self) -> str:
        """Return a word as frequent as in real texts."""
        if not self._drawn:
            places = np.searchsorted(self._shares, self._numpy.random(50_000))
            self._drawn = [self._words[i] for i in places.tolist()]
        return self._drawn.pop()

    def _rare(self) -> str:
        return self._words[self._random.randrange(2_000, len(self._words))]

    @staticmethod
    def _name(chance: random.Random) -> str:
        choose = chance.choice
        return "".join(choose(_ONSETS) + choose(_VOWELS) + choose(_CODAS) for _ in range(2)).capitalize()

    def _sentence(self, subject: list[str]) -> str:
        chance = self._random.random
        words = []
        for _ in range(self._random.randint(9, 24)):
            at = chance()
            if at < _SUBJECT_SHARE:
                words.append(self._random.choice(subject))
            elif at < _SUBJECT_SHARE + _PHRASE_SHARE:
                words.append(self._phrases[int(len(self._phrases) * chance() ** 3)])
            elif at > 0.985:
                words.append(str(self._random.randint(2, 4_000)))
            else:
                words.append(self.word())
        sentence = " ".join(words)
        return sentence[0].upper() + sentence[1:] + "."
