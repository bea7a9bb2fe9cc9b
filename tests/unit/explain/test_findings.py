"""Evidence and cleaning are told in words."""

import math

import pytest

from tests.unit.match.reports import REPORTS
from worker.article import Relation
from worker.clean import STEPS
from worker.explain import RELATIONS, cleaning_notes, findings
from worker.explain.cleaning import DEEDS
from worker.explain.evidence import MEANINGS
from worker.features import features
from worker.match import Evidence, evidence
from worker.match.forest import contributions


def test_all_evidence_has_words() -> None:
    """Whatever the matcher weighs is explained, and nothing else is."""
    assert set(MEANINGS) == set(Evidence._fields)


def test_all_relations_have_words() -> None:
    """Every relation is explained."""
    assert set(RELATIONS) == set(Relation)


def test_all_cleaning_steps_have_words() -> None:
    """Every step says in words what it did."""
    assert set(DEEDS) == {step.name for step in STEPS}


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
def test_values_are_shown_as_people_write_them(name: str, value: object, shown: str) -> None:
    """Shares are percents, counts are counts, and nothing to compare is a dash."""
    assert [finding.shown for finding in findings({name: value})] == [shown]


def test_evidence_of_another_version_is_still_told() -> None:
    """A number without words keeps its name and comes last."""
    assert [finding.name for finding in findings({"gone": 0.5, "title": 1.0})] == ["title", "gone"]


def test_numbers_speak_for_or_against_one_story() -> None:
    """Of a whole pair each number tells how much it moved the verdict; together they are the odds that were told."""
    one, other = (features(REPORTS["en"].report, None, "en"), features(REPORTS["en"].copy, None, "en"))
    found = evidence(one, other)
    stored = {name: None if value != value else value for name, value in found._asdict().items()}  # NaN is null in JSON
    told = findings(stored)
    assert any(finding.speaks.startswith("for ") for finding in told)
    assert sum(finding.says for finding in told) == pytest.approx(sum(contributions([found])[0].values()), abs=0.2)
    assert not any(finding.speaks for finding in findings(evidence(one, one)._asdict()))


def test_one_change_is_singular() -> None:
    """One hyphen is one hyphen; a step of another version keeps its name."""
    told = [note.deed for note in cleaning_notes({"hyphens": 1, "lines": 1200, "gone": 2})]
    assert told == ["1 line-end hyphen mended", "1,200 broken lines joined", "2 changes by the step gone"]
