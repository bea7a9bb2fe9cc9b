"""Put the pairs of the review queue and the decisions on them into words."""

from dataclasses import dataclass

from worker.article import ReviewDecision
from worker.store.read.articles import ArticleDetail
from worker.store.read.review import ReviewItem

#: Kind of a pair -> why it is in the queue.
KINDS = {"joined": "Joined by little", "refused": "Refused by little", "growth": "A story grows oddly"}


@dataclass(frozen=True, slots=True)
class OrderedPair:
    """Two articles, the earlier one first: by publication if both have a date of it, else by arrival."""

    first: ArticleDetail
    second: ArticleDetail
    is_dated: bool
    is_tied: bool

    def label(self, article: ArticleDetail) -> str:
        """Return which of the two an article is, and by what."""
        when = "earlier" if article.id == self.first.id else "later"
        return f"{'Published' if self.is_dated else 'Arrived'} {'at the same time' if self.is_tied else when}"


def in_order(one: ArticleDetail, other: ArticleDetail) -> OrderedPair:
    """Put two articles in the order of time; an arrival is not compared with a date of publication."""
    if one.published_at and other.published_at:
        times, is_dated = (one.published_at, other.published_at), True
    else:
        times, is_dated = (one.arrived_at, other.arrived_at), False
    first, second = (other, one) if times[1] < times[0] else (one, other)
    return OrderedPair(first, second, is_dated, times[0] == times[1])


def outcome(decided: ReviewItem) -> str:
    """Return what a decision led to, as it is now."""
    articles = f"Articles {decided.other_id} and {decided.article_id}"
    if decided.decision == ReviewDecision.SKIP:
        return f"{articles} were skipped: nothing was changed."
    if decided.story_id == decided.other_story_id:
        return f"{articles} are one story: {decided.story_id}."
    return f"{articles} are different stories: {decided.other_story_id} and {decided.story_id}."
