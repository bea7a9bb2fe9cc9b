"""Read the form of a request, only in the encoding of our pages: no request chooses a parser or a charset."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from worker.web.params import BadRequestError

Form = Mapping[str, str]
_MEDIA_TYPE = "application/x-www-form-urlencoded"
#: The largest form has a checkbox for each of 50 files.
_MOST_FIELDS = 60


async def read_form(request: Request) -> Form:
    """Return the fields of a form; of several with one name the last.

    Raises:
        BadRequestError: it is sent in another encoding than that of our pages, or has too many fields.
    """
    body = await request.body()
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise BadRequestError(f"Forms must be sent as {_MEDIA_TYPE}.")
    try:
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadRequestError(f"A form has at most {_MOST_FIELDS} fields.") from error
    return {name: value.replace("\x00", " ") for name, value in fields}
