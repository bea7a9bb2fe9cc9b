"""What a run has whatever its engine: the input, the work folder with its manifest, the units and their job."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

import worker
from worker import clean, fingerprint
from worker.bulk import output
from worker.bulk.folder import UNITS, WorkFolder
from worker.bulk.inputs import find_inputs
from worker.bulk.source import cut
from worker.bulk.tasks import Job
from worker.bulk.units import Units, write_units
from worker.display import escape_path
from worker.errors import CopydeskError
from worker.match.judgement import JUDGEMENTS
from worker.pipeline.reader_limits import reader_limits
from worker.settings import Settings
from worker.settings.places import BucketUrl

#: Called with the name of a stage, and how many of its units are done, of how many.
Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What a run read.

    Among the ``refused`` lines are ``unreadable`` files, and articles on which the kernel ``crashed``.
    """

    articles: int
    refused: int
    crashed: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class BulkResult(ReadCounts):
    """What a run did: ``texts`` have different words, ``edges`` are pairs of them that may be one story."""

    texts: int
    keys: int
    edges: int
    stories: int


class CorpusRun:
    """One run over ``places``; its work folder is next to ``target`` and is removed when the result is written."""

    def __init__(self, settings: Settings, places: Sequence[Path | BucketUrl], target: Path, advance: Advance) -> None:
        self._target, self._advance = target, advance
        self._folder = WorkFolder(target.with_name(f"{target.name}.work"))
        self._refused = target.with_name(f"{target.name}.refused.jsonl")
        output.check_target(target)
        own = {path.absolute() for path in (self._folder.path, target, self._refused)}
        written = next((place for place in places if isinstance(place, Path) and place.absolute() in own), None)
        if written:
            raise CopydeskError(f"{written} is an input, but this run would write it: name another file to write.")
        # the result may be in a folder of the input
        self._files = [
            file
            for file in find_inputs(places, settings.ignore)
            if own.isdisjoint((path := Path(file.path).absolute(), *path.parents))
        ]
        if not self._files:
            raise CopydeskError("There is no file to read.")
        limits = reader_limits(settings)
        # the corpus may be one file; a mapping that can be sent to processes
        limits = replace(limits, max_records=sys.maxsize, json_fields=dict(limits.json_fields))
        # Spark sends the job over the network
        self._job = Job(self._folder.path, settings.without_secrets(), limits)
        self._judgement = JUDGEMENTS[settings.judgement]

    def _made_of(self) -> dict[str, Any]:
        """Return all that the files of the work folder depend on."""
        settings = self._job.settings
        files = sha256()
        for file in self._files:
            files.update(orjson.dumps((file.shown_path, file.size, file.state, file.fault)))
        versions = worker.__version__, clean.VERSION, fingerprint.VERSION
        judged_by = settings.judgement, settings.window_days, settings.preferred_sources, settings.records_per_part
        read_by = asdict(self._job.limits) | {"deadline": None}  # infinite, and not for JSON
        return {
            "files": files.hexdigest(),
            "folder": escape_path(os.fsencode(Path.cwd())),
            "versions": versions,
            "judged_by": judged_by,
            "read_by": read_by,
        }

    def _units(self) -> Units:
        self._folder.missing(UNITS, 1)
        path = self._folder.file(UNITS, 0)
        if not path.exists():
            count = len(self._files)
            write_units(path, cut(self._files, self._job.limits, lambda done: self._advance("cut", done, count)))
        return Units(path)
