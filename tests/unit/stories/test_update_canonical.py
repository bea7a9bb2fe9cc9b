"""The changes of canonical articles do not depend on the order in which the database returned the stories."""

from worker.stories.update_canonical import CanonicalChanges


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
