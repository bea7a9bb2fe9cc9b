"""What the verdict says of edits of each kind, of templates, of scraps, and how it says it."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks import edits
from tests.unit.match.reports import REPORTS
from worker.article import Relation
from worker.features import Features, features
from worker.match import (
    Verdict,
    combine_witnesses,
    evidence,
    evidence_of,
    may_merge,
    may_stay_in_cluster,
    reason,
    reasons,
    verdict,
    verdicts,
)
from worker.match.forest import FEATURE_NAMES, contributions, feature_matrix
from worker.match.verdict import SAME_STORY_MIN

REPORT, OTHER = REPORTS["en"].report, REPORTS["en"].other
#: A longer text for edits that cut: the report and more of it.
LONG = (
    f"{REPORT} "
    "The barge, the Merry Widow, had left the quarry at Stonnal before dawn with a full load. Its pump failed "
    "off Gannet Head, Thornbury said, and within ten minutes the deck was under water. A trawler from Crale "
    "took the tow line but had to cut it. Insurers put the damage at 1.4 million crowns. Environmental "
    "officers found no oil on the beaches, though they will test the mussel beds every day until the end of "
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
    """An edit's relation to the original has its name, and the original's to the edit the opposite one."""
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
    found = judged(rewrite, REPORT)
    assert found.same
    assert found.relation is Relation.REWRITE


def test_the_same_words_are_exact() -> None:
    """Layout, case and punctuation make no difference."""
    found = judged(REPORT.upper().replace(". ", "\n\n"), REPORT)
    assert (found.same, found.relation, found.similarity) == (True, Relation.EXACT, 1.0)


def test_a_scrap_proves_nothing() -> None:
    """A few words that stand in a long text are not a copy of it; the same headline is."""
    assert not judged("What will Thornbury say?", LONG).same
    assert judged("Barge sinks off Velmouth, crew safe", "Barge sinks off Velmouth: crew safe!").same


@pytest.mark.parametrize("text", ["", "the of", "???"])
def test_texts_without_words_are_never_the_same(text: str) -> None:
    """Nothing is not a copy of anything, not even of nothing with words in it."""
    assert not judged(text, LONG).same
    assert not judged("", "???").same


def test_the_reason_names_evidence_and_threshold() -> None:
    """An editor reads what decided, in numbers, and how much was needed."""
    same, other = judged(edits.retouched(LONG, "", random.Random(1)), LONG), judged(OTHER, LONG)
    assert reason(same).startswith("Same story (")
    assert f"needed {SAME_STORY_MIN:.0%}" in reason(same)
    assert reason(other).startswith("Another story")


def test_every_question_is_answered() -> None:
    """Each column of the forest is told of, even of two empty texts."""
    assert feature_matrix([evidence(of(""), of(""))]).shape == (1, len(FEATURE_NAMES))
    assert contributions([evidence(of(""), of(""))])[0].keys() == set(FEATURE_NAMES)


@given(st.text(max_size=120), st.text(max_size=120))
@settings(max_examples=100, deadline=None)
def test_evidence_is_in_range_and_symmetric(a: str, b: str) -> None:
    """Shares are 0 to 1 or NaN, and the other way round gives the same numbers with the ways exchanged."""
    there, back = evidence(of(a), of(b)), evidence(of(b), of(a))
    for name, value in there._asdict().items():
        if isinstance(value, float) and name not in ("passage", "plain_weight", "rarity", "ordered"):
            assert value != value or 0 <= value <= 1, name
    # no share: a correlation of -1 to 1 in standard errors, the root of the number of shared words less one
    assert math.isnan(there.ordered) or abs(there.ordered) <= math.sqrt(there.shorter)
    assert there.ordered == pytest.approx(back.ordered, nan_ok=True)
    assert (there.grams_in_a, there.words_in_a) == (back.grams_in_b, back.words_in_b)
    assert there.grams_jaccard == back.grams_jaccard
    assert there.cosine == pytest.approx(back.cosine)


def witness(similarity: float) -> Verdict:
    """Return a verdict that does not decide alone."""
    return Verdict(False, True, Relation.REWRITE, similarity, evidence(of(REPORT), of(OTHER)), similarity)


def test_two_unlike_copies_decide_together() -> None:
    """Two witnesses join an article that neither joins alone; two prints of one text are one witness."""
    unlike = evidence(of(REPORT), of(OTHER))
    found = combine_witnesses([witness(0.3), witness(0.25)], lambda i, j: unlike)
    assert found is not None
    assert found.same
    assert "2 different copies" in reason(found)
    assert combine_witnesses([witness(0.3), witness(0.25)], lambda i, j: unlike._replace(exact=True)) is None
    assert combine_witnesses([witness(0.3)], lambda i, j: unlike) is None
    assert combine_witnesses([], lambda i, j: unlike) is None


def test_weak_witnesses_do_not_add_up() -> None:
    """Two faint likenesses stay faint."""
    unlike = evidence(of(REPORT), of(OTHER))
    assert combine_witnesses([witness(0.07), witness(0.08)], lambda i, j: unlike) is None


def test_the_floor_is_under_the_verdict() -> None:
    """What is the same story stands the floor, what shares nothing does not."""
    assert may_stay_in_cluster(verdict(evidence(of(LONG), of(edits.half(LONG, "", random.Random(1))))))
    assert not may_stay_in_cluster(verdict(evidence(of(LONG), of(REPORTS["fr"].report))))


def test_a_piece_that_two_stories_hold_does_not_merge_them() -> None:
    """The frame of a page stands in both stories; a whole copy of one of them may bridge, a piece may not."""
    frame = of(REPORTS["en"].other)
    one, two = of(f"{LONG} {OTHER}"), of(f"{OTHER} {REPORTS['fr'].report} {REPORTS['it'].report}")
    assert not may_merge(*_triangle(frame, one, two), grown=False)
    whole = of(LONG)
    half, rest = of(LONG[: len(LONG) * 6 // 10]), of(LONG[len(LONG) * 3 // 10 :])
    assert may_merge(*_triangle(whole, half, rest), grown=False)


def test_stories_of_several_texts_need_more_to_be_merged_than_lone_articles() -> None:
    """Canonical texts that barely stand the floor merge a lone article with a story, not two grown stories."""
    to_one, to_other, canonicals = witness(0.9), witness(0.4), witness(0.1)
    assert may_merge(to_one, to_other, canonicals, grown=False)
    assert not may_merge(to_one, to_other, canonicals, grown=True)
    assert may_merge(to_one, to_other, replace(canonicals, similarity=0.3), grown=True)


def test_titles_speak_for_short_items() -> None:
    """Of two short items that share some of their words the same title makes one story likelier."""
    found = evidence(of("Barge sinks off Velmouth, all five safe"), of("Barge sinks near Velmouth, crew of five saved"))
    same, other = (verdict(found._replace(title=title)).similarity for title in (1.0, 0.0))
    assert same > other


def _triangle(between: Features, one: Features, two: Features) -> list[Verdict]:
    return verdicts(list(evidence_of([(between, one), (between, two), (one, two)], [None] * 3)))


def test_pairs_of_a_batch_are_judged_as_alone() -> None:
    """What a pair is compared with beside it changes nothing, whatever is empty or short."""
    texts = [
        "",
        "The barge.",
        LONG,
        OTHER,
        REPORT,
        *(edit(LONG, OTHER, random.Random(3)) for edit, _ in edits.KINDS.values()),
    ]
    pairs = [(of(a), of(b)) for a in texts for b in texts]
    together = list(evidence_of(pairs, [None] * len(pairs)))
    alone = [evidence(a, b) for a, b in pairs]
    assert [repr(one) for one in together] == [repr(one) for one in alone]  # NaN is not itself, but reads the same
    assert verdicts(together) == [verdict(one) for one in alone]


def test_what_a_verdict_needs_gives_the_same_verdict() -> None:
    """Of hopeless pairs only the shared phrases and words are told; every verdict and its reason stay the same."""
    articles = [of(text) for language in ("en", "es") for text in REPORTS[language]] + [of("The barge."), of("")]
    pairs = [(a, b) for a in articles for b in articles]
    whole = list(evidence_of(pairs, [7] * len(pairs)))
    needed = list(evidence_of(pairs, [7] * len(pairs), whole=False))
    spared = [one for one in needed if math.isnan(one.retold_in_a)]
    assert 0 < len(spared) < len(pairs)
    assert all(one.distance == 7 and one.words_in_a < 0.15 for one in spared)
    assert reasons(verdicts(needed)) == reasons(verdicts(whole)) == [reason(one) for one in verdicts(whole)]
    assert verdicts(needed) == verdicts(whole)
    assert list(evidence_of([], [], whole=False)) == []


def test_a_likely_copy_without_the_names_is_no_witness() -> None:
    """What is a little likely counts beside others only with more than half of the names, or without any."""
    found = evidence(of(LONG), of(REPORT))
    for names, counts in ((1.0, True), (0.51, True), (0.5, False), (0.4, False), (math.nan, True)):
        assert verdict(found._replace(names=names)).likely == counts
