"""Verdicts on edits of each kind, on templates and on scraps, and their reasons."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks import edits
from tests.unit.match.reports import REPORTS
from worker.article import Relation
from worker.features import Features, features
from worker.match import (
    Verdict,
    compare_alone,
    evidence,
    reason,
    reasons,
    verdict,
    verdicts,
)
from worker.match.forest import FEATURE_NAMES, contributions, feature_matrix
from worker.match.judgement import JUDGEMENTS

REPORT, OTHER = REPORTS["en"].report, REPORTS["en"].other
#: A longer text for edits that cut: the report and more of it.
LONG = (
    f"{REPORT} "
    "The barge, the Merry Widow, had left the quarry at Stonnal before dawn with a full load. Its pump failed "
    "off Gannet Head, Thornbury said, and within ten minutes the deck was under water. A trawler from Crale "
    "took the tow line but had to cut it. Insurers put the damage at 1.4 million crowns. Environmental "
    "officers numbers no oil on the beaches, though they will test the mussel beds every day until the end of "
    "June. The harbour last closed in 1987, when ice broke the sea wall and two ferries were driven ashore."
)


def judged(a: str, b: str) -> Verdict:
    """Return the verdict on two English texts."""
    return verdict(evidence(of(a), of(b)))


def of(text: str) -> Features:
    """Return the features of an English text."""
    return features(text, None, "en")


@pytest.mark.parametrize("kind", edits.KINDS)
def test_edits_are_judged_as_what_they_are(kind: str) -> None:
    """Cuts, additions, retouching and scanner noise are copies; other facts in one frame and a quotation are not."""
    edit, same = edits.KINDS[kind]
    assert judged(LONG, edit(LONG, OTHER, random.Random(3))).same is same


@pytest.mark.parametrize(
    ("kind", "relation", "other_way"),
    [
        ("half", Relation.ABRIDGED, Relation.EXTENDED),
        ("third", Relation.ABRIDGED, Relation.EXTENDED),
        ("retouched", Relation.NEAR, Relation.NEAR),
        ("extended", Relation.EXTENDED, Relation.ABRIDGED),
    ],
)
def test_relations_of_edits(kind: str, relation: Relation, other_way: Relation) -> None:
    """An edit has the expected relation to the original, and the original has the inverse relation to the edit."""
    edited = edits.KINDS[kind][0](LONG, OTHER, random.Random(3))
    assert judged(edited, LONG).relation is relation
    assert judged(LONG, edited).relation is other_way


def test_a_free_rewrite_is_a_rewrite() -> None:
    """The same facts in other sentences are a rewrite, and the same story."""
    rewrite = (
        "Captain Ada Thornbury and four crew were rescued within an hour when their barge, loaded with 900 tonnes of "
        "gravel, went down near the lighthouse at Velmouth on Tuesday, closing the harbour. According to the "
        "coastguard divers are due to inspect the wreck on Friday, after which two cranes from Port Lassing will "
        "lift it. Until further notice fishing boats must use Crale pier, a detour that mayor Owen Braddick has "
        "promised to pay for."
    )
    result = judged(rewrite, REPORT)
    assert result.same
    assert result.relation is Relation.REWRITE


def test_the_same_words_are_exact() -> None:
    """Layout, case and punctuation make no difference."""
    result = judged(REPORT.upper().replace(". ", "\n\n"), REPORT)
    assert (result.same, result.relation, result.similarity) == (True, Relation.EXACT, 1.0)


def test_a_scrap_proves_nothing() -> None:
    """A few words that are part of a long text are not a copy of it; the same headline is."""
    assert not judged("What will Thornbury say?", LONG).same
    assert judged("Barge sinks off Velmouth, crew safe", "Barge sinks off Velmouth: crew safe!").same


@pytest.mark.parametrize("text", ["", "the of", "???"])
def test_texts_without_words_are_never_the_same(text: str) -> None:
    """A text without words is not a copy of any text, not even of another text without words."""
    assert not judged(text, LONG).same
    assert not judged("", "???").same


def test_every_column_has_a_contribution() -> None:
    """Every column of the forest has a contribution, even for two empty texts."""
    assert feature_matrix([evidence(of(""), of(""))]).shape == (1, len(FEATURE_NAMES))
    assert contributions([evidence(of(""), of(""))]).shape == (1, len(FEATURE_NAMES))


@given(st.text(max_size=120), st.text(max_size=120))
@settings(max_examples=100)
def test_evidence_is_in_range_and_symmetric(a: str, b: str) -> None:
    """Shares are 0 to 1 or NaN, and exchanging the articles exchanges their numbers."""
    there, back = evidence(of(a), of(b)), evidence(of(b), of(a))
    for name, value in there._asdict().items():
        counts = ("passage", "plain_weight", "rarity", "ordered", "keys_rare", "keys_rarity")
        if isinstance(value, float) and name not in counts:
            assert value != value or 0 <= value <= 1, name
    # not a share: a correlation of -1 to 1 in standard errors, the root of the number of shared words less one
    assert math.isnan(there.ordered) or abs(there.ordered) <= math.sqrt(there.shorter)
    assert there.ordered == pytest.approx(back.ordered, nan_ok=True)
    assert (there.grams_in_a, there.words_in_a) == (back.grams_in_b, back.words_in_b)
    assert there.grams_jaccard == back.grams_jaccard
    assert there.cosine == pytest.approx(back.cosine)


def test_titles_count_for_short_items() -> None:
    """For two short items that share some words, the same title makes one story more likely."""
    pair = evidence(of("Barge sinks off Velmouth, all five safe"), of("Barge sinks near Velmouth, crew of five saved"))
    same, other = (verdict(pair._replace(title=title)).similarity for title in (1.0, 0.0))
    assert same > other


def test_pairs_of_a_batch_are_judged_as_alone() -> None:
    """The other pairs of a batch change nothing, even if a text is empty or short."""
    texts = [
        "",
        "The barge.",
        LONG,
        OTHER,
        REPORT,
        *(edit(LONG, OTHER, random.Random(3)) for edit, _ in edits.KINDS.values()),
    ]
    pairs = [(of(a), of(b)) for a in texts for b in texts]
    together = compare_alone(pairs, [None] * len(pairs))
    alone = [evidence(a, b) for a, b in pairs]
    assert [repr(e) for e in together] == [repr(e) for e in alone]  # NaN is not equal to itself, but its repr is
    assert verdicts(together) == [verdict(e) for e in alone]


def test_what_a_verdict_needs_gives_the_same_verdict() -> None:
    """Hopeless pairs have only shares of phrases and words; verdicts and reasons are the same as with all numbers."""
    articles = [of(text) for language in ("en", "es") for text in REPORTS[language]] + [of("The barge."), of("")]
    pairs = [(a, b) for a in articles for b in articles]
    whole = compare_alone(pairs, [7] * len(pairs))
    needed = compare_alone(pairs, [7] * len(pairs), whole=False)
    hopeless = [e for e in needed if math.isnan(e.retold_in_a)]
    assert 0 < len(hopeless) < len(pairs)
    assert all(e.distance == 7 and e.words_in_a < 0.15 for e in hopeless)
    assert reasons(verdicts(needed)) == reasons(verdicts(whole)) == [reason(v) for v in verdicts(whole)]
    assert verdicts(needed) == verdicts(whole)
    assert compare_alone([], [], whole=False) == []


@pytest.mark.parametrize("name", JUDGEMENTS)
def test_a_judgement_sets_what_is_needed(name: str) -> None:
    """The setting changes which probability is enough, and neither the probability nor the relation."""
    pairs = [evidence(of(a), of(b)) for a in REPORTS["en"] for b in REPORTS["en"]]
    for balanced, judged in zip(verdicts(pairs), verdicts(pairs, JUDGEMENTS[name]), strict=True):
        assert (judged.similarity, judged.relation) == (balanced.similarity, balanced.relation)
        assert judged.same == (judged.similarity >= JUDGEMENTS[name].same_story)


def test_strict_needs_more_and_broad_less() -> None:
    """What is one story by a stricter judgement is one by a broader one."""
    assert list(JUDGEMENTS) == ["strict", "balanced", "broad"]
    for stricter, broader in pairwise(JUDGEMENTS.values()):
        assert stricter.same_story > broader.same_story
        assert stricter.agreement > broader.agreement
