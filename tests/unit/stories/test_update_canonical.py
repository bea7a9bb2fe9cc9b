"""Which texts may become canonical, and the changes: neither depends on the order in which texts arrived."""

import random
from datetime import UTC, datetime, timedelta

from worker.store.revisions import SentText
from worker.store.stories import CanonicalCandidate
from worker.stories.canonical_choice import FINAL_TEXTS, MOST_MEMBERS, eligible
from worker.stories.update_canonical import CanonicalChanges

NOON = datetime(2026, 5, 7, 12, tzinfo=UTC)


def text(number: int, words: int, *, faults: int = 0, source: str | None = None) -> CanonicalCandidate:
    """Return a text that arrived some minutes after noon."""
    sent = SentText(None, None, None, None, b"")
    return CanonicalCandidate(number, 1, words, NOON + timedelta(minutes=number), source, faults, sent)


def test_canonical_changes_are_in_the_order_of_their_stories() -> None:
    """A batch writes the same change feed whichever story the server returned first."""
    changes = CanonicalChanges(
        canonical={7: (70, "It is the longest."), 3: (90, "It came first."), 5: (20, "It is longer.")}
    )
    assert [(change.kind, change.story_id, change.article_id) for change in changes.story_changes] == [
        ("canonical", 3, 90),
        ("canonical", 5, 20),
        ("canonical", 7, 70),
    ]


def test_the_longest_and_the_first_are_eligible() -> None:
    """Of many texts the longest may become canonical, and of those of other lengths the first without faults."""
    texts = [text(number, 100 + number % 5, faults=int(number < 3)) for number in range(1, 31)]
    texts += [text(40 + number, 200 + number) for number in range(4)]
    ids = [candidate.id for candidate in eligible(texts, {})]
    assert ids == [3, 4, 5, 6, 7, 8, 9, 10, 40, 41, 42, 43]


def test_longer_texts_of_about_the_same_length_do_not_replace_the_first() -> None:
    """However many copies add a line of their own, the first text stays eligible."""
    texts = [text(1, 100)] + [text(number, 101 + number % 7) for number in range(2, FINAL_TEXTS + 1)]
    assert [candidate.id for candidate in eligible(texts, {})] == list(range(1, MOST_MEMBERS + 1))


def test_the_preferred_source_is_eligible() -> None:
    """A late text of a preferred source may become canonical, whatever its letters' case."""
    texts = [text(number, 100, source="Herald") for number in range(1, 30)] + [text(30, 100, source="The AGENCY")]
    assert eligible(texts, {"the agency": 0})[-1].id == 30
    assert eligible(texts, {})[-1].id == MOST_MEMBERS


def test_the_order_of_texts_does_not_matter() -> None:
    """The same texts are eligible in whichever order they are passed."""
    chance = random.Random(4)
    texts = [text(number, chance.randrange(40, 400), faults=chance.randrange(3)) for number in range(1, 90)]
    assert eligible(chance.sample(texts, len(texts)), {}) == eligible(texts, {})
    assert all(candidate.id <= FINAL_TEXTS for candidate in eligible(texts, {}))
