"""What is scored, and which errors are shown, depends on what the labels of the corpus mean."""

from dataclasses import asdict

import pytest

from worker.evaluate import Corpus, LabelKind
from worker.evaluate.errors import worst_errors
from worker.evaluate.events import EventScore, RelatedScore, score_events, score_related
from worker.evaluate.joins_beyond_text import text_links
from worker.evaluate.result import EvaluationResult, score_clusters
from worker.match.judgement import BALANCED, Judgement

#: Two reports of one event, a reprint of the second, and a report of another event.
TEXTS = {
    "gazette": "A crane fell across the eastern pier of Ostrel on Monday night, and the ferries stay in port.",
    "courier": "Ferries of the Tolmer line could not leave Ostrel after the fall of a crane; nobody was hurt.",
    "reprint": "Ferries of the Tolmer line could not leave Ostrel after the fall of a crane; nobody is hurt.",
    "bakers": "Bakers in Varn start an hour later from May on, says the guild, which asked all its members in March.",
}
EVENTS = {"gazette": "crane", "courier": "crane", "reprint": "crane", "bakers": "bakers"}
ALL_JOINED = dict.fromkeys(TEXTS, 1)


def corpus(kind: LabelKind) -> Corpus:
    """Return a corpus whose labels have this meaning."""
    ids = {("docs.jsonl", n): article for n, article in enumerate(TEXTS)}
    pairs = {("gazette", "courier"): True, ("gazette", "bakers"): False} if kind is LabelKind.PAIRS else {}
    return Corpus("crane", [], ids, EVENTS if kind in ("copies", "event") else {}, pairs, kind)


def score(kind: LabelKind, story_of: dict[str, int]) -> EvaluationResult:
    """Return the scores and the worst errors of a clustering."""
    links = text_links(story_of, TEXTS)
    cleaned = {article: (text, None, "en") for article, text in TEXTS.items()}
    errors = worst_errors(corpus(kind), story_of, cleaned, TEXTS, links, BALANCED)
    return score_clusters(corpus(kind), "copydesk", story_of, TEXTS, links, errors=errors)


@pytest.mark.parametrize(
    ("story_of", "expected"),
    [
        (ALL_JOINED, EventScore(2, 2, 1.0, 3)),
        ({"gazette": 1, "courier": 1, "reprint": 2, "bakers": 2}, EventScore(2, 1, 0.5, 1)),
        ({"gazette": 1, "courier": 2, "reprint": 2, "bakers": 3}, EventScore(2, 0, 0.0, 0)),
        ({"gazette": 1, "courier": 1}, EventScore(2, 1, 0.5, 0)),  # the other two were not accepted
        ({}, EventScore(2, 0, 0.0, 0)),
    ],
)
def test_pairs_of_one_event_and_of_different_events(story_of: dict[str, int], expected: EventScore) -> None:
    """A reprint and its original are no independent pair; every joined pair of two events counts."""
    assert score_events(corpus(LabelKind.EVENT), story_of, TEXTS) == expected


@pytest.mark.parametrize(
    ("story_of", "links", "expected"),
    [
        ({"gazette": 1, "courier": 2, "reprint": 2, "bakers": 3}, [], RelatedScore(0, 1.0, 1 / 3, 0.5)),
        ({"gazette": 1, "courier": 2, "reprint": 2, "bakers": 3}, [(2, 1)], RelatedScore(1, 1.0, 1.0, 1.0)),
        ({"gazette": 1, "courier": 2, "reprint": 4, "bakers": 3}, [(2, 1), (4, 2)], RelatedScore(2, 1.0, 1.0, 1.0)),
        ({"gazette": 1, "courier": 2, "reprint": 2, "bakers": 3}, [(2, 1), (3, 1)], RelatedScore(2, 0.5, 1.0, 2 / 3)),
        ({"gazette": 1}, [(2, 1)], RelatedScore(0, 1.0, 0.0, 0.0)),  # story 2 has no article of the corpus
        ({}, [], RelatedScore(0, 1.0, 0.0, 0.0)),
    ],
)
def test_related_stories_are_compared_with_events(
    story_of: dict[str, int], links: list[tuple[int, int]], expected: RelatedScore
) -> None:
    """Stories that links connect, directly or not, are one group; a link to another event costs precision."""
    assert score_related(corpus(LabelKind.EVENT), story_of, links) == expected


def test_errors_are_explained_by_the_judgement() -> None:
    """A pair that one judgement joins and another refuses is explained as each of them decided."""
    links = text_links(ALL_JOINED, TEXTS)
    cleaned = {article: (text, None, "en") for article, text in TEXTS.items()}

    def answers(needed: float) -> set[str]:
        errors = worst_errors(
            corpus(LabelKind.EVENT), ALL_JOINED, cleaned, TEXTS, links, Judgement(needed, agreement=0.0)
        )
        return {error.reason.partition(":")[0] for error in errors}

    assert "Same story" in answers(1e-9)
    assert "Same story" not in answers(1.1)


def test_each_kind_has_its_scores() -> None:
    """Copies have all scores of pairs, judged pairs no ARI, events their own, and all have joins beyond the text."""
    scored = {kind: score(kind, ALL_JOINED) for kind in LabelKind}
    missing = {kind: {name for name, value in asdict(scored[kind]).items() if value is None} for kind in LabelKind}
    of_pairs = {"true_pairs", "joined_pairs", "right_pairs", "precision", "recall", "f1"}
    always = {"compared", "related"}
    assert missing == {
        LabelKind.COPIES: always | {"event"},
        LabelKind.PAIRS: always | {"event", "ari", "b_cubed_f1"},
        LabelKind.EVENT: always | of_pairs | {"ari", "b_cubed_f1"},
        LabelKind.NONE: always | of_pairs | {"ari", "b_cubed_f1", "event"},
    }
    assert (scored[LabelKind.COPIES].precision, scored[LabelKind.COPIES].recall) == (0.5, 1)
    assert (scored[LabelKind.PAIRS].precision, scored[LabelKind.PAIRS].recall) == (0.5, 1)
    assert {result.largest for result in scored.values()} == {4}
    assert {result.beyond_text["0.5"] for result in scored.values()} == {500}


def test_the_worst_joins_of_events() -> None:
    """Joined pairs of different events are shown first, then joined reports of one event; a reprint is no error."""
    errors = score(LabelKind.EVENT, ALL_JOINED).errors
    assert {(frozenset((e.a, e.b)), e.mistake) for e in errors} == {
        (frozenset(("gazette", "courier")), "joined, but independent reports of one event"),
        (frozenset(("gazette", "reprint")), "joined, but independent reports of one event"),
        *((frozenset(("bakers", other)), "joined, but reports of different events") for other in list(TEXTS)[:3]),
    }
    different, same = errors[:3], errors[3:]
    assert {e.mistake for e in different} == {"joined, but reports of different events"}
    assert all([e.similarity for e in part] == sorted(e.similarity for e in part) for part in (different, same))


def test_the_worst_joins_without_labels() -> None:
    """Joins under a fifth of the phrases are shown with their share; the reprint shares more."""
    errors = score(LabelKind.NONE, ALL_JOINED).errors
    assert len(errors) == 2
    assert all(e.joined and e.mistake.startswith("joined, but they share only ") for e in errors)
    assert {"gazette", "bakers"} <= {article for e in errors for article in (e.a, e.b)}
    assert not score(LabelKind.NONE, {article: n for n, article in enumerate(TEXTS)}).errors
