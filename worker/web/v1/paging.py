"""Pages of lists: their size, and the address of the next one."""

from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request

#: Rows of a page without ``limit``.
ROWS = 100
NextPage = Annotated[str | None, Field(description="The address of the next page; null on the last page.")]


def next_page(request: Request, **changed: object) -> str:
    """Return the address of the next page: that of this page with ``changed`` parameters."""
    return f"{request.url.path}?{urlencode(dict(request.query_params) | changed)}"
