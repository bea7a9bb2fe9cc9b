"""Evidence and cleaning are explained in words."""

import math

import pytest

from tests.unit.match.reports import REPORTS
from worker.article import Relation
from worker.clean import SHORTENED, STEPS
from worker.explain.cleaning import DEEDS, cleaning_notes
from worker.explain.evidence import MOST_SHOWN, findings, strongest
from worker.explain.relations import RELATIONS
from worker.features import features
from worker.match import NUMBERS, Evidence, evidence
from worker.match.forest import contributions


def test_all_evidence_has_words() -> None:
    """Every number of the evidence is explained, and nothing else is."""
    assert set(NUMBERS) == set(Evidence._fields)
    assert all(number.label and number.meaning for number in NUMBERS.values())


def test_all_relations_have_words() -> None:
    """Every relation is explained."""
    assert set(RELATIONS) == set(Relation)


def test_all_cleaning_steps_have_words() -> None:
    """Every cleaning step is described."""
    assert set(DEEDS) == {SHORTENED, *(step.name for step in STEPS)}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("names", 0.844, "84%"),
        ("names", math.nan, "–"),
        ("names", None, "–"),
        ("exact", True, "yes"),
        ("shorter", 1243, "1,243"),
    ],
)
def test_values_are_formatted_for_readers(name: str, value: object, shown: str) -> None:
    """Shares are percentages, counts are integers, and a missing value is a dash."""
    assert [finding.shown for finding in findings({name: value})] == [shown]


def test_evidence_of_another_version_is_still_shown() -> None:
    """An unknown number keeps its name and comes last."""
    assert [finding.name for finding in findings({"gone": 0.5, "title": 1.0})] == ["title", "gone"]


def test_numbers_count_for_or_against_one_story() -> None:
    """Each number of a whole pair shows its contribution; the contributions add up to those of the model."""
    report, copy = (features(REPORTS["en"].report, None, "en"), features(REPORTS["en"].copy, None, "en"))
    computed = evidence(report, copy)
    stored = {name: None if value != value else value for name, value in computed._asdict().items()}  # as in JSON
    shown = findings(stored)
    assert any(finding.log_odds_text.startswith("for ") for finding in shown)
    assert sum(finding.says for finding in shown) == pytest.approx(contributions([computed]).sum(), abs=0.2)
    assert not any(finding.log_odds_text for finding in findings(evidence(report, report)._asdict()))


def test_the_strongest_shares_keep_the_order_of_the_table() -> None:
    """Next to a sentence are the shares with the greatest effect; the first ones, if none has an effect."""
    report, copy = (features(REPORTS["en"].report, None, "en"), features(REPORTS["en"].copy, None, "en"))
    found = findings(evidence(report, copy)._asdict())
    shown = strongest(found)
    assert len(shown) == MOST_SHOWN
    assert [finding for finding in found if finding in shown] == shown
    assert not {"ordered", "plain_weight", "title"} & {finding.name for finding in shown}  # counts; without a title
    others = [f for f in found if f not in shown and f.value is not None and not NUMBERS[f.name].is_count]
    assert min(abs(finding.says) for finding in shown) >= max(abs(finding.says) for finding in others)
    assert [finding.name for finding in strongest(findings(evidence(report, report)._asdict()))][:2] == [
        *("exact", "grams_in_a")
    ]


def test_one_change_is_singular() -> None:
    """One change is in the singular; an unknown step keeps its name."""
    notes = [note.deed for note in cleaning_notes({"hyphens": 1, "lines": 1200, "gone": 2})]
    assert notes == ["1 line-end hyphen repaired", "1,200 broken lines joined", "2 changes by the step gone"]


def test_without_a_shared_key_phrase_nothing_is_said_of_how_frequent_it_is() -> None:
    """Texts that share no key phrase have none that many stories have, whatever number the model gets."""
    shown = {
        finding.name: finding.value
        for finding in findings({"keys_in_a": 0.0, "keys_unique": 0.0, "keys_frequent": 1.0})
    }
    assert shown["keys_frequent"] is None
    assert shown["keys_unique"] is None
    shown = {finding.name: finding.value for finding in findings({"keys_in_a": 0.5, "keys_frequent": 1.0})}
    assert shown["keys_frequent"] == 1.0
