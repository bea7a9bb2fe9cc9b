"""Apply an editor's corrections: merge, split, pin; update the canonical articles, record the changes.

Runs under the placement lock. `assign` reads later which stories must not be joined; `reprocess`, also which must be.
`undo` takes a correction back.
"""

from worker.article import CorrectionKind, Decider
from worker.errors import CopydeskError
from worker.match import evidence, reason, verdict
from worker.store import articles, corrections, locks, pins, stories, withdrawals
from worker.store.correction_log import NewCorrection
from worker.store.corrections import MovableArticle
from worker.store.links import Link
from worker.stories.correction_context import CorrectionContext
from worker.stories.reunite import reunite, unite
from worker.stories.separate import Separated, separate

__all__ = ["CorrectionContext", "join", "merge", "not_a_copy", "pin", "split", "unpin"]


def merge(context: CorrectionContext, first: int, second: int) -> int:
    """Merge two stories and withdraw the corrections that separated them. Return the smaller id, which remains.

    Raises:
        CopydeskError: a story does not exist, or they are the same story.
    """
    locks.lock_placement(context.connection)
    kept, dead = sorted(context.live_story(story) for story in (first, second))
    if kept == dead:
        raise CopydeskError(f"{first} and {second} are the same story ({kept}) already.")
    join(context, CorrectionKind.MERGE, kept, dead)
    return context.live_story(kept)


def join(context: CorrectionContext, kind: CorrectionKind, kept: int, dead: int, *, undoes: int | None = None) -> None:
    """Merge two live stories, of which ``kept`` is the smaller id, and log it as a correction of this kind."""
    connection = context.connection
    canonicals = stories.canonicals(connection, (kept, dead))
    article, other = canonicals[dead][0], canonicals[kept][0]
    moved = corrections.members(connection, dead)
    corrections.withdraw(connection, kept, dead, same=False)
    origin = context.log(NewCorrection(kind, article, other, kept, dead, moved, undoes=undoes))
    corrections.record(connection, origin, [article], [other], same=True)
    if kind == CorrectionKind.MERGE:  # an undo restores the decisions that joined them
        _explain(context, article, other)
    unite(context, kept, dead)
    reunite(context, [kept])


def split(context: CorrectionContext, article_id: int) -> int:
    """Move an article and its exact copies to a new story that never joins the old one again. Return its id.

    Raises:
        CopydeskError: the article does not exist, or is alone in its story.
    """
    connection = context.connection
    locks.lock_placement(connection)
    moved = _move_out(context, context.article(article_id))
    origin = context.log(
        NewCorrection(
            CorrectionKind.SPLIT, article_id, moved.canonical_left, moved.story, moved.old_story, sorted(moved.ids)
        )
    )
    # each pair: exact copies may be separated from each other later, and take part in other merges
    corrections.record_apart(connection, origin, moved.ids, moved.left)
    stories.record_changes(connection, moved.changes)
    reunite(context, [moved.story, moved.old_story])
    return context.live_story(moved.story)


def not_a_copy(context: CorrectionContext, article_id: int, other_id: int) -> int:
    """Forbid two articles to be in one story; the first leaves if they are. Return the story of the first.

    Raises:
        CopydeskError: an article does not exist, or they are one article.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article, other = context.article(article_id), context.article(other_id)
    if article.id == other.id:
        raise CopydeskError(f"Article {article_id} can't be kept apart from itself: name two articles.")
    # what holds for an article holds for those with the same words, which leave with it
    first, second = (_same_words(context, side) for side in (article, other))
    if article.story_id == other.story_id and article.text_hash == other.text_hash:
        first, second = [article.id], [id_ for id_ in second if id_ != article.id]  # words can't be what is meant
    made = NewCorrection(CorrectionKind.NOT_A_COPY, article_id, other_id, article.story_id, other.story_id)
    if article.story_id == other.story_id:
        moved = _move_out(context, article, alone=len(first) == 1)
        stories.record_changes(connection, moved.changes)
        made = NewCorrection(made.kind, article_id, other_id, moved.story, moved.old_story, sorted(moved.ids))
    corrections.record_apart(connection, context.log(made), first, second)
    reunite(context, [story for story in (made.story_id, made.other_story_id) if story])
    return context.live_story(made.story_id or article.story_id)


def pin(context: CorrectionContext, article_id: int) -> int:
    """Make an article the canonical one of its story, whatever arrives later. Return its story.

    Of several pinned articles in a story the one pinned last is canonical.

    Raises:
        CopydeskError: the article does not exist, or its provider withdrew it.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article = context.article(article_id)
    if withdrawals.is_withdrawn(connection, article.id):
        raise CopydeskError(f"Article {article_id} was withdrawn by its provider, so it can't be the canonical one.")
    before = pins.pinned_at(connection, article.id)
    pins.set_pinned(connection, article.id)
    made = NewCorrection(CorrectionKind.PIN, article.id, story_id=article.story_id, pinned_before=before)
    corrections.record_alone(connection, context.log(made), article.id)
    context.choose_again(article.story_id)
    return article.story_id


def unpin(context: CorrectionContext, article_id: int) -> int:
    """Remove the pin of an article, so that its story's canonical article is chosen again. Return its story.

    Raises:
        CopydeskError: the article does not exist, or is not pinned.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article = context.article(article_id)
    before = pins.pinned_at(connection, article.id)
    if before is None:
        raise CopydeskError(f"Article {article_id} is not pinned.")
    made = NewCorrection(CorrectionKind.UNPIN, article.id, story_id=article.story_id, pinned_before=before)
    corrections.record_alone(connection, context.log(made), article.id)
    context.set_pin_back(article, None)
    return article.story_id


def _same_words(context: CorrectionContext, article: MovableArticle) -> list[int]:
    """Return an article, and then the others of its story with the same words."""
    same = (other.id for other in corrections.same_words(context.connection, article))
    return [article.id, *(other for other in same if other != article.id)]


def _move_out(context: CorrectionContext, article: MovableArticle, *, alone: bool = False) -> Separated:
    """Move an article to a new story, with its exact copies or ``alone``, and update both stories."""
    moved = [article] if alone else corrections.same_words(context.connection, article)
    size = len(corrections.members(context.connection, article.story_id))
    if len(moved) == size:
        moved = [article]  # all of the story has these words: then only this article is meant
    if len(moved) == size:
        raise CopydeskError(f"Article {article.id} is alone in story {article.story_id} already.")
    return separate(context, moved, moved[0])


def _explain(context: CorrectionContext, article: int, other: int) -> None:
    """Store the evidence on two articles that a person joined, whatever its verdict."""
    features = context.cache.get(context.connection, [article, other])
    numbers = evidence(features[article], features[other])
    result = verdict(numbers)
    link = Link(
        article,
        other,
        True,
        result.relation,
        result.similarity,
        reason(result),
        numbers._asdict(),
        decided_by=Decider.PERSON,
        overridden=not result.same,
    )
    articles.insert_match_decisions(context.connection, [link])
