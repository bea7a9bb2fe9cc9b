"""Save the address of a list of stories under a name for everybody, and remove it."""

from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.store import saved_views
from worker.web.forms import read_form
from worker.web.params import BadRequestError, NotFoundError, path_id
from worker.web.removed_view import RemovedView, removed_query
from worker.web.session import require_session
from worker.web.site import site
from worker.web.stories import LIST_PARAMETERS

_LONGEST_NAME = 60
#: The longest query of a list: its parameters are shorter, and encoded.
_LONGEST_QUERY = 4_000


async def save_view_form(request: Request) -> Response:
    """Save the view of a form, and show it with a notice."""
    form = await read_form(request)
    visitor = await run_in_threadpool(require_session, request, form)
    name, query = " ".join(form.get("name", "").split()), _list_query(form.get("query", ""))
    if not 0 < len(name) <= _LONGEST_NAME:
        raise BadRequestError(f"A view needs a name of at most {_LONGEST_NAME} characters.")
    view_id = await run_in_threadpool(_save, request, name, query, visitor.name)
    return RedirectResponse(f"/?{query}&saved={view_id}", 303)


def _list_query(query: str) -> str:
    """Return a query with only the parameters of a list, so that a view can't lead elsewhere.

    Raises:
        BadRequestError: it is too long.
    """
    if len(query) > _LONGEST_QUERY:
        raise BadRequestError(f"The address of a view has at most {_LONGEST_QUERY:,} characters.")
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in LIST_PARAMETERS])


def _save(request: Request, name: str, query: str, saved_by: str) -> int:
    with site(request).engine.begin() as connection:
        if len(saved_views.all_views(connection)) >= saved_views.MOST_VIEWS:
            raise BadRequestError(f"There are {saved_views.MOST_VIEWS} saved views already. Remove one first.")
        view_id = saved_views.add(connection, name, query, saved_by)
        if view_id is None:
            raise BadRequestError(f"There is a view with the name “{name}” already. Choose another name, or remove it.")
    return view_id


async def remove_view_form(request: Request) -> Response:
    """Remove a view, and show the list with a notice that offers to undo it: the form for saving, with its values."""
    form = await read_form(request)
    visitor = await run_in_threadpool(require_session, request, form)
    removed = await run_in_threadpool(_remove, request, path_id(request))
    return RedirectResponse(f"/?{removed_query(visitor, removed)}", 303)


def _remove(request: Request, view_id: int) -> RemovedView:
    with site(request).engine.begin() as connection:
        view = saved_views.remove(connection, view_id)
    if view is None:
        raise NotFoundError("There is no such saved view: somebody has removed it.")
    return RemovedView(view.name, view.query)
