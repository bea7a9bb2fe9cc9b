"""The numbers that a verdict rests on: `Evidence` types them, `NUMBERS` explains each, `COLUMNS` is the model's input.

A number that is added to `Evidence`, in the kernel's order, needs its row in `NUMBERS`; everything else follows.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Evidence(NamedTuple):
    """What articles ``a`` and ``b`` have in common; see `NUMBERS` for the meaning of each field.

    Each is a share from 0 to 1 unless its row says otherwise; a share of nothing (no names at all) is NaN, not 0.
    "Words" are content words by stem, weighted by rarity (idf).
    """

    exact: bool
    grams_in_a: float  # phrases are 3 words long; containment (Broder, 1997)
    grams_in_b: float
    grams_jaccard: float  # resemblance (Broder)
    new_in_a: float  # in stretches of 20 words or more without a shared phrase
    new_in_b: float
    passage: float
    words_in_a: float
    words_in_b: float
    cosine: float
    beside: float
    plain_beside: float  # plain words: no names, no numbers
    plain_weight: float
    plain_jaccard: float
    names: float  # capitalised inside a sentence
    names_jaccard: float
    rare_names: float
    rarity: float
    numbers: float
    numbers_jaccard: float
    title: float  # NaN unless both have one
    lead: float  # the first 40 content words, the better way round
    order: float  # correlation of first positions, 0 to 1; NaN under 8 shared words
    ordered: float  # few words in order prove less than many; below 0: reversed
    retold_in_a: float  # the mean share of a passage's words that are in one passage of the other article
    retold_in_b: float
    untold_in_a: float
    untold_in_b: float
    opening: float  # one opening passage in the other's first three, the better way round
    retold_order: float  # of neighbouring passages with a counterpart; NaN under 4 counterparts
    facts: float
    facts_both: float
    shorter: int
    length_ratio: float
    keys_in_a: float = math.nan  # of the sketch, weighted by rarity in the archive; `worker.match.key_rarity`
    keys_in_b: float = math.nan
    keys_unique: float = math.nan
    keys_rare: float = math.nan
    keys_frequent: float = math.nan
    keys_rarity: float = math.nan
    distance: int | None = None  # None where it was not computed

    @property
    def whole(self) -> bool:
        """Whether every number was computed; of a hopeless pair perhaps only those that show that it is one."""
        return not math.isnan(self.new_in_a)


class Topic(StrEnum):
    """What a number is about: a reason mentions the topics whose numbers together moved the verdict most."""

    NAMES = "names"
    FIGURES = "figures"
    FACTS = "facts"
    PASSAGES = "passages"
    ORDER = "order"
    OPENING = "opening"
    WORDING = "wording"
    TITLE = "title"
    LENGTH = "length"
    ARCHIVE = "archive"


class Number(NamedTuple):
    """The wording of a number, where ``a`` is this article and ``b`` the other; ``is_count``: it is not a share.

    ``label`` and ``meaning`` are for pages and tables. The model's inputs are the numbers with a ``topic``; of a pair
    ``x_in_a``, ``x_in_b`` the greater and the smaller, with the first's topic.
    """

    label: str
    meaning: str
    topic: Topic | None = None
    is_count: bool = False


#: In the order of pages and tables: the most important first.
# fmt: off
NUMBERS: Final[Mapping[str, Number]] = {
    "exact": Number("same words",
        "both have the same words in the same order; only layout, case or punctuation differ"),
    "grams_in_a": Number("the other's phrases, found here",
        "of the other article's three-word phrases are in this one", Topic.WORDING),
    "grams_in_b": Number("this one's phrases, found there",
        "of this article's three-word phrases are in the other one"),
    "grams_jaccard": Number("phrases in both", "of all three-word phrases of the two are in both", Topic.WORDING),
    "passage": Number("shared passages",
        "is the average number of phrases in an unbroken shared passage", Topic.WORDING, is_count=True),
    "new_in_a": Number("new in this one",
        "of this article's words are in long stretches without a shared phrase", Topic.WORDING),
    "new_in_b": Number("new in the other", "of the other's words are in long stretches without a shared phrase"),
    "words_in_a": Number("the other's words, found here",
        "of the other article's content words are in this one", Topic.WORDING),
    "words_in_b": Number("this one's words, found there", "of this article's content words are in the other one"),
    "cosine": Number("likeness of vocabulary",
        "alike in the content words and how often they are used (100 %: the same)", Topic.WORDING),
    "beside": Number("words next to the same words",
        "of the shorter article's words have the same neighbours in the other", Topic.WORDING),
    "plain_jaccard": Number("plain words in both", "of all plain words of the two are in both", Topic.WORDING),
    "plain_beside": Number("plain words in place",
        "of the shorter article's plain words have the same neighbours", Topic.WORDING),
    "plain_weight": Number("weight of these",
        "is the weight of the plain words in place (a page of news has about 500)", Topic.WORDING, is_count=True),
    "names": Number("names", "of the names in the article with fewer of them are in the other too", Topic.NAMES),
    "names_jaccard": Number("names in both", "of all names of the two are in both", Topic.NAMES),
    "rare_names": Number("rare names", "of the names, each weighted by its rarity, are in the other too", Topic.NAMES),
    "rarity": Number("rarity of shared names", "is the total rarity of the shared names", Topic.NAMES, is_count=True),
    "numbers": Number("numbers and dates",
        "of the numbers in the article with fewer of them are in the other too", Topic.FIGURES),
    "numbers_jaccard": Number("numbers in both", "of all numbers of the two are in both", Topic.FIGURES),
    "title": Number("headlines", "of the shorter headline's words are in the other headline", Topic.TITLE),
    "lead": Number("first paragraphs", "of one article's opening words are anywhere in the other", Topic.OPENING),
    "order": Number("order of words", "of the order of the shared words is the same", Topic.ORDER),
    "ordered": Number("certainty of the order",
        "is the number of standard errors between the order and chance", Topic.ORDER, is_count=True),
    "retold_in_a": Number("the other's passages, retold here",
        "of a passage of the other article is in one passage of this one", Topic.PASSAGES),
    "retold_in_b": Number("this one's passages, retold there",
        "of a passage of this article is in one passage of the other"),
    "untold_in_a": Number("only in this one",
        "of this article's words are in passages that the other does not have", Topic.PASSAGES),
    "untold_in_b": Number("only in the other",
        "of the other article's words are in passages that this one does not have"),
    "opening": Number("openings", "of one opening passage is in an opening passage of the other", Topic.OPENING),
    "retold_order": Number("order of passages", "of the passages are in the same order in both", Topic.ORDER),
    "facts": Number("facts", "of the names and numbers that share a sentence also share one in the other", Topic.FACTS),
    "facts_both": Number("facts in both", "of the same, in the article with more of them", Topic.FACTS),
    "shorter": Number("length", "content words are in the shorter article", Topic.LENGTH, is_count=True),
    "length_ratio": Number("length compared", "of the longer article's length is that of the shorter", Topic.LENGTH),
    "keys_in_a": Number("the other's key phrases, found here",
        "of the other article's key phrases, weighted by their rarity in the archive, are in this one", Topic.WORDING),
    "keys_in_b": Number("this one's key phrases, found there", "of this article's key phrases are in the other one"),
    "keys_unique": Number("unique to the two", "of the shared key phrases are in no other story", Topic.ARCHIVE),
    "keys_rare": Number("rare key phrases",
        "of the shared key phrases are in at most two other stories", Topic.ARCHIVE, is_count=True),
    "keys_frequent": Number("frequent key phrases",
        "of the shared key phrases are in more than eight other stories", Topic.ARCHIVE),
    "keys_rarity": Number("rarity of key phrases",
        "is the total rarity of the shared key phrases in the archive", Topic.ARCHIVE, is_count=True),
    "distance": Number("SimHash distance", "of 256 bits differ between the two fingerprints", is_count=True),
}
# fmt: on


class ModelColumn(NamedTuple):
    """An input of the model: one number of the evidence, or the better or the worse of a pair of them."""

    numbers: tuple[str, ...]
    topic: Topic
    worse: bool = False

    def number(self, e: Evidence) -> str:
        """Return the name of the number that is this column's value for ``e``."""
        pick = min if self.worse else max
        return pick(self.numbers, key=lambda name: float(getattr(e, name)))


def _columns() -> dict[str, ModelColumn]:
    columns = {}
    for name in Evidence._fields:
        topic = NUMBERS[name].topic
        if topic and name.endswith("_in_a"):
            pair = name.removesuffix("_in_a")
            numbers = (name, f"{pair}_in_b")
            columns[f"{pair}_most"] = ModelColumn(numbers, topic)
            columns[f"{pair}_least"] = ModelColumn(numbers, topic, worse=True)
        elif topic:
            columns[name] = ModelColumn((name,), topic)
    return columns


#: The model's inputs by name, in the order of `Evidence`.
COLUMNS: Final[Mapping[str, ModelColumn]] = _columns()
