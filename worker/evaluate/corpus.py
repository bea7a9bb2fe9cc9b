"""Load a corpus: articles, and labels that say which of them are copies or reports of one event.

Three layouts: a folder with ``docs.jsonl``, a folder with ``expected.json``, like ``seeds/``, and what `copydesk export
decisions` writes (``decisions.py``). The first may have ``pairs.jsonl`` of judged pairs (``a``, ``b``, ``label``: 3 or
2 for the same text, 1 for partly the same, which is not counted, 0 for different), and ``corpus.toml``, which says what
the labels mean. Without it, judged pairs are the labels if there are any, else articles with the same ``story`` are
copies.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worker.errors import CopydeskError
from worker.evaluate import decisions
from worker.evaluate.labels import FILE, CorpusLabels, LabelKind, read_labels

#: Labels of judged pairs: the same text, and different texts. The label between them counts for neither.
_SAME, _OTHER = {2, 3}, {0}
_PAIRS = "pairs.jsonl"
#: The file of articles that are in no file.
RECORDS = "records.jsonl"
_NOTE = "{} has no labels and no corpus.toml: only joins beyond the text are counted."


@dataclass(frozen=True, slots=True)
class Corpus:
    """``files`` are the input of the pipeline; ``ids`` maps (file name, record position) to an article id.

    ``texts`` are title and text of each article as received, where the file says them under these names. ``note`` is
    for the user, if the corpus can be measured only in part. ``records`` are articles that are in no file yet: they are
    written to one of the name ``RECORDS`` before the pipeline runs.
    """

    name: str
    files: list[Path]
    ids: dict[tuple[str, int], str]
    stories: dict[str, str] = field(default_factory=dict)  # id -> label
    pairs: dict[tuple[str, str], bool] = field(default_factory=dict)  # judged pairs: whether the texts are the same
    labels: LabelKind = LabelKind.COPIES
    texts: dict[str, str] = field(default_factory=dict)
    note: str = ""
    records: list[dict[str, str]] = field(default_factory=list)


def load(path: Path) -> Corpus:
    """Read the labels of a corpus.

    Raises:
        CopydeskError: the path has none of the layouts, a line is not a record, or ``corpus.toml`` is wrong or names
            labels that do not exist.
    """
    if (path / "expected.json").is_file():
        return _seeds(path)
    docs = path if path.suffix == ".jsonl" else path / "docs.jsonl"
    if not docs.is_file():
        docs = path / decisions.FILE
    if not docs.is_file():
        raise CopydeskError(f"{path} is not a corpus: it has no docs.jsonl, expected.json or {decisions.FILE}.")
    records = _lines(docs)
    if docs.name == decisions.FILE or decisions.are_decisions(records):
        return _decided(docs, records)
    ids = [str(record.get("id", position)) for position, record in enumerate(records)]
    declared = read_labels(docs.parent)
    labels = declared or _usual_labels(docs, records)
    stories, pairs = _labels(docs, labels, ids, records)
    return Corpus(
        name=docs.parent.name,
        files=[docs],
        ids={(docs.name, position): article for position, article in enumerate(ids)},
        stories=stories,
        pairs=pairs,
        labels=labels.kind,
        texts={article: text for article, record in zip(ids, records, strict=True) if (text := _text(record))},
        note=_NOTE.format(docs.parent.name) if labels.kind is LabelKind.NONE and not declared else "",
    )


def _decided(path: Path, lines: Sequence[dict[str, Any]]) -> Corpus:
    """Return the corpus of the articles that people decided on."""
    read = decisions.read_decisions(path, lines)
    return Corpus(
        name=path.stem if path.name != decisions.FILE else path.resolve().parent.name,
        files=[],
        ids={(RECORDS, position): article for position, article in enumerate(read.articles)},
        pairs=read.pairs,
        labels=LabelKind.PAIRS,
        texts={article: _text(record) for article, record in read.articles.items()},
        records=list(read.articles.values()),
    )


def _usual_labels(docs: Path, records: Sequence[dict[str, Any]]) -> CorpusLabels:
    """Return what the labels of a corpus without ``corpus.toml`` mean."""
    if docs.with_name(_PAIRS).is_file():
        return CorpusLabels(LabelKind.PAIRS, "story")
    labelled = any("story" in record for record in records)
    return CorpusLabels(LabelKind.COPIES if labelled else LabelKind.NONE, "story")


def _labels(
    docs: Path, labels: CorpusLabels, ids: Sequence[str], records: Sequence[dict[str, Any]]
) -> tuple[dict[str, str], dict[tuple[str, str], bool]]:
    """Return the label of each article, and the judged pairs: one of both is empty, or both are."""
    if labels.kind is LabelKind.NONE:
        return {}, {}
    if labels.kind is LabelKind.PAIRS:
        judged = docs.with_name(_PAIRS)
        if not judged.is_file():
            raise CopydeskError(
                f"{docs.parent / FILE} says that pairs are judged, but there is no {_PAIRS} next to it."
            )
        return {}, _pairs(judged, set(ids))
    key = labels.field
    stories = {article: str(record[key]) for article, record in zip(ids, records, strict=True) if key in record}
    if not stories:
        raise CopydeskError(f"{docs.parent / FILE} says that labels are in {key!r}, but no line of {docs.name} has it.")
    return stories, {}


def _text(record: dict[str, Any]) -> str:
    title, text = record.get("title"), record.get("text")
    return f"{title or ''} {text or ''}" if title or text else ""


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
