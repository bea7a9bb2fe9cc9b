"""Loose values of a record (JSON, front matter, feeds) -> an Article with typed fields.

Feeds and scrapers write the same field as a string, a list or an object; whatever is unclear becomes None.
"""

import re
from collections.abc import Mapping

from worker.article import Article
from worker.formats import dates
from worker.formats.decode import repair

#: A field longer than this is not a title, a name or an address but a text in the wrong place.
_MAX_FIELD_CHARS = 2_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")


def from_fields(fields: Mapping[str, object], text: str) -> Article:
    """Return the article of ``text`` with what ``fields`` (keyed as in Limits.json_fields) holds."""
    get = fields.get
    return Article(
        text=repair(text),
        title=line(get("title")),
        external_id=line(get("id")),
        url=line(get("url")),
        source=line(get("source")),
        author=line(get("author")),
        language=language_code(get("language")),
        published_at=dates.parse(get("published")),
    )


def line(value: object) -> str | None:
    """Return ``value`` as one line of at most 2,000 characters; lists joined by commas, objects by their name."""
    if isinstance(value, str):
        return " ".join(repair(value[: 2 * _MAX_FIELD_CHARS]).split())[:_MAX_FIELD_CHARS] or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(line, value[:20])))[:_MAX_FIELD_CHARS] or None if _is_flat(value) else None
    if isinstance(value, dict):
        named = value.get("name") or value.get("title") or value.get("#text")
        return line(named) if isinstance(named, str) else None
    return None


def language_code(value: object) -> str | None:
    """Return ``value`` if it is a code such as ``en`` or ``pt-BR``; a language's name says less than its text."""
    return value.strip() if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()) else None


def paragraphs(value: object) -> str | None:
    """Return a text given as a string, or as a list of its paragraphs."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n\n".join(value)
    return None


def _is_flat(value: list[object]) -> bool:
    return all(isinstance(part, str | int | float | dict) for part in value[:20])
