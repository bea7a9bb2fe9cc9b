"""Read the front matter of Markdown, the fields of site generators above the text.

It is YAML between ``---``, TOML between ``+++``, or a JSON object with a blank line below it.

What does not parse as fields is text: a file may also begin with a rule and prose.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime

#: article field -> its names in the front matter of site generators (Hugo, Jekyll, Pelican, Obsidian), in lower case
_KEYS = {
    "title": ("title", "headline"),
    "published": ("date", "published", "pubdate", "publishdate", "published_at", "date_published", "datepublished"),
    "author": ("author", "authors", "byline"),
    "url": ("url", "link", "source_url", "permalink", "canonical_url", "canonical"),
    "source": ("source", "publisher", "site"),
    "language": ("lang", "language", "locale"),
    "id": ("id", "guid"),
}
#: Front matter has a few hundred characters; a parser never sees more than this of hostile files.
_MAX_CHARS = 20_000
_FENCES = re.compile(
    rf"\A(?:---[ \t]*\n(?P<yaml>.{{0,{_MAX_CHARS}}}?)^(?:---|\.\.\.)"
    rf"|\+\+\+[ \t]*\n(?P<toml>.{{0,{_MAX_CHARS}}}?)^\+\+\+"
    rf"|(?P<json>\{{\s.{{0,{_MAX_CHARS}}}?^\}})(?=[ \t]*\n[ \t]*\n))[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
#: A field of one line whose value has a colon and is in no quotation marks.
_BARE_COLON = re.compile(r"^([^\W\d][\w.-]{0,60}):[ \t]+([^\s\"'\[{|>&*!][^\n]*:[ \t][^\n]*)$", re.MULTILINE)
_NAME = re.compile(r"[^\W\d][\w.-]{0,60}")


def front_matter(text: str) -> tuple[dict[str, object], str]:
    """Return the fields of the front matter (keyed as in Limits.json_fields), and the text below it."""
    match = _FENCES.match(text)
    if match is None:
        return {}, text
    table = _parse(match)
    if table is None or not all(isinstance(key, str) and _NAME.fullmatch(key) for key in table):
        return {}, text
    # Hugo keeps a site's own fields in a table "params".
    params = table.get("params")
    values = {**_lowered(params if isinstance(params, dict) else {}), **_lowered(table)}
    fields: dict[str, object] = {}
    for field, names in _KEYS.items():
        value = next((values[name] for name in names if values.get(name)), None)
        if value:
            fields[field] = value
    return fields, text[match.end() :]


def _parse(match: re.Match[str]) -> Mapping[str, object] | None:
    if match["json"] is not None:
        return _parse_json(match["json"])
    return _parse_toml(match["toml"]) if match["yaml"] is None else _parse_yaml(match["yaml"])


def _parse_json(block: str) -> Mapping[str, object] | None:
    try:
        loaded = json.loads(block, strict=False)
    except (ValueError, RecursionError):
        return None
    return loaded if isinstance(loaded, dict) else None


def _lowered(table: Mapping[str, object]) -> dict[str, object]:
    return {str(key).lower(): _plain(value) for key, value in table.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _parse_toml(block: str) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _parse_lines(block, "=")


def _parse_yaml(block: str) -> Mapping[str, object] | None:
    """Return the mapping in ``block``; every scalar is a string, as YAML's guesses turn ``No`` into false."""
    import yaml  # 20 ms to import; needed only for Markdown with front matter

    if not block.strip():
        return {}
    try:
        # The loader in Python: that in C recurses on the process's stack. An alias is one shared object in it.
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader creates strings, lists and dicts only
    except (yaml.YAMLError, RecursionError, ValueError):
        try:  # `title: Harbour: the vote` is no YAML, but meant
            loaded = yaml.load(_BARE_COLON.sub(_quoted, block), Loader=yaml.BaseLoader)  # noqa: S506  as above
        except (yaml.YAMLError, RecursionError, ValueError):
            return _parse_lines(block, ":")
    return loaded if isinstance(loaded, dict) else None


def _quoted(field: re.Match[str]) -> str:
    value = field[2].strip().replace("'", "''")
    return f"{field[1]}: '{value}'"


def _parse_lines(block: str, sign: str) -> Mapping[str, object] | None:
    """Return the one-line fields of a block that is not valid; None if a line is none and belongs to no field."""
    table: dict[str, object] = {}
    for line in block.splitlines():
        key, found, value = line.partition(sign)
        if found and _NAME.fullmatch(key.strip()) and key[:1].strip():
            value = value.strip()
            listed = value.startswith("[") and value.endswith("]")
            parts = [part.strip(" \"'") for part in value[1:-1].split(",")]
            table[key.strip()] = parts if listed else value.strip("\"'")
        elif line.strip() and not line.startswith((" ", "\t", "-", "#", "[")):
            return None
    return table
