"""The notice that a saved view was removed, with what it takes to save it again: all in the address of the list.

It is signed with the secret of the session's forms, so that no link from elsewhere can show an editor such a notice, or
have another list saved by *Undo*.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from starlette.requests import Request

from worker.store.saved_views import SavedView
from worker.web.session import Session, session


@dataclass(frozen=True, slots=True)
class RemovedView:
    """The name and the query of a view that was removed."""

    name: str
    query: str


def removed_query(visitor: Session, removed: RemovedView) -> str:
    """Return the query of the list with the notice for this visitor."""
    return urlencode({"removed": removed.name, "view": removed.query, "signed": _signature(visitor, removed)})


def removed_view(request: Request, views: Iterable[SavedView]) -> RemovedView | None:
    """Return the removed view that the address names; None without one, or if a view has its name again."""
    visitor, given = session(request), request.query_params
    removed = RemovedView(given.get("removed", ""), given.get("view", ""))
    if not removed.name or not visitor.signed_in:
        return None
    if not hmac.compare_digest(given.get("signed", "").encode(), _signature(visitor, removed).encode()):
        return None
    return None if any(view.name.casefold() == removed.name.casefold() for view in views) else removed


def _signature(visitor: Session, removed: RemovedView) -> str:
    words = urlencode([("removed", removed.name), ("view", removed.query)])
    return hmac.new(visitor.form_token.encode(), words.encode(), sha256).hexdigest()
