"""Put the pairs of the review queue and the decisions on them into words."""

from worker.article import ReviewDecision
from worker.store.read.review import ReviewItem

#: Kind of a pair -> why it is in the queue.
KINDS = {"joined": "Joined by little", "refused": "Refused by little", "growth": "A story grows oddly"}


def outcome(decided: ReviewItem) -> str:
    """Return what a decision led to, as it is now."""
    articles = f"Articles {decided.other_id} and {decided.article_id}"
    if decided.decision == ReviewDecision.SKIP:
        return f"{articles} were skipped: nothing was changed."
    if decided.story_id == decided.other_story_id:
        return f"{articles} are one story: {decided.story_id}."
    return f"{articles} are different stories: {decided.other_story_id} and {decided.story_id}."
