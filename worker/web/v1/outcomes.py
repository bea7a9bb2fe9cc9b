"""What became of posted articles, and waiting for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from worker.article import FileState
from worker.explain.why import WhyArticle, why
from worker.store.read.files import FileRow, file


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """A file or posted article, and its articles with story and evidence: none before it is processed."""

    file: FileRow
    articles: list[WhyArticle]


def outcomes(connection: Connection, ids: Sequence[int]) -> list[FileOutcome]:
    """Return what became of these files, in order; each must be in the ledger."""
    found = []
    for file_id in ids:
        if (row := file(connection, file_id)) is not None:
            explained = why(connection, f"file:{file_id}") if row.state == FileState.DONE else None
            found.append(FileOutcome(row, explained.articles if explained else []))
    return found
