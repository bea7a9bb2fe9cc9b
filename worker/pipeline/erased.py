"""Withhold articles whose text was erased by a person: a later delivery or a retry does not bring it back."""

from collections.abc import Sequence

from sqlalchemy import Connection

from worker.article import BadRecord
from worker.pipeline.prepare import PreparedFile
from worker.store import erasures
from worker.store.erasures import ERASED_REASON


class ErasedMeanwhileError(Exception):
    """A text of the batch was erased between matching and writing: match again without it."""


def withhold_erased(connection: Connection, files: Sequence[PreparedFile]) -> bool:
    """Turn articles with erased texts into bad records; return whether there were any.

    It is certain only under the placement lock, which erasing takes too.
    """
    hashes = {article.fingerprint.text_hash for file in files for article in file.prepared}
    if not hashes or not (erased := erasures.erased(connection, hashes)):
        return False
    for file in files:
        withheld = [article for article in file.prepared if article.fingerprint.text_hash in erased]
        file.prepared = [article for article in file.prepared if article.fingerprint.text_hash not in erased]
        file.bad += [BadRecord(article.article.position, ERASED_REASON) for article in withheld]
        if withheld and not file.prepared:
            file.quarantine = file.quarantine or ERASED_REASON
    return True
