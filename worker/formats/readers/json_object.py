"""Parse one JSON object into an article; usual names of fields are known, others are configurable.

orjson parses nearly all objects. What it refuses but scrapers write (NaN, huge numbers, halves of
surrogate pairs) is parsed again by the standard library.
"""

import json
from collections.abc import Mapping

import orjson

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import json_fields, json_wrappers
from worker.formats.decode import decode, repair
from worker.formats.fields import from_fields, line
from worker.formats.html_fragment import html_to_text
from worker.formats.json_repeats import note_repeated_keys
from worker.formats.limits import Limits
from worker.formats.readers import ninjs


def article(data: bytes, limits: Limits, first_line: int, unread: json_fields.UnreadKeys) -> Article:
    """Return the article of one JSON object; ``first_line`` is its line in the file, for error messages."""
    return from_object(load_object(data, first_line), limits, first_line, unread)


def load_object(data: bytes, first_line: int) -> dict[str, object]:
    """Return the JSON object in ``data``; raise QuarantineError if it holds another value, or is broken."""
    value = loads(data, first_line)
    note_repeated_keys(data, value)
    if not isinstance(value, dict):
        raise QuarantineError(
            f"Line {first_line} holds no JSON object ({{…}}): write one article as one object a line."
        )
    return value


def from_object(
    value: Mapping[str, object], limits: Limits, first_line: int, unread: json_fields.UnreadKeys
) -> Article:
    """Return the article in a parsed object: its text or, if it has none, its headline alone."""
    if limits.json_fields.get("text") not in value and ninjs.is_ninjs(value):
        return ninjs.from_object(value)
    value = json_wrappers.opened(value)
    fields, read_keys = json_fields.fields_of(value, limits)
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        _refuse_list(value, first_line)
        text = line(fields.get("title")) if not isinstance(fields.get("title"), str) else _whole_line(fields["title"])
        if text is None:
            names = limits.json_fields
            raise QuarantineError(
                f'The object in line {first_line} has neither a "{names.get("text")}" nor a "{names.get("title")}"'
                " with words in it: name the field of the text in the setting json_fields."
            )
    elif fields["is_html"] or (text.lstrip().startswith("<") and "</" in text):
        text = html_to_text(text)  # some scrapers keep the HTML
    unread.note(value, read_keys)
    return from_fields(fields, text)


def _whole_line(title: object) -> str | None:
    return " ".join(repair(str(title)).split()) or None


def _refuse_list(value: Mapping[str, object], first_line: int) -> None:
    """Raise QuarantineError if an object without text holds a list of articles instead."""
    if found := next(json_wrappers.article_lists(value), None):
        raise QuarantineError(
            f'The object in line {first_line} has no text but a list of articles under "{found}": send this list'
            " as a file, or write each of its objects on a line."
        )


def loads(data: bytes, first_line: int) -> object:
    """Return the JSON value in ``data``; raise QuarantineError with the line and column where it is broken."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _loads_leniently(data, first_line)


def _loads_leniently(data: bytes, first_line: int) -> object:
    text = decode(data).text
    try:
        return _repair_strings(json.loads(text, parse_constant=lambda _: None, parse_int=_parse_int, strict=False))
    except json.JSONDecodeError as error:
        position = f"line {first_line + error.lineno - 1}, column {error.colno}"
        raise QuarantineError(f"The JSON is broken at {position} ({error.msg}): correct or export it again.") from error
    except RecursionError as error:
        raise QuarantineError(
            f"The JSON from line {first_line} on is nested deeper than any article: it is refused."
        ) from error


def _parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def _repair_strings(value: object) -> object:
    if isinstance(value, str):
        return repair(value)
    if isinstance(value, list):
        return [_repair_strings(part) for part in value]
    if isinstance(value, dict):
        return {repair(key): _repair_strings(part) for key, part in value.items()}
    return value
