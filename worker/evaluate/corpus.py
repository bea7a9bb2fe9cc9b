"""Load a labelled corpus: articles, and labels that say which of them are the same story.

Three layouts: a folder with ``docs.jsonl`` whose lines have a ``story``; the same with ``pairs.jsonl`` of judged pairs
(``a``, ``b``, ``label``: 3 or 2 for the same text, 1 for partly the same, which is not counted, 0 for different); a
folder with ``expected.json``, like ``seeds/``.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worker.errors import CopydeskError

#: Labels of judged pairs: the same text, and different texts. The label between them counts for neither.
_SAME, _OTHER = {2, 3}, {0}


@dataclass(frozen=True, slots=True)
class Corpus:
    """``files`` are the input of the pipeline; ``ids`` maps (file name, record position) to an article id."""

    name: str
    files: list[Path]
    ids: dict[tuple[str, int], str]
    stories: dict[str, str] = field(default_factory=dict)  # id -> label
    pairs: dict[tuple[str, str], bool] = field(default_factory=dict)  # judged pairs: whether the texts are the same


def load(path: Path) -> Corpus:
    """Read the labels of a corpus.

    Raises:
        CopydeskError: the path has none of the three layouts, or a line is not a record.
    """
    if (path / "expected.json").is_file():
        return _seeds(path)
    docs = path if path.suffix == ".jsonl" else path / "docs.jsonl"
    if not docs.is_file():
        raise CopydeskError(f"{path} is not a labelled corpus: it has neither docs.jsonl nor expected.json.")
    records = _lines(docs)
    ids = {(docs.name, position): str(record.get("id", position)) for position, record in enumerate(records)}
    stories = {ids[docs.name, n]: str(record["story"]) for n, record in enumerate(records) if "story" in record}
    judged = docs.with_name("pairs.jsonl")
    pairs = _pairs(judged, set(ids.values())) if judged.is_file() else {}
    return Corpus(docs.parent.name, [docs], ids, stories, pairs)


def _pairs(path: Path, known: set[str]) -> dict[tuple[str, str], bool]:
    pairs = {}
    for number, record in enumerate(_lines(path), start=1):
        if not record.keys() >= {"a", "b", "label"} or not {str(record["a"]), str(record["b"])} <= known:
            raise CopydeskError(f"{path}, line {number}: it must name the ids a and b of two articles, and a label.")
        if record["label"] in _SAME | _OTHER:
            pairs[str(record["a"]), str(record["b"])] = record["label"] in _SAME
    return pairs


def _lines(path: Path) -> list[dict[str, Any]]:
    records = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if not isinstance(record, dict):
                raise CopydeskError(f"{path}, line {number}: this is not a JSON object.")
            records.append(record)
    return records


def _seeds(path: Path) -> Corpus:
    try:
        expected = json.loads((path / "expected.json").read_bytes())["files"]
    except (ValueError, KeyError, TypeError) as error:
        raise CopydeskError(f'{path}/expected.json is not a JSON object of "files" with their stories.') from error
    ids: dict[tuple[str, int], str] = {}
    stories: dict[str, str] = {}
    for name, answer in expected.items():
        for position, record in enumerate(answer.get("records", [answer])):
            if "story" in record:
                ids[name, position] = article = f"{name}:{position}"
                stories[article] = record["story"]
    return Corpus(path.name, sorted(path / name for name in expected), ids, stories)
