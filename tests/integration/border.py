"""Texts close to the border between copy and other text, and the review queue that asks about them."""

from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import WINDOW_DAYS
from worker.article import ReviewDecision
from worker.features import features
from worker.match import evidence, verdict
from worker.match.border import is_close
from worker.store.read.review import ReviewItem, open_items
from worker.stories.correction_context import CorrectionContext
from worker.stories.review import decide


def close_to_border(*, same: bool) -> str:
    """Return a text whose verdict with a dispatch is a join or a refusal close to the border.

    It begins with as many words of the dispatch as that needs, and goes on with those of another one.
    """
    words, others = dispatch(1).split(" "), dispatch(2).split(" ")
    for count in range(40, 110):
        mixed = " ".join(words[:count] + others[count:])
        made = verdict(evidence(features(mixed, None, "en"), features(dispatch(1), None, "en")))
        if made.same == same and is_close(same=same, similarity=made.similarity, needed=made.needed):
            return mixed
    raise AssertionError("no number of words gives such a verdict")


#: The verdicts on these and the dispatch are a refusal and a join, both close to the border.
REFUSED, JOINED = close_to_border(same=False), close_to_border(same=True)


def queue(engine: Engine) -> list[ReviewItem]:
    """Return the pairs that wait for a decision."""
    with engine.connect() as connection:
        return open_items(connection, 100)


def answer(engine: Engine, item: int, decision: str, name: str | None = None) -> ReviewItem:
    """Decide on a pair."""
    with engine.begin() as connection:
        return decide(
            CorrectionContext(connection, WINDOW_DAYS, "read it", made_by=name), item, ReviewDecision(decision)
        )
