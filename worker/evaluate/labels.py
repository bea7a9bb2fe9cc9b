"""Read ``corpus.toml``, which says what the labels of a corpus mean."""

import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from worker.errors import CopydeskError

FILE = "corpus.toml"
_FIELDS = ("story", "event")


class LabelKind(StrEnum):
    """What the labels of a corpus mean."""

    COPIES = "copies"  # articles with one label are copies of one text
    EVENT = "event"  # articles with one label are independent reports of one event
    PAIRS = "pairs"  # pairs.jsonl holds judged pairs
    NONE = "none"  # no labels


class CorpusLabels(NamedTuple):
    """The kind of the labels, and the field of each line of ``docs.jsonl`` that holds the label."""

    kind: LabelKind
    field: str


def read_labels(folder: Path) -> CorpusLabels | None:
    """Return what the labels of a corpus mean, or ``None`` if the folder has no ``corpus.toml``.

    Raises:
        CopydeskError: the file is not TOML, or a key is unknown, missing or has another value than the allowed ones.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:  # not TOML, or not UTF-8
        raise CopydeskError(f"{path} is not valid TOML: {error}") from error
    if unknown := sorted(content.keys() - {"labels", "field"}):
        raise CopydeskError(f"{path}: the key {unknown[0]!r} is unknown. The keys are labels and field.")
    kind = LabelKind(_choice(path, content, "labels", [kind.value for kind in LabelKind]))
    return CorpusLabels(kind, _choice(path, {"field": "story"} | content, "field", _FIELDS))


def _choice(path: Path, content: dict[str, Any], key: str, allowed: Sequence[str]) -> str:
    value = content.get(key)
    if value not in allowed:
        found = "is missing" if value is None else f"is {value!r}"
        raise CopydeskError(f"{path}: {key} {found}. Write one of: " + ", ".join(f'{key} = "{v}"' for v in allowed))
    return str(value)
