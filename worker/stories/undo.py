"""Undo a correction. An undo is a correction too: it is logged, and later automatic decisions respect it.

What a person did afterwards with the same articles must be undone first, so that no undo takes back more than it says.
"""

from collections.abc import Callable

from worker.article import CorrectionKind
from worker.errors import CopydeskError
from worker.store import correction_log, corrections, locks, stories, withdrawals
from worker.store.correction_log import LoggedCorrection, NewCorrection
from worker.stories.correction_context import CorrectionContext
from worker.stories.corrections import join
from worker.stories.not_a_translation import link_again
from worker.stories.reunite import reunite
from worker.stories.separate import separate


def undo_last(context: CorrectionContext) -> int:
    """Undo the last correction that is neither an undo nor undone. Return the story that is left.

    Raises:
        CopydeskError: there is none, or it can't be undone any more.
    """
    locks.lock_placement(context.connection)
    made = correction_log.newest_undoable(context.connection)
    if made is None:
        raise CopydeskError("There is no correction to undo.")
    return undo(context, made.id)


def undo(context: CorrectionContext, correction_id: int) -> int:
    """Undo a correction. Return the story that is left: the joined one, or that of the article.

    Raises:
        CopydeskError: it does not exist, or can't be undone any more; the message says why.
    """
    locks.lock_placement(context.connection)
    found = correction_log.logged(context.connection, [correction_id])
    if not found:
        raise CopydeskError(f"There is no correction {correction_id}. `copydesk corrections` lists them.")
    [made] = found
    if made.undone_by:
        raise CopydeskError(f"Correction {made.id} was undone already, by correction {made.undone_by}.")
    work = _UNDO.get(CorrectionKind(made.kind))
    if work is None:
        raise CopydeskError(f"Correction {made.id} is an undo itself. Make the correction again instead.")
    if made.moved is None:
        raise CopydeskError(
            f"Correction {made.id} can't be undone: an earlier version of Copydesk made it and did not store what it "
            "changed."
        )
    return work(context, made)


def _undo_merge(context: CorrectionContext, made: LoggedCorrection) -> int:
    """Take the articles that a merge moved out again, with those that joined because of them since."""
    connection = context.connection
    story = context.live_story(made.story_id or 0)
    moved = set(made.moved or ())
    members = corrections.members(connection, story)
    if gone := sorted(moved - set(members)):
        raise _changed(made, f"article {gone[0]}, which it moved, has left story {story}")
    moved |= set(corrections.followers(connection, story, moved, made.newest_article or 0))
    if not moved or len(moved) == len(members):
        raise _changed(made, f"no article of the other side is left in story {story}")
    to_move = corrections.placed(connection, moved)
    first = next((article for article in to_move if article.id == made.article_id), to_move[0])
    corrections.withdraw_logged(connection, made.id)
    separated = separate(context, to_move, first)
    origin = context.log(
        NewCorrection(
            CorrectionKind.UNDO,
            first.id,
            separated.canonical_left,
            separated.story,
            story,
            sorted(separated.ids),
            undoes=made.id,
        )
    )
    # not each pair, which would be a million for two stories of a thousand articles: one side's canonical article
    # with all of the other is enough, unless both canonical articles leave
    corrections.record_by_firsts(connection, origin, separated.ids, separated.left)
    stories.record_changes(connection, separated.changes)
    reunite(context, [separated.story, separated.old_story])
    return context.live_story(separated.story)


def _undo_separation(context: CorrectionContext, made: LoggedCorrection) -> int:
    """Bring the articles back that a split or a not-a-copy moved, with those that joined them since."""
    connection = context.connection
    if not made.moved:  # it forbade what was not the case
        return _withdraw_ban(context, made)
    moved = corrections.placed(connection, made.moved)
    home, *others = sorted({article.story_id for article in moved})
    if others:
        raise _changed(made, f"articles that it moved are in the stories {home} and {others[0]}")
    back = context.live_story(made.other_story_id or 0)
    if home == back:
        raise _changed(made, f"the articles are in one story, {home}, again")
    ids = set(made.moved)
    foreign = [a for a in corrections.members(connection, home) if a not in ids and a <= (made.newest_article or 0)]
    if foreign:
        raise _changed(made, f"story {home} has got article {foreign[0]}, which was elsewhere")
    other = corrections.separated_otherwise(connection, home, back, made.id)
    if other is not None:
        name = f"correction {other}" if other else "another correction"
        raise _changed(made, f"{name} keeps the stories {home} and {back} apart too")
    corrections.withdraw_logged(connection, made.id)
    kept, dead = sorted((home, back))
    join(context, CorrectionKind.UNDO, kept, dead, undoes=made.id)
    return context.live_story(kept)


def _withdraw_ban(context: CorrectionContext, made: LoggedCorrection) -> int:
    """Withdraw that two articles of different stories may not be together."""
    corrections.withdraw_logged(context.connection, made.id)
    _log_undo(context, made, made.story_id)
    reunite(context, [context.article(id_).story_id for id_ in (made.article_id, made.other_id) if id_])
    return context.article(made.article_id).story_id


def _undo_confirmation(context: CorrectionContext, made: LoggedCorrection) -> int:
    """Withdraw that two articles belong together; they stay where they are."""
    corrections.withdraw_logged(context.connection, made.id)
    _log_undo(context, made, made.story_id)
    return context.article(made.article_id).story_id


def _undo_pin(context: CorrectionContext, made: LoggedCorrection) -> int:
    """Set the pin of an article back to what it was before it was pinned, or its pin was removed."""
    connection = context.connection
    if later := correction_log.later_pin(connection, made):
        raise _changed(made, f"correction {later} changed the pin of article {made.article_id}")
    article = context.article(made.article_id)
    if made.pinned_before and withdrawals.is_withdrawn(connection, article.id):
        raise _changed(made, f"article {article.id} was withdrawn by its provider")
    _log_undo(context, made, article.story_id)
    context.set_pin_back(article, made.pinned_before)
    return article.story_id


def _log_undo(context: CorrectionContext, made: LoggedCorrection, story: int | None) -> None:
    context.log(NewCorrection(CorrectionKind.UNDO, made.article_id, made.other_id, story, undoes=made.id))


def _changed(made: LoggedCorrection, why: str) -> CopydeskError:
    return CopydeskError(
        f"Correction {made.id} can't be undone any more, because things have changed since: {why}. "
        "Undo later corrections of these articles first, or make a new one."
    )


_UNDO: dict[CorrectionKind, Callable[[CorrectionContext, LoggedCorrection], int]] = {
    CorrectionKind.MERGE: _undo_merge,
    CorrectionKind.SPLIT: _undo_separation,
    CorrectionKind.NOT_A_COPY: _undo_separation,
    CorrectionKind.SAME_STORY: _undo_confirmation,
    CorrectionKind.NOT_A_TRANSLATION: link_again,
    CorrectionKind.PIN: _undo_pin,
    CorrectionKind.UNPIN: _undo_pin,
}
