"""The ledger as a page: what came in, what became of it, and why something was set aside."""

from starlette.requests import Request
from starlette.responses import Response

from worker.article import FileState
from worker.store.read.articles import articles_of_file
from worker.store.read.files import file, file_rows
from worker.web.params import MissingError, UnanswerableError, number, path_id, written
from worker.web.render import page
from worker.web.site import reading

_PAGE_ROWS = 50
_MOST_ARTICLES = 100


def files_page(request: Request) -> Response:
    """Answer ``/files``: the last first; ``?state=`` shows one state alone."""
    state, before = written(request, "state"), number(request, "before")
    if state and state not in set(FileState):
        raise UnanswerableError(f"state must be one of {', '.join(FileState)}.")
    with reading(request) as connection:
        found = file_rows(connection, state=state, before=before, limit=_PAGE_ROWS + 1)
    rows = found[:_PAGE_ROWS]
    more = rows[-1].id if len(found) > _PAGE_ROWS else None
    values = {"rows": rows, "state": state or "", "states": list(FileState), "more": more, "later_page": before}
    return page(request, "files.html", values)


def file_page(request: Request) -> Response:
    """Answer ``/files/{id}``: one file, what was passed over in it, and its first articles."""
    asked = path_id(request, most=2**63 - 1)
    with reading(request) as connection:
        found = file(connection, asked)
        if found is None:
            raise MissingError(f"There is no file {asked}.")
        inside = articles_of_file(connection, found.id, _MOST_ARTICLES)
    return page(request, "file.html", {"file": found, "articles": inside})
