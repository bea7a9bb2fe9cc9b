"""The body of a request, read as JSON without guessing what an ambiguous or unreadable one means."""

import json
from collections import Counter
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request


class JsonRequest(Request):
    """A request in whose body no object may have a key twice: the library would keep only the last value."""

    async def json(self) -> Any:
        """Return the value in the body.

        Raises:
            HTTPException: a key is there twice, or the body can't be read for another reason than its syntax.
            json.JSONDecodeError: it is not JSON.
        """
        body = await self.body()
        try:
            return json.loads(body, object_pairs_hook=_object)
        except (json.JSONDecodeError, HTTPException):
            raise
        except RecursionError as error:
            raise HTTPException(400, "The JSON is nested deeper than any article: send each article flat") from error
        except UnicodeDecodeError as error:
            raise HTTPException(400, "The body is not UTF-8: encode the JSON as UTF-8") from error
        except ValueError as error:
            raise HTTPException(400, "A number in the JSON has too many digits: write it as a string") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise HTTPException(400, f"The field {twice[:100]!a} is there twice: leave one out")
    return value
