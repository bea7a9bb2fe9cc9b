"""Which pairs of articles are related, of which kind, and how that is explained."""

import math

import pytest

from tests.unit.match import related_reports as reports
from worker.article import RelatedKind
from worker.features import features
from worker.match import Evidence, Related, compare_pairs, evidence, related, verdict
from worker.match.related import RELATED_MIN, in_words, is_template


def numbers(a: str, b: str) -> Evidence:
    """Return the evidence of two English texts in an empty archive."""
    return evidence(features(a, None, "en"), features(b, None, "en"))


def judged(e: Evidence) -> Related | None:
    """Return how a pair is related."""
    [result] = related([e])
    return result


def test_independent_reports_of_one_event_are_related_and_no_copies() -> None:
    """Two reporters' accounts of an accident are two stories, linked by a sentence that names what they share."""
    both = numbers(reports.FERRY, reports.FERRY_OTHER)
    assert not verdict(both).same
    found = judged(both)
    assert found
    assert (found.kind, found.probability > RELATED_MIN) == (RelatedKind.EVENT, True)
    assert found.reason.startswith("A similar report: most names of one text are in the other too")
    assert in_words(both._replace(facts=0.2)) == "perhaps another report of the same event or matter"
    certain = judged(both._replace(facts=0.5))
    assert certain
    assert certain.reason.startswith("Another report of the same event or matter: ")


@pytest.mark.parametrize("other", [reports.OTHER_FERRY, reports.UNRELATED])
def test_other_events_are_unrelated(other: str) -> None:
    """Neither a similar accident elsewhere nor another subject is related."""
    assert judged(numbers(reports.FERRY, other)) is None


def test_a_template_is_related_as_such() -> None:
    """Results of two companies in one frame, whose keys many stories have, are the same kind of report, not copies."""
    both = numbers(reports.ANNEX, reports.TERRIN)
    in_archive = both._replace(keys_frequent=0.9, keys_unique=0.0, keys_rare=0.0)
    assert not verdict(in_archive).same
    found = judged(in_archive)
    assert found
    assert found.kind == RelatedKind.TEMPLATE
    assert found.reason.startswith("The same kind of report: ")


def test_one_event_in_a_template_stays_an_event() -> None:
    """Frequent keys alone make no template: reports of a matter that many stories cover share rare names."""
    both = numbers(reports.FERRY, reports.FERRY_OTHER)
    assert not is_template(both._replace(keys_frequent=0.9, keys_unique=0.0, keys_rare=0.0))


def test_without_a_shared_name_it_is_a_template() -> None:
    """In a new archive no key is frequent yet; that no name is shared shows a template too."""
    found = judged(numbers(reports.ANNEX, reports.TERRIN))
    assert found
    assert found.kind == RelatedKind.TEMPLATE
    assert found.reason.endswith("the same words, but no name is shared.")


def test_a_hopeless_pair_and_a_scrap_are_unrelated() -> None:
    """A pair of which only the first numbers were computed is unrelated, and so is a text of a few words."""
    pair = features(reports.FERRY, None, "en"), features(reports.UNRELATED, None, "en")
    [partial] = compare_pairs([pair], [None], whole=False)
    assert not partial.whole
    assert judged(partial) is None
    assert judged(numbers(reports.FERRY, "Ferry Halvard aground off Skarnes.")) is None


def test_pairs_are_judged_one_by_one_or_together() -> None:
    """The order and number of pairs change nothing, and nothing to compare counts as nothing shared."""
    pairs = [numbers(reports.FERRY, other) for other in (reports.FERRY_OTHER, reports.UNRELATED, reports.OTHER_FERRY)]
    assert related(pairs) == [judged(e) for e in pairs]
    assert related([]) == []
    nameless = pairs[0]._replace(names=math.nan)
    less = judged(nameless)
    assert less is None or less.probability < related(pairs)[0].probability  # type: ignore[union-attr]
