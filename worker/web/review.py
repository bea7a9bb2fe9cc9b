"""The review queue: a pair of articles that may be one story, both texts, and a form with three buttons."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.article import ReviewDecision
from worker.errors import CopydeskError
from worker.explain.review import KINDS, in_order, outcome
from worker.store.read.articles import articles
from worker.store.read.review import LOOKED_AT, count_open, item, open_items
from worker.stories.correction_context import CorrectionContext
from worker.stories.review import decide
from worker.web.comparison import COMPARED_CHARACTERS, compare
from worker.web.forms import read_form
from worker.web.notices import notices
from worker.web.params import BadRequestError, NotFoundError, int_param, path_id
from worker.web.render import page
from worker.web.session import require_session, session
from worker.web.site import reading, site

#: Pairs that are listed below the one that is shown.
_MOST_LISTED = 20
_LARGEST_ID = 2**31 - 1


def review_page(request: Request) -> Response:
    """Answer ``/review``: the newest pair, or that of ``?pair=``, and those that follow; ``?done=`` reports one."""
    chosen, done, before = (int_param(request, name, most=_LARGEST_ID) for name in ("pair", "done", "before"))
    with reading(request) as connection:
        waiting = open_items(connection, _MOST_LISTED + 1, before=before)
        shown = item(connection, chosen) if chosen else next(iter(waiting), None)
        if chosen and shown is None:
            raise NotFoundError(f"There is no pair {chosen} in the review queue.")
        decided = item(connection, done) if done else None
        made = notices(connection, request)
        count = count_open(connection)
        ids = [shown.other_id, shown.article_id] if shown else []
        both = articles(connection, ids, most_characters=COMPARED_CHARACTERS + 1)
    order = in_order(*(both[number] for number in ids)) if shown else None
    values = {
        "shown": shown,
        "order": order,
        "comparison": compare(order.first.text, order.second.text) if order else None,
        "done": decided if decided and decided.decision else None,
        "waiting": [row for row in waiting[:_MOST_LISTED] if not shown or row.id != shown.id],
        "more": waiting[_MOST_LISTED - 1].id if len(waiting) > _MOST_LISTED else None,
        "count": count,
        "most_counted": LOOKED_AT,
        "notices": made,
        "sentence": outcome,
        "kinds": KINDS,
    }
    return page(request, "review.html", values)


async def review_form(request: Request) -> Response:
    """Decide on the pair in the path as the form says; the next pair follows."""
    form = await read_form(request)
    await run_in_threadpool(require_session, request, form)
    try:
        decision = ReviewDecision(form.get("decision", ""))
    except ValueError as error:
        raise BadRequestError(f"decision must be one of {', '.join(ReviewDecision)}.") from error
    reported = await run_in_threadpool(_decide, request, decision, form.get("note"))
    return RedirectResponse(f"/review?{urlencode(reported)}", 303)


def _decide(request: Request, decision: ReviewDecision, note: str | None) -> dict[str, int]:
    """Return what the next page reports: the pair, and the correction if there is one."""
    here = site(request)
    with here.engine.begin() as connection:
        context = CorrectionContext(
            connection, here.settings.window_days, note, here.settings.preferred_sources, session(request).name
        )
        try:
            decided = decide(context, path_id(request), decision)
        except CopydeskError as error:
            raise BadRequestError(str(error)) from error
    return {"done": decided.id} | ({"corrected": context.logged[-1]} if context.logged else {})
