"""Reasons are plain sentences that are true to the evidence and to what decided."""

import math
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks import edits
from tests.unit.match.dispatches import ABRIDGED, DISPATCH, FOLLOW_UPS, OTHER_RESULTS, RESULTS, REWRITE
from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.match import EXACT_REASON, Evidence, KeyNumbers, evidence, reason, reasons, verdict
from worker.match.clauses import DIFFERENCES, LIKENESSES
from worker.match.evidence import COLUMNS, Topic
from worker.match.forest import contributions
from worker.match.reasons import MOST_CHARACTERS
from worker.match.verdict import Verdict

#: Words that an editor should not need; also what is left of a template.
JARGON = re.compile(r"weight|standard error|idf|containment|jaccard|cosine|log-odds|nan|\d %|[{}|]")


#: The article ``a`` is the shorter of the two.
SHORTER = {"grams_in_a": 0.3, "grams_in_b": 0.6, "words_in_a": 0.3, "words_in_b": 0.6, "length_ratio": 0.5}


def compared(a: str, b: str, titles: tuple[str | None, str | None] = (None, None)) -> Evidence:
    """Return the evidence on two English texts."""
    return evidence(features(a, titles[0], "en"), features(b, titles[1], "en"))


def explained(a: str, b: str, titles: tuple[str | None, str | None] = (None, None)) -> str:
    """Return the reason of the verdict on two English texts."""
    return reason(verdict(compared(a, b, titles)))


def test_exact_copies_are_said_to_be_the_same() -> None:
    """An exact copy has the one reason of all exact copies, also without a verdict."""
    assert explained(DISPATCH, DISPATCH.upper()) == EXACT_REASON
    assert EXACT_REASON == "Same story: both have the same words in the same order."


def test_an_abridged_text_is_contained() -> None:
    """Nothing of the shorter text is missing from the longer one, whichever is the first."""
    for pair in ((ABRIDGED, DISPATCH), (DISPATCH, ABRIDGED)):
        assert explained(*pair).startswith("Same story: all of the shorter text is word for word in the longer one")


def test_a_rewrite_has_the_same_words_and_order() -> None:
    """A rewrite is explained by what it keeps, not by phrases."""
    why = explained(REWRITE, DISPATCH)
    assert why.startswith("Same story: ")
    assert "in the same order" in why
    assert "word for word" not in why


def test_misread_words_leave_the_order() -> None:
    """In a bad scan figures differ, which speaks against it, and what is left is in order."""
    why = explained(edits.misread(DISPATCH, "", random.Random(1)), DISPATCH)
    assert why.startswith("Same story: ")
    assert "order" in why
    assert "However, most figures are in only one of the texts." in why


def test_a_template_differs_in_names_and_figures() -> None:
    """The results of another company in the same frame are the same kind of report, no copy of it."""
    why = explained(RESULTS, OTHER_RESULTS)
    assert why.startswith("Not a copy, but the same kind of report: they have no names or figures in common")
    assert why.endswith("However, what they share is in the same order.")


def test_a_frame_is_called_a_frame() -> None:
    """Where many stories of the archive have the shared phrases, the reason says so."""
    frame = KeyNumbers(0.4, 0.4, keys_unique=0.0, keys_rare=0.0, keys_frequent=1.0, keys_rarity=1.5)
    pair = compared(RESULTS, OTHER_RESULTS)._replace(**frame._asdict())
    assert "most phrases that they share are in many other stories too" in reason(verdict(pair))


def test_a_follow_up_has_new_text_and_the_same_background() -> None:
    """Two reports with the same background paragraph differ in the rest."""
    why = explained(*FOLLOW_UPS)
    assert why.startswith("Not a copy, but another report of the same event or matter: ")
    assert "long parts of each text are not in the other" in why
    assert "However, " in why


def test_unrelated_texts_share_nothing() -> None:
    """Where the model is not needed, the reason is that next to nothing is shared."""
    assert explained(DISPATCH, FOLLOW_UPS[0]) == "Not a copy: they have few words in common."
    assert explained(DISPATCH, RESULTS) == "Not a copy: they have few words in common."


@pytest.mark.parametrize("scrap", ["What will Tansley say?", "", "???"])
def test_a_scrap_is_too_short(scrap: str) -> None:
    """A scrap is no copy for its length."""
    assert explained(scrap, DISPATCH).startswith("Not a copy: one text has hardly any words")


def test_headlines_alone_are_short() -> None:
    """Of two headlines the reason says that they are too short to prove much, whatever the answer is."""
    closes = "Castellan Metals closes foundry at Harrowgate Mill, 340 jobs lost, union calls decision a betrayal"
    retold = "Castellan Metals: foundry at Harrowgate Mill to close, 340 jobs to go, union speaks of betrayal"
    other = "Castellan Metals buys foundry at Brenning, 120 new jobs, union calls the decision a gift"
    for headline, answer in ((retold, "Same story: "), (other, "Not a copy")):
        why = explained(closes, headline)
        assert why.startswith(answer)
        assert "too short to prove much" in why


def test_different_headlines_speak_against_it() -> None:
    """A headline that differs is mentioned where the texts have one, and not where they have none."""
    titles = ("Vellmar Shipping earns more", "Tolbrook Dairies loses ground")
    assert "headlines" in explained(RESULTS, OTHER_RESULTS, titles)
    assert "headlines" not in explained(RESULTS, OTHER_RESULTS)


def test_a_refused_match_begins_with_its_own_answer() -> None:
    """Where the copies of a story outvote the pair that is alike, the reason says what is alike after that."""
    scans = (edits.misread(DISPATCH, "", random.Random(seed)) for seed in range(20))
    scan = next(text for text in scans if "However" in explained(text, DISPATCH))
    for text, alike in ((scan, ""), (DISPATCH, "both have the same words")):
        match = verdict(compared(text, DISPATCH))
        match.before = "Not in that story: its copies are different, though one is alike: "
        assert reason(match).startswith(match.before + alike)
        assert "However" not in reason(match)


@pytest.mark.parametrize(
    ("topic", "likeness", "numbers", "clause"),
    [
        (Topic.NAMES, True, {"names": 1.0, "names_jaccard": 1.0, "facts": 0.7}, "|all names| are the same"),
        (
            *(Topic.NAMES, True, {"names": 1.0, "names_jaccard": 0.5, "facts": 0.7}),
            "|all names| of one text are in the other too",
        ),
        (
            *(Topic.NAMES, True, {"names": 1.0, "names_jaccard": 0.5, "facts": 0.7, "length_ratio": 0.5}),
            "|all names| of the shorter text are in the longer one too",
        ),
        (
            *(Topic.NAMES, True, {"names": 1.0, "names_jaccard": 1.0, "facts": 0.5}),
            "|most names| are in both",
        ),
        (Topic.NAMES, True, {"names": 0.4, "names_jaccard": 0.3}, None),
        (
            Topic.NAMES,
            False,
            {"names": 0.5, "names_jaccard": 0.4},
            "|about half of the names| are in only one of the texts",
        ),
        (Topic.NAMES, False, {"names": 0.2, "names_jaccard": 0.1}, "they have |few names| in common"),
        (Topic.NAMES, False, {"names": 0.0, "names_jaccard": 0.0}, "they have |no names| in common"),
        (
            *(Topic.NAMES, False, {"names": 1.0, "names_jaccard": 0.2}),
            "|many names| are in only one of the texts",
        ),
        (Topic.FIGURES, False, {"numbers": math.nan, "numbers_jaccard": 0.0}, None),
        (Topic.FIGURES, False, {"numbers": 0.3, "numbers_jaccard": 0.1}, "|most figures| are in only one of the texts"),
        (Topic.ORDER, True, {"order": 0.99, "retold_order": 0.7}, None),
        (Topic.ORDER, True, {"order": 0.99, "retold_order": math.nan}, "what they share is in the same order"),
        (
            *(Topic.ORDER, True, {"order": 0.99, "retold_order": 1.0, "grams_in_a": 0.1, "grams_in_b": 0.1}),
            "the words that they share are in the same order",
        ),
        (Topic.ORDER, False, {"order": 0.1, "retold_order": 0.3}, "much of what they share is in another order"),
        (Topic.ORDER, False, {"order": 0.1, "retold_order": 0.3, "grams_in_a": 0.1, "grams_in_b": 0.1}, None),
        (Topic.ORDER, False, {"order": 0.1, "retold_order": math.nan}, None),
        (Topic.ORDER, False, {"order": math.nan, "retold_order": math.nan}, None),
        (Topic.TITLE, True, {"title": 1.0}, "the headlines agree"),
        (Topic.TITLE, False, {"title": math.nan}, None),
        (Topic.WORDING, False, {"grams_in_a": 0.0, "grams_in_b": 0.0}, "no three words in a row are the same"),
        (
            *(Topic.PASSAGES, False, {"untold_in_a": 1.0, "untold_in_b": 1.0}),
            "no passage of one text is similar to one of the other",
        ),
        (
            *(Topic.PASSAGES, True, SHORTER | {"untold_in_a": 0.0, "untold_in_b": 0.5, "retold_in_b": 0.8}),
            "every passage of the shorter text is similar to one of the longer one",
        ),
        (
            *(Topic.PASSAGES, True, SHORTER | {"untold_in_a": 0.0, "untold_in_b": 0.5, "retold_in_b": 0.3}),
            None,
        ),
        (
            *(Topic.WORDING, False, SHORTER | {"new_in_b": 0.5, "untold_in_b": 0.5}),
            "long parts of the longer text are not in the shorter one",
        ),
        (
            *(Topic.WORDING, True, SHORTER),
            "most of the shorter text is word for word in the longer one",
        ),
        (
            *(Topic.PASSAGES, False, SHORTER | {"untold_in_a": 0.0, "untold_in_b": 0.6}),
            "most of the longer text is not in the shorter one",
        ),
        (
            *(Topic.FACTS, True, {"facts": 0.8, "names": 0.5, "numbers": 0.0}),
            "the same names are mentioned together in both",
        ),
        (
            *(Topic.FACTS, True, {"facts": 0.5, "names": 0.5, "numbers": 0.5}),
            "some of the same names and figures are mentioned together in both",
        ),
        (
            *(Topic.FACTS, False, {"facts": 0.0, "names": 0.6}),
            "around the names that they share, the other names and figures differ",
        ),
        (Topic.FACTS, False, {"facts": 0.0, "names": 0.5}, None),
        (Topic.FACTS, False, {"facts": 0.0, "names": math.nan}, None),
        (Topic.LENGTH, False, {"shorter": 12}, "both texts are too short to prove much"),
        (Topic.LENGTH, False, {"shorter": 12, "length_ratio": 0.5}, "the shorter text is too short to prove much"),
        (Topic.LENGTH, False, {"shorter": 90, "length_ratio": 0.2}, "one text is much longer than the other"),
    ],
)
def test_clauses_say_what_the_numbers_show(
    topic: Topic, likeness: bool, numbers: dict[str, Any], clause: str | None
) -> None:
    """Each clause follows from its numbers; numbers without anything to compare have none."""
    pair = compared(RESULTS, OTHER_RESULTS)._replace(grams_in_a=0.3, grams_in_b=0.3, length_ratio=1.0)
    assert (LIKENESSES if likeness else DIFFERENCES)[topic](pair._replace(**numbers)) == clause


def test_phrases_are_unique_only_in_an_archive() -> None:
    """In an empty archive every phrase is unique, so that nothing is said; among other stories it is said."""
    alone = compared(ABRIDGED, DISPATCH)
    assert alone.keys_unique == 1.0
    for pair in (alone, compared(DISPATCH + REWRITE, REWRITE + DISPATCH)):  # many keys: rounding adds up
        assert LIKENESSES[Topic.ARCHIVE](pair) is None
    among_others = alone._replace(keys_rarity=alone.keys_rarity * 2)
    assert LIKENESSES[Topic.ARCHIVE](among_others) == "hardly any other story has the phrases that they share"


def test_what_moved_the_model_most_is_mentioned() -> None:
    """The first clause is about the topic that moved the model most, among those with something to say."""
    pair = compared(FOLLOW_UPS[1], FOLLOW_UPS[0])
    by_topic = dict.fromkeys(Topic, 0.0)
    for column, step in zip(COLUMNS.values(), contributions([pair])[0].tolist(), strict=True):
        by_topic[column.topic] += step
    said = {topic: clause for topic in by_topic if topic in DIFFERENCES and (clause := DIFFERENCES[topic](pair))}
    first = min(said, key=lambda topic: by_topic[topic])
    assert reason(verdict(pair)).partition(": ")[2].startswith(said[first].replace("|", ""))


def test_reasons_need_no_jargon() -> None:
    """Every pair of many texts has a reason that begins with the answer, is short and has no technical word."""
    texts = [*FOLLOW_UPS, RESULTS, OTHER_RESULTS, DISPATCH, REWRITE, "", "Foundry closes"]
    texts += [edit(DISPATCH, FOLLOW_UPS[0], random.Random(5)) for edit, _ in edits.KINDS.values()]
    texts += [text for language in ("en", "de", "es") for text in REPORTS[language]]
    judged = [verdict(compared(a, b)) for a in texts for b in texts]
    assert {match.same for match in judged} == {True, False}
    for match, why in zip(judged, reasons(judged), strict=True):
        assert_is_plain(match, why)


def assert_is_plain(match: Verdict, why: str) -> None:
    """Fail if a reason has not the form that readers rely on."""
    assert why.startswith("Same story: " if match.same else ("Not a copy: ", "Not a copy, but "))
    assert why.endswith(".")
    assert len(why) <= MOST_CHARACTERS
    assert not JARGON.search(why), why


_SHARE = st.floats(0, 1)
_FIELDS = {name: st.one_of(_SHARE, st.just(math.nan)) for name in Evidence._fields}


@given(st.fixed_dictionaries(_FIELDS | {"exact": st.booleans(), "shorter": st.integers(0, 900), "distance": st.none()}))
@settings(max_examples=300)
def test_any_numbers_have_a_reason(numbers: dict[str, Any]) -> None:
    """Whatever the numbers are, also if they are missing, the reason has its form."""
    match = verdict(Evidence(**numbers))
    assert_is_plain(match, reason(match))
