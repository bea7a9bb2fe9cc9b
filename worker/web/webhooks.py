"""The page of webhooks, for editors: what was sent to each of them, and what its receiver answered."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.store.webhook_messages import newest_messages
from worker.store.webhooks import all_webhooks
from worker.web.render import page
from worker.web.session import ForbiddenError, session
from worker.web.site import reading

_MESSAGES = 50


def webhooks_page(request: Request) -> Response:
    """Answer ``/webhooks``: addresses may contain secrets, so only those see it who may correct stories."""
    visitor = session(request)
    if visitor.possible and not visitor.name:
        return RedirectResponse("/sign-in?next=/webhooks", 303)
    if not visitor.signed_in:
        raise ForbiddenError("Webhooks are shown to those who sign in with a token of the scope write.")
    with reading(request) as connection:
        rows = all_webhooks(connection)
        messages = newest_messages(connection, [row.id for row in rows], _MESSAGES)
    return page(request, "webhooks.html", {"webhooks": rows, "messages": messages})
