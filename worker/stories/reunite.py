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
        kept, dead = pair.story_id, pair.other_story
        newly_joined = frozenset(corrections.texts(context.connection, dead))
        unite(context, kept, dead)
        changes = context.update_canonicals([kept], newly_joined)
        merged = stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead)
        stories.record_changes(context.connection, [merged, *changes])
        left.add(kept)


def unite(context: CorrectionContext, kept: int, dead: int) -> None:
    """Move all articles of the story ``dead`` to ``kept``; the caller chooses the canonical article."""
    stories.merge(context.connection, {dead: kept})
    stories.recount(context.connection, [kept])
    corrections.restore_links(context.connection, kept)
