"""Refuse what compiled code crashes on: a unit that a process ended with is first tried in forked children.

A file on which a reader crashes and an article on which fingerprinting does are lines of refused records at once. An
article that crashes later, when it is compared, has an id by then: it is noted, and left out when the run begins again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import compute

from worker.article import BadRecord
from worker.bulk.folder import WorkFolder, read_table, write_table, write_whole
from worker.bulk.inputs import is_object
from worker.bulk.read import Outcome, Refused, prepare, read_units, unreadable_from
from worker.bulk.source import SourcePart
from worker.bulk.texts import READ
from worker.errors import CopydeskError
from worker.formats import Limits
from worker.process.trial import find_crashing

REFUSED: Final = "refused"
_NOTED: Final = "crashed"
#: Deaths of the processes that had a unit after which the run ends: the crash does not repeat itself in a child.
_MOST_DEATHS: Final = 4
_KERNEL: Final = "The compiled kernel crashed on it"
_REPORT: Final = "Please report it with the text; after an update give the command again."
_READER: Final = "It can't be read: the reader of its format crashed ({name})."


class UnitCrashError(Exception):
    """Compiled code crashed: the run begins again, and does the rest."""


def read_tried(units: Sequence[Sequence[SourcePart]], limits: Limits) -> Iterator[Iterable[Outcome]]:
    """Yield the records of each unit, as `read_units` does, but a refused one for a file on which a reader crashes."""
    parts = [part for unit in units for part in unit]
    if any(is_object(part.path) for part in parts):  # the client of a bucket has threads, which a fork is without
        yield from read_units(units, limits)
    elif parts[0].sequence is None:
        faults = {i: _READER.format(name=name) for i, name in find_crashing(parts, lambda some: _drain([some], limits))}
        parts = [replace(part, fault=faults[i]) if i in faults else part for i, part in enumerate(parts)]
        yield from read_units([parts], limits)
    else:
        crashed = find_crashing(parts, lambda some: _drain([[part] for part in some], limits))
        end, name = next(crashed, (len(parts), ""))
        if end:
            yield from read_units(units[:end], limits)
        yield from ([(part, unreadable_from(part, _READER.format(name=name)))] for part in parts[end:])


def _drain(units: Sequence[Sequence[SourcePart]], limits: Limits) -> None:
    for outcomes in read_units(units, limits):
        for _ in outcomes:
            pass


def prepare_tried(outcomes: Iterable[Outcome], part_number: int) -> tuple[pa.Table, list[Refused]]:
    """Prepare a unit, as `prepare` does, but refuse the articles on which the kernel crashes."""
    found = list(outcomes)
    for i, name in find_crashing(found, lambda some: prepare(some, part_number)):
        part, record = found[i]
        found[i] = part, BadRecord(record.position, _reason(name))
    return prepare(found, part_number)


def try_texts(
    folder: WorkFolder, ids: Sequence[int], text_hash: Callable[[int], bytes], work: Callable[[Sequence[int]], object]
) -> None:
    """Try to compare the articles ``ids``, and note the words on which the kernel crashes.

    Raises:
        UnitCrashError: there are such words.
    """
    crashed = {text_hash(ids[i]): name for i, name in find_crashing(ids, work)}
    folder.missing(_NOTED, 0)
    for words, name in crashed.items():
        write_whole(folder.path / _NOTED / words.hex(), partial(Path.write_text, data=name))
    if crashed:
        raise UnitCrashError


def has_noted(folder: WorkFolder) -> bool:
    """Return whether there are words that `leave_out` has to refuse."""
    return bool(_noted(folder))


def _noted(folder: WorkFolder) -> dict[bytes, str]:
    paths = (folder.path / _NOTED).glob("[0-9a-f]*")
    return {bytes.fromhex(path.name): path.read_text() for path in paths}


def leave_out(folder: WorkFolder) -> None:
    """Refuse all articles with the words that were noted; what was made of the articles is made again.

    It may be interrupted anywhere: the notes are removed last.
    """
    if not (names := _noted(folder)):
        return
    folder.forget_all_but({READ, REFUSED, _NOTED})
    words = pa.array([*names], pa.binary(16))
    for path in sorted((folder.path / READ).glob("*.arrow")):
        table = read_table(path)
        crashed = compute.is_in(table.column("text_hash"), value_set=words)
        if compute.any(crashed).as_py():
            rows = table.filter(crashed).select(["source_path", "position", "text_hash"]).to_pylist()
            refused = [(row["source_path"], row["position"], _reason(names[row["text_hash"]])) for row in rows]
            _refuse(folder, int(path.stem), refused)
            left = table.filter(compute.invert(crashed))
            lines = pa.array(np.arange(left.num_rows, dtype=np.int32))
            write_table(path, left.set_column(left.schema.get_field_index("line"), "line", lines))
    for path in (folder.path / _NOTED).iterdir():
        path.unlink()


def refused_lines(refused: Sequence[Refused]) -> list[bytes]:
    """Return refused records as JSON lines."""
    return [
        orjson.dumps({"source_path": source, "position": position, "reason": reason}) + b"\n"
        for source, position, reason in refused
    ]


def _refuse(folder: WorkFolder, number: int, refused: Sequence[Refused]) -> None:
    """Add to the refused records of a unit those that are not among them."""
    path = folder.file(REFUSED, number)
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    lines += [line for line in refused_lines(refused) if line not in lines]
    write_whole(path, lambda draft: draft.write_bytes(b"".join(lines)))


def is_of_crash(reason: str) -> bool:
    """Return whether a record was refused because the kernel crashed on it."""
    return reason.startswith(_KERNEL)


def end_if_repeated(deaths: Mapping[str, int], before: Mapping[str, int], name: str) -> None:
    """Raise CopydeskError if processes crash on a unit again and again, and not when it is tried, or without one."""
    if deaths == before or max(deaths.values()) >= _MOST_DEATHS:
        raise CopydeskError(
            f"Compiled code crashed again and again ({name}), and not when the articles were tried one by one. Please"
            " report it with the traceback above. What was done is kept: give the same command again."
        )


def _reason(name: str) -> str:
    return f"{_KERNEL} ({name}). {_REPORT}"
