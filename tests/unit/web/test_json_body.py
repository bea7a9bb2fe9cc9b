"""The body of a request is read as JSON, or refused with a sentence."""

import asyncio

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from worker.web.v1.json_body import JsonRequest
from worker.web.v1.problems import HANDLERS


def _read(body: bytes) -> object:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return asyncio.run(JsonRequest({"type": "http", "headers": []}, receive).json())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"text": "The ferry is late.", "text": "The mill burned."}', "The field 'text' is there twice"),
        (b'[{"text": "The mill burned."}, {"id": 1, "id": 2}]', "The field 'id' is there twice"),
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "too many digits"),
        ('{"text": "Das Café"}'.encode("latin-1"), "UTF-8"),
    ],
)
def test_an_ambiguous_or_unreadable_body_is_refused(body: bytes, says: str) -> None:
    """No value is dropped without a word, and the sentence says what to change."""
    with pytest.raises(HTTPException) as caught:
        _read(body)
    assert caught.value.status_code == 400
    assert says in caught.value.detail


def test_a_key_in_two_objects_is_no_repetition() -> None:
    """Each object may have each key once."""
    assert _read(b'[{"text": "a"}, {"text": "b"}]') == [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"type": "model_attributes_type", "msg": "?", "input": b"text=a"}, "Content-Type: application/json"),
        ({"type": "model_attributes_type", "msg": "?", "input": None}, "this must be a JSON object"),
        ({"type": "json_invalid", "msg": "?", "input": {}, "ctx": {"error": "Expecting value"}}, "Expecting value"),
    ],
)
def test_a_fault_of_the_body_gets_a_sentence(fault: dict[str, object], says: str) -> None:
    """What the library says in its own terms is said in terms of the request."""
    error = RequestValidationError([fault | {"loc": ("body",)}])
    answered = HANDLERS[RequestValidationError](Request({"type": "http"}), error)
    assert answered.status_code == 422
    assert says in bytes(answered.body).decode()
