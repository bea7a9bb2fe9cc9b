"""An editor's permanent decision that two linked stories are not one dispatch in two languages."""

from worker.article import CorrectionKind
from worker.errors import CopydeskError
from worker.store import locks, stories, translations
from worker.store.correction_log import LoggedCorrection, NewCorrection
from worker.stories.correction_context import CorrectionContext
from worker.stories.divided_translations import remove_unsupported


def not_a_translation(context: CorrectionContext, story_id: int, other_id: int) -> int:
    """Remove the link between two stories for good. Return the first story.

    Raises:
        CopydeskError: a story does not exist, or they are not linked.
    """
    connection = context.connection
    locks.lock_placement(connection)
    story, other = context.live_story(story_id), context.live_story(other_id)
    with stories.reporting_translations(connection, [story, other]):
        if not translations.refuse(connection, story, other):
            raise CopydeskError(f"Stories {story_id} and {other_id} are not linked as translations.")
    canonicals = stories.canonicals(connection, [story, other])
    (article, _), (other_article, _) = canonicals[story], canonicals[other]
    context.log(NewCorrection(CorrectionKind.NOT_A_TRANSLATION, article, other_article, story, other))
    return story


def link_again(context: CorrectionContext, made: LoggedCorrection) -> int:
    """Undo a not-a-translation. Return the first story.

    Raises:
        CopydeskError: one of the stories was merged with the other, or is gone.
    """
    connection = context.connection
    story, other = context.live_story(made.story_id or 0), context.live_story(made.other_story_id or 0)
    with stories.reporting_translations(connection, [story, other]):
        restored = translations.restore(connection, story, other)
        if not restored:
            raise CopydeskError(
                f"Correction {made.id} can't be undone any more: the stories {story} and {other} are not declared to "
                "be no translations."
            )
        if len(restored) > 1:  # a text was split off, and only some of these stories have the one that was linked
            remove_unsupported(connection, restored)
    context.log(NewCorrection(CorrectionKind.UNDO, made.article_id, made.other_id, story, undoes=made.id))
    return story
