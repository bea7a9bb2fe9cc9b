"""The corrections that a page reports as just made, each with a button that undoes it: those of ``?corrected=``."""

from collections.abc import Sequence

from sqlalchemy import Connection
from starlette.requests import Request

from worker.store.correction_log import LoggedCorrection, logged

#: As many as stories can be merged at once.
MOST_NOTICES = 20


def notices(connection: Connection, request: Request) -> Sequence[LoggedCorrection]:
    """Return the corrections that the address names; anything else in it is ignored."""
    named = request.query_params.getlist("corrected")[:MOST_NOTICES]
    ids = {int(value) for value in named if value.isascii() and value.isdecimal() and len(value) < 10}
    return logged(connection, ids) if ids else ()
