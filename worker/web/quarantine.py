"""The forms of the list of quarantined files: retry or dismiss the chosen ones, or all with one reason."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.queue.batching import enqueue
from worker.store import quarantine
from worker.store.recovery import retry_quarantined
from worker.web.forms import Form, read_form
from worker.web.params import BadRequestError
from worker.web.session import require_session
from worker.web.site import site

_CHOSEN = re.compile(r"file-([0-9]{1,18})")


async def quarantine_form(request: Request) -> Response:
    """Retry or dismiss files, as ``do`` says: those of the checkboxes, or all with the reason of the form."""
    form = await read_form(request)
    await run_in_threadpool(require_session, request, form)
    if form.get("do") not in {"retry", "dismiss"}:
        raise BadRequestError("do must be retry or dismiss.")
    changed = await run_in_threadpool(_change, request, form)
    return RedirectResponse(f"/files?{urlencode({'state': 'quarantined'} | changed)}", 303)


def _change(request: Request, form: Form) -> dict[str, int]:
    """Return how many files were retried or dismissed, under the name that the page reads."""
    here = site(request)
    with here.engine.begin() as connection:
        reason = form.get("reason")
        ids = _chosen(form) if reason is None else quarantine.with_reason(connection, reason)
        if form["do"] == "dismiss":
            return {"dismissed": quarantine.dismiss(connection, ids)}
        retried = retry_quarantined(connection, ids).files
    enqueue(here.settings, [(file.id, file.size) for file in retried])
    return {"retried": len(retried)}


def _chosen(form: Form) -> Sequence[int]:
    ids = [int(match[1]) for name in form if (match := _CHOSEN.fullmatch(name))]
    if not ids:
        raise BadRequestError("Choose files by their checkboxes first.")
    return ids
