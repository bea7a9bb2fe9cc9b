"""The page ``/corrections``: who corrected what, when and why, the newest first, each with a button that undoes it."""

from starlette.requests import Request
from starlette.responses import Response

from worker.store.correction_log import page as logged_page
from worker.web import params
from worker.web.notices import notices
from worker.web.render import page
from worker.web.site import reading

_PAGE_ROWS = 50


def corrections_page(request: Request) -> Response:
    """Answer ``/corrections``, of those with ids below ``?before=``."""
    return show_corrections(request, before=params.int_param(request, "before", least=1, most=2**31 - 1))


def show_corrections(request: Request, *, before: int | None, problem: str | None = None) -> Response:
    """Return the list; with a ``problem`` as the answer to a form that could not be carried out."""
    with reading(request) as connection:
        rows, last = params.cut_page(logged_page(connection, _PAGE_ROWS + 1, before=before), _PAGE_ROWS)
        values = {
            "rows": rows,
            "more": last.id if last else None,
            "later_page": before,
            "notices": notices(connection, request),
            "problem": problem,
        }
    return page(request, "correction-list.html", values, status=400 if problem else 200)
