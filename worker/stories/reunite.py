"""Merge stories that hold the same words after what kept them apart has gone.

A separation by a person is between articles. Exact copies of one dispatch are in two stories as long as each story has
an article that is separated from one of the other. When such an article leaves its story, is erased or gets other
words, or the separation is withdrawn, nothing keeps the copies apart any more.
"""

from collections.abc import Collection

from worker.article import ChangeKind
from worker.store import corrections, same_words, stories
from worker.stories.correction_context import CorrectionContext


def reunite(context: CorrectionContext, touched: Collection[int], words: Collection[bytes] = ()) -> None:
    """Merge stories with the words of articles in ``touched`` stories that nothing keeps apart; record the changes.

    ``words`` are hashes of other words to look for: those that articles had before they were reprocessed.
    Call it under the placement lock, when all else is written. Each merge leaves one story less, so it ends.
    """
    left = set(touched)
    while pair := same_words.apart(context.connection, left, words, context.window_days):
        unite(context, pair.story_id, pair.other_story)
        left.add(pair.story_id)


def unite(context: CorrectionContext, kept: int, dead: int) -> None:
    """Move all articles of the story ``dead`` to ``kept``, choose its canonical article, and record the changes."""
    connection = context.connection
    newly_joined = frozenset(corrections.texts(connection, dead))
    stories.merge(connection, {dead: kept})
    stories.recount(connection, [kept])
    corrections.restore_links(connection, kept)
    changes = context.update_canonicals([kept], newly_joined)
    stories.record_changes(connection, [stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead), *changes])
