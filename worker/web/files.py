"""The pages of the ledger: the delivered files, the outcome of each, and why a file is in quarantine."""

from starlette.requests import Request
from starlette.responses import Response

from worker.article import FileState
from worker.store import quarantine
from worker.store.read.articles import articles_of_file
from worker.store.read.files import file, file_rows
from worker.web.params import NotFoundError, cut_page, file_state, int_param, path_id
from worker.web.render import page
from worker.web.site import reading

_PAGE_ROWS = 50
_MOST_ARTICLES = 100
#: The opening of a text replaces a missing headline.
_OPENING_CHARACTERS = 200


def files_page(request: Request) -> Response:
    """Answer ``/files``: files, newest first; ``?state=`` shows those in one state."""
    state, before = file_state(request), int_param(request, "before")
    with reading(request) as connection:
        rows, last = cut_page(file_rows(connection, state=state, before=before, limit=_PAGE_ROWS + 1), _PAGE_ROWS)
        reasons = quarantine.reasons(connection) if state == FileState.QUARANTINED else []
    values = {"rows": rows, "state": state or "", "states": list(FileState), "more": last and last.id}
    done = {name: int_param(request, name) for name in ("retried", "dismissed")}
    return page(request, "files.html", values | {"later_page": before, "reasons": reasons} | done)


def file_page(request: Request) -> Response:
    """Answer ``/files/{id}``: a file, its rejected records, and its first articles."""
    file_id = path_id(request, most=2**63 - 1)
    with reading(request) as connection:
        row = file(connection, file_id)
        if row is None:
            raise NotFoundError(f"There is no file {file_id}.")
        articles = articles_of_file(connection, row.id, _MOST_ARTICLES, most_characters=_OPENING_CHARACTERS)
    return page(request, "file.html", {"file": row, "articles": articles})
