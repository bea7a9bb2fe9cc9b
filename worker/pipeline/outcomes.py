"""Log what became of the files of a batch: a line per file, or a line per large batch, and every failure."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from worker.display import escape_path
from worker.pipeline.prepare import PreparedFile
from worker.process import log

logger = log.get(__name__)

#: Larger batches are logged in one line: at full load, a line per file would be a thousand lines a second.
_MOST_LINES = 10
#: Ids and relations in one line; a file of many articles has thousands.
_MOST_IDS = 20


def log_outcomes(files: Sequence[PreparedFile], placed: Mapping[int, tuple[int, str]], ms: int) -> None:
    """Log a committed batch: the story and the relation of each article in order, ``ms`` since its files were leased.

    Failures have the level ``warning``, everything else ``info``.
    """
    for file in files:
        if reason := file.quarantine or file.failure:
            event = "a file is in quarantine" if file.quarantine else "a file failed"
            logger.warning(event, path=escape_path(file.leased.path), file=file.leased.id, reason=reason)
    if not logging.getLogger(__name__).isEnabledFor(logging.INFO):
        return
    done = [file for file in files if not (file.quarantine or file.failure)]
    for file in done:
        for note, position in file.notes.items():
            logger.info("a reader left a note", file=file.leased.id, record=position + 1, reason=note)
    if len(done) > _MOST_LINES:
        relations = Counter(relation for _, relation in placed.values())
        stories = len({story for story, _ in placed.values()})
        logger.info(
            "files were processed",
            files=len(done),
            articles=len(placed),
            stories=stories,
            relations=dict(relations),
            ms=ms,
        )
        return
    rest = iter(placed.values())
    placements = {file.leased.id: list(islice(rest, len(file.prepared))) for file in files}
    for file in done:
        _log_file(file, placements[file.leased.id], ms)


def _log_file(file: PreparedFile, placed: Sequence[tuple[int, str]], ms: int) -> None:
    if file.spans:
        logger.info("a large file was split", path=escape_path(file.leased.path), parts=len(file.spans), ms=ms)
        return
    logger.info(
        "a file was processed",
        path=escape_path(file.leased.path),
        file=file.leased.file_id,
        articles=len(file.prepared),
        bad_records=len(file.bad),
        stories=list(dict.fromkeys(story for story, _ in placed))[:_MOST_IDS],
        relations=[relation for _, relation in placed][:_MOST_IDS],
        ms=ms,
    )
