"""What is told of settled stories does not depend on the order in which the database named them."""

from worker.stories.update_canonical import CanonicalChanges


def test_canonical_articles_are_told_in_the_order_of_their_stories() -> None:
    """The same batch tells the same feed, whichever story the server's plan returned first."""
    settled = CanonicalChanges(
        canonical={7: (70, "It is the longest."), 3: (90, "It came first."), 5: (20, "It is longer.")}
    )
    assert [(change.kind, change.story_id, change.article_id) for change in settled.story_changes] == [
        ("canonical", 3, 90),
        ("canonical", 5, 20),
        ("canonical", 7, 70),
    ]
