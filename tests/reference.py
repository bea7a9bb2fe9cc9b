"""Generate the pages of ``docs/reference`` from the code; a test fails when they differ.

Write them with: python -m tests.reference
"""

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Column, Table

from worker.cli import COMMANDS, commands
from worker.formats import json_keys, json_wrappers
from worker.settings import Settings, config_file, load
from worker.store import history, models, review_table, search_tables, translation_tables, webhook_tables
from worker.web.v1.application import api_v1

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_GENERATED = "<!-- Generated from the code: python -m tests.reference -->\n"
#: A fixed width, so that help is wrapped the same way on every terminal.
_WIDTH = 100
#: Settings that are not in a file, because they are secrets or addresses that may hold secrets: variable, meaning.
SECRETS = {
    "database_url": (
        "DATABASE_URL",
        "Postgres, as `postgresql://user@host/database`; empty: an embedded server in the data folder",
    ),
    "database_password": ("DATABASE_PASSWORD", "added to DATABASE_URL if that has none"),
    "redis_url": ("REDIS_URL", "Redis or Valkey, as `redis://host:6379/0`; empty: an embedded server"),
    "redis_password": ("REDIS_PASSWORD", "added to REDIS_URL if that has none"),
    "stream_password": ("COPYDESK_STREAM_PASSWORD", "the password of the stream's server"),
    "web_token": (
        "COPYDESK_WEB_TOKEN",
        "16 characters or more; a token without a name, which may do all in pages and API; see `copydesk token`",
    ),
}


def commands_page() -> str:
    """Return the help of every command."""
    parts = [f"# Commands\n\n{_GENERATED}"]
    parts.append(
        "Exit codes: 0: done; 1: something failed; 2: wrong usage. With `--json`, stdout holds one JSON document (or "
        "one per line) and nothing else. For completion see [how to use the shell](../how-to/shell.md).\n"
    )
    shape: dict[str, Any] = {"terminal_width": _WIDTH, "max_content_width": _WIDTH}
    # the same as `copydesk` has, or help would depend on which context was created first
    shape |= {"help_option_names": commands.context_settings["help_option_names"]}
    with click.Context(commands, info_name="copydesk", **shape) as top:
        for name in COMMANDS:
            command = commands.get_command(top, name)
            assert command, name
            with click.Context(command, top, name, **shape) as context:
                parts.append(f"## copydesk {name}\n\n```text\n{command.get_help(context)}\n```\n")
                for part, of in getattr(command, "commands", {}).items():
                    with click.Context(of, context, part, **shape) as inner:
                        parts.append(f"### copydesk {name} {part}\n\n```text\n{of.get_help(inner)}\n```\n")
    return "\n".join(parts)


def settings_page() -> str:
    """Return every setting with its variable, its default and what it does."""
    source = config_file("worker.toml").read_text("utf-8")
    defaults = tomllib.loads(source)
    meanings = dict(re.findall(r"^(\w+) = .*?\s#\s(.*)$", source, re.MULTILINE))
    lines = [
        f"# Settings\n\n{_GENERATED}",
        "The environment overrides the `worker.toml` in the folder that `COPYDESK_CONFIG_DIR` names. That file may",
        "leave settings out, and overrides `config/worker.toml`. A variable with the suffix `_FILE` names a file that",
        "holds the value. Lists and tables are written as JSON in the environment: `COPYDESK_IGNORE='[\"*.bak\"]'`.\n",
        "| setting | variable | default | meaning |\n|---|---|---|---|",
    ]
    for name in Settings.model_fields:
        if name in SECRETS:
            variable, meaning = SECRETS[name]
            lines.append(f"| (never in the file) | `{variable}` | empty | {meaning} |")
        else:
            default = _cell(defaults[name])
            lines.append(f"| `{name}` | `COPYDESK_{name.upper()}` | {default} | {_escaped(meanings[name])} |")
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value == "":
        return "empty"
    if isinstance(value, list | dict):
        return f"`{_escaped(str(value))}`" if value else "none"
    return f"`{value}`"


def _escaped(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "&lt;")


def tables_page() -> str:
    """Return every table with its columns and what they mean."""
    source = "".join(
        map(inspect.getsource, (models, history, search_tables, translation_tables, webhook_tables, review_table))
    )
    parts = [
        f"# Tables\n\n{_GENERATED}",
        "You may read them with SQL; they change only by migrations. Don't write to them: only Copydesk does.\n",
    ]
    for table in models.metadata.sorted_tables:
        definition = re.search(rf'((?:^#: .*\n)+)^\w+ = Table\(\n    "{table.name}",', source, re.MULTILINE)
        assert definition, f"{table.name} has no comment"
        comment = " ".join(line.removeprefix("#: ") for line in definition[1].splitlines())
        parts.append(f"## {table.name}\n\n{_escaped(comment)}\n\n| column | type | meaning |\n|---|---|---|")
        parts.append("\n".join(_columns(table, source[definition.end() :])) + "\n")
    return "\n".join(parts)


def _columns(table: Table, source: str) -> Iterator[str]:
    body = source.partition("\n)\n")[0]
    for column in table.columns:
        same_line = re.search(rf'^    (?:Column|_now)\("{column.name}".*?(?:#\s*(.*))?$', body, re.MULTILINE)
        line_above = re.search(rf'^    # (.*)\n    Column\("{column.name}"', body, re.MULTILINE)
        meaning = (same_line and same_line[1]) or (line_above and line_above[1]) or ""
        yield f"| `{column.name}` | {_type(column)} | {_escaped(meaning)} |"


def _type(column: Column[Any]) -> str:
    kind = str(column.type.compile()) if "ARRAY" not in repr(column.type) else "INTEGER[]"
    referred = "".join(f", of {key.column.table.name}" for key in column.foreign_keys)
    return f"{kind.lower()}{referred}{'' if column.nullable else ', not null'}"


def api_page() -> str:
    """Return every path of the API."""
    document = api_v1(load()).openapi()
    parts = [
        f"# API\n\n{_GENERATED}",
        "A running service shows the same with all fields under `/api`, and for programs under",
        "`/api/v1/openapi.json`; [how to use it](../how-to/api.md). Errors are `application/problem+json` with a",
        "sentence in `detail`. The addresses of version 0.1 (`/api/stories`, `/api/stories/{id}`,",
        "`/api/articles/{id}`, `/api/files`, `/api/changes`) answer as before; `/api/openapi.json` describes them.\n",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts += _operation(f"{method.upper()} {path}", operation)
    return "\n".join(parts)


def _operation(title: str, operation: dict[str, Any]) -> Iterator[str]:
    more = f" {operation['description']}" if "description" in operation else ""
    needed = [scope for scheme in operation["security"] for scope in scheme.get("token", [])]
    answers = [_named(answer) for status, answer in operation["responses"].items() if status.startswith("2")]
    yield f"## {title}\n\n{operation['summary']}{more}\n"
    body = f" Takes {_named(operation['requestBody'])}." if "requestBody" in operation else ""
    scope = "the scope write" if needed == ["write"] else f"the scope {', '.join(needed)} or write"
    optional = ", unless `web_readers` is `anyone`" if {} in operation["security"] else ""
    yield f"`{operation['operationId']}`.{body} Returns {' or '.join(answers)}. Needs {scope}{optional}.\n"
    if parameters := operation.get("parameters"):
        rows = [f"| `{given['name']}` | {given.get('description', 'in the path')} |" for given in parameters]
        yield "\n".join(["| parameter | meaning |\n|---|---|", *rows]) + "\n"


def _named(part: dict[str, Any]) -> str:
    """Return the names of the schemas that a body or an answer has."""
    names = re.findall(r"'#/components/schemas/(\w+)'", str(part["content"]["application/json"]["schema"]))
    return (
        " or a list of ".join(dict.fromkeys([names[0], names[-1]])) if len(names) == 1 else f"{names[0]}, one or many"
    )


def json_page() -> str:
    """Return the keys that are read of JSON without configuration."""
    lines = [
        f"# JSON\n\n{_GENERATED}",
        "A JSON file holds one object, an array of objects, one object per line, or an object that encloses lists of",
        "articles. A field is read from the first of these keys that holds a value of its kind. Keys are compared",
        "without case, `_` and `-`, so that `publishedAt` is also `published_at`. A dotted name reaches into an",
        "object. A field that the setting `json_fields` names is read under that name alone. Of a file's other keys",
        "each is noted once, by `copydesk clean` and in the log.\n",
        "| field | keys |\n|---|---|",
    ]
    lines += [f"| `{field}` | {' '.join(f'`{key}`' for key in keys)} |" for field, keys in json_keys.USUAL_KEYS.items()]
    lists = " ".join(f"`{key}`" for key in sorted(json_wrappers.LIST_KEYS))
    envelopes = " ".join(f"`{key}`" for key in json_wrappers.ENVELOPES)
    shared = " ".join(f"`{key}`" for key in sorted(json_wrappers.SHARED_LIST_KEYS))
    lines.append(
        "\nLists of articles are read under these keys, in an object without a text, up to"
        f" {json_wrappers.MAX_LIST_DEPTH} objects deep: {lists}; under {shared} if the first object has a title and a"
        f" text. Each article may be in an object under {envelopes}, or in the only one that has a title and a text. A"
        f" first paragraph under {' '.join(f'`{key}`' for key in json_keys.LEADS)} is put above a text without it."
    )
    return "\n".join(lines) + "\n"


PAGES = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "tables.md": tables_page,
    "api.md": api_page,
    "json.md": json_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
