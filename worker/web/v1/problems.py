"""Errors of the API as ``application/problem+json`` (RFC 9457), each with a sentence that says what to do."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from worker.errors import CopydeskError, QuarantineError, RetryError
from worker.process import log
from worker.store.read.changes import LostPositionError
from worker.web.access import UnauthorizedError
from worker.web.expensive import BusyError
from worker.web.params import BadRequestError, NotFoundError
from worker.web.session import ForbiddenError
from worker.web.v1.rate import TooManyRequestsError, retry_after

logger = log.get(__name__)
MEDIA_TYPE = "application/problem+json"
#: A program that gets 503 tries again after this many seconds: a full queue of 20,000 files takes about a minute.
_RETRY_SECONDS = 5


class ProblemPart(BaseModel):
    """What is wrong with one part of a request; ``where`` is its path, such as `query.limit` or `body.text`."""

    where: str
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457). ``detail`` says what is wrong and what to do."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no story 7."])
    errors: list[ProblemPart] = Field(default=[], description="The parts of the request that are wrong.")


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: list[ProblemPart] | None = None
) -> Response:
    """Return an error."""
    title = HTTPStatus(status).phrase
    body = Problem(type="about:blank", title=title, status=status, detail=detail, errors=errors or [])
    return Response(orjson.dumps(body.model_dump()), status, headers, media_type=MEDIA_TYPE)


def _with_status(status: int, **headers: str) -> Callable[[Request, Exception], Response]:
    def answer(_request: Request, error: Exception) -> Response:
        return problem(status, str(error), headers={name.replace("_", "-"): v for name, v in headers.items()})

    return answer


def _rate(_request: Request, error: Exception) -> Response:
    return problem(429, str(error), headers={"retry-after": str(retry_after(error))})


def _invalid(_request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    parts = [ProblemPart(where=".".join(map(_shown, f["loc"])), detail=_sentence(f)) for f in faults[:20]]
    detail = "; ".join(f"{part.where}: {part.detail}" for part in parts[:3])
    return problem(422, f"The request can't be used. {detail}.", errors=parts)


def _shown(part: object) -> str:
    return str(part)[:100].encode("utf-8", "replace").decode()


#: Kinds of fault that the library names in its own terms, in words that say what to do.
_SENTENCES = {
    "extra_forbidden": "There is no such field: leave it out, or correct its name",
    "missing": "This field is missing",
    "model_attributes_type": "this must be a JSON object ({…})",
}


def _sentence(fault: Mapping[str, Any]) -> str:
    if isinstance(fault.get("input"), bytes):
        return "The body is not marked as JSON: send it with the header Content-Type: application/json"
    if fault["type"] == "json_invalid":
        return f"This is no JSON: {_shown(fault['ctx']['error'])}"
    if sentence := _SENTENCES.get(fault["type"]):
        return sentence
    return _shown(str(fault["msg"]).removeprefix("Value error, "))


def _http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    sentences = {404: "The API has no such path.", 405: "This path does not accept this method."}
    return problem(error.status_code, sentences.get(error.status_code, f"{error.detail}."), headers=error.headers)


def _database(request: Request, error: Exception) -> Response:
    logger.warning("the database could not answer a request", path=request.url.path, reason=str(error))
    detail = "The database does not answer, or took too long. Try again in a moment."
    return problem(503, detail, headers={"retry-after": str(_RETRY_SECONDS)})


def _fault(_request: Request, _error: Exception) -> Response:
    return problem(500, "The request failed with an internal error. The log of the web process has the details.")


#: Kind of error -> its answer. The most specific kind counts.
HANDLERS: dict[Any, Callable[[Request, Exception], Any]] = {
    RequestValidationError: _invalid,
    BadRequestError: _with_status(400),
    UnauthorizedError: _with_status(401, www_authenticate="Bearer"),
    ForbiddenError: _with_status(403),
    NotFoundError: _with_status(404),
    LostPositionError: _with_status(409),
    QuarantineError: _with_status(422),
    TooManyRequestsError: _rate,
    BusyError: _with_status(503, retry_after=str(_RETRY_SECONDS)),
    RetryError: _with_status(503, retry_after=str(_RETRY_SECONDS)),
    CopydeskError: _with_status(409),
    HTTPException: _http,
    SQLAlchemyError: _database,
    Exception: _fault,
}
