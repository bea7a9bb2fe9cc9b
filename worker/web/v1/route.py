"""What happens to each request before its body is read: its caller, their rights and rate, and unknown parameters."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from worker.article import TokenScope
from worker.web.access import UnauthorizedError, address, caller, sender
from worker.web.params import BadRequestError
from worker.web.session import ForbiddenError
from worker.web.v1.json_body import JsonRequest
from worker.web.v1.rate import RequestRate

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token of `copydesk token add`.")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def router(tag: str, *needed: TokenScope) -> APIRouter:
    """Return a router whose endpoints need a token with one of the rights ``needed``."""

    class _Admitting(APIRoute):
        def get_route_handler(self) -> Handler:
            handle: Handler = super().get_route_handler()
            known = _parameters(self)

            async def answer(request: Request) -> Response:
                await _admit(request, needed)
                if unknown := sorted(set(request.query_params) - known):
                    raise BadRequestError(f"There is no parameter {unknown[0][:100]!a} here{_instead(known)}.")
                return await handle(JsonRequest(request.scope, request.receive) if self.body_field else request)

            return answer

    security = Security(_BEARER, scopes=[str(right) for right in needed])
    return APIRouter(tags=[tag], route_class=_Admitting, dependencies=[security])


def _parameters(route: APIRoute) -> set[str]:
    """Return the names of the query parameters of a route, whose endpoint may take them as one model."""
    names: set[str] = set()
    for field in route.dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names |= set(annotation.model_fields)
        else:
            names.add(field.alias)
    return names


def _instead(known: set[str]) -> str:
    return f", but {', '.join(sorted(known))}" if known else ": this path takes none"


def counted(endpoint: Callable[[Request], Awaitable[Response]]) -> Handler:
    """Return an endpoint of the addresses of version 0.1 whose requests count like those of this API."""

    async def answer(request: Request) -> Response:
        rate: RequestRate = request.app.state.rate
        rate.count(await sender(request))
        return await endpoint(request)

    return answer


async def _admit(request: Request, needed: tuple[TokenScope, ...]) -> None:
    """Count the request and check the rights of its caller, who becomes ``request.state.caller``.

    Raises:
        TooManyRequestsError, UnauthorizedError, ForbiddenError: the request is not admitted.
    """
    rate: RequestRate = request.app.state.rate
    try:
        known = await caller(request)
    except UnauthorizedError:
        rate.count(address(request))
        raise
    rate.count(f"token {known.name}" if known.name else address(request))
    request.state.caller = known
    if known.rights.isdisjoint(needed):
        scopes = " or ".join(needed)
        if known.name is None:
            raise UnauthorizedError(
                f"This needs a token of the scope {scopes}: copydesk token add NAME --scope {needed[0]}"
            )
        raise ForbiddenError(f"The token {known.name} may not do this: it needs one of the scope {scopes}.")
