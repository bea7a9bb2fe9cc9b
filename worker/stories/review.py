"""The review queue: which pairs a person is asked about, and what a decision changes.

A decision is a correction, so that all later decisions respect it.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from worker.article import CorrectionKind, Decider, Relation, ReviewDecision, ReviewKind
from worker.errors import CopydeskError
from worker.match.border import is_close
from worker.store import corrections, locks, review
from worker.store.correction_log import NewCorrection
from worker.store.corrections import Origin
from worker.store.links import Link
from worker.store.read.review import ReviewItem, item
from worker.store.review import GrowingStory, NewReviewItem
from worker.stories.correction_context import CorrectionContext
from worker.stories.corrections import merge, not_a_copy

#: The newest articles among which growing stories are looked for: one reading of them takes 70 ms.
_NEWEST = 20_000
#: Different texts within a day from which a story is asked about. In the generated feed an agency sends one dispatch
#: in five texts at most; a frame that a recurring report fills again and again comes in dozens.
_TEXTS_OF_SOURCE = 8
_TEXTS_OF_STORY = 40
#: Close verdicts that wait for a decision, at most: those of some 200,000 articles.
_MOST_WAITING = 10_000
#: Older ones that one look takes out, under the placement lock, in some 100 ms. Looks are a minute apart, and 1,500
#: articles a second give fewer within that time.
_MOST_FORGOTTEN = 5_000
#: Verdicts that no evidence decided.
_CERTAIN = frozenset({Relation.EXACT, Relation.REVISION})


def ask_about_verdicts(connection: Connection, links: Iterable[Link], needed: float) -> None:
    """Put the verdicts close to the border into the queue; ``needed`` is the probability that joins.

    The later article of a pair is the first: so a pair that is judged from its other side is not asked about twice.
    Call it when articles, stories and verdicts are written.
    """
    close = [
        NewReviewItem(
            ReviewKind.JOINED if link.same else ReviewKind.REFUSED,
            max(link.article_id, link.other_id),
            min(link.article_id, link.other_id),
            link.similarity,
            link.reason,
        )
        for link in links
        if link.decided_by == Decider.COPYDESK
        and link.relation not in _CERTAIN
        and is_close(same=link.same, similarity=link.similarity, needed=needed)
    ]
    review.insert(connection, close)


def ask_about_growth(connection: Connection) -> int:
    """Put the stories into the queue that grow oddly; return how many. Take out what is answered or too old."""
    locks.lock_placement(connection)
    review.forget_stale(connection)
    review.forget_oldest(connection, keep=_MOST_WAITING, most=_MOST_FORGOTTEN)
    growing = review.growing(connection, articles=_NEWEST, of_source=_TEXTS_OF_SOURCE, of_story=_TEXTS_OF_STORY)
    review.insert(connection, [_growth_item(story) for story in growing])
    return len(growing)


def _growth_item(story: GrowingStory) -> NewReviewItem:
    source = f" from one source, {story.source}" if story.source else ""
    reason = (
        f"Story {story.story_id} got {story.texts} different texts within a day{source}. "
        "This is the one that is least like its canonical text"
    )
    return NewReviewItem(ReviewKind.GROWTH, story.article_id, story.canonical_id, story.similarity, reason)


def decide(context: CorrectionContext, item_id: int, decision: ReviewDecision) -> ReviewItem:
    """Correct the stories of a pair as a person decided, and take it out of the queue. Return it as it is then.

    Raises:
        CopydeskError: there is no such pair, or it is decided already.
    """
    connection = context.connection
    locks.lock_placement(connection)
    asked = item(connection, item_id)
    if asked is None:
        raise CopydeskError(f"There is no pair {item_id} in the review queue: it was answered elsewhere or erased.")
    if asked.decision is not None:
        raise CopydeskError(f"Pair {item_id} is decided already: {asked.decision}.")
    # first: a correction takes all its other pairs out of the queue
    review.close(connection, asked.article_id, asked.other_id, decision, context.made_by)
    if decision == ReviewDecision.SAME:
        _join(context, asked)
    elif decision == ReviewDecision.ANOTHER:
        not_a_copy(context, asked.article_id, asked.other_id)
    return item(connection, item_id) or asked


def _join(context: CorrectionContext, asked: ReviewItem) -> None:
    """Make the stories of a pair one, and store that these two articles belong together."""
    if asked.story_id == asked.other_story_id:
        made = NewCorrection(CorrectionKind.SAME_STORY, asked.article_id, asked.other_id, asked.story_id)
        origin = context.log(made)
    else:
        merge(context, asked.story_id, asked.other_story_id)
        # the pair goes with the merge, which names the canonical articles of the stories alone
        origin = Origin(CorrectionKind.MERGE, context.logged[-1], context.storable_note, context.made_by)
    corrections.record(context.connection, origin, [asked.article_id], [asked.other_id], same=True)
