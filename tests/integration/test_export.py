"""Exports stream everything from a real Postgres, and write a file completely or not at all."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.delivery import WINDOW_DAYS
from tests.integration.newsroom import NOON, Newsroom
from worker.article import CorrectionKind
from worker.store import corrections
from worker.store.correction_log import NewCorrection
from worker.store.read.export import ARTICLES, ARTICLES_WITH_TEXT, DECISIONS, STORIES, Export, count, rows
from worker.store.read.snapshot import snapshot
from worker.stories.correction_context import CorrectionContext

Copydesk = Callable[..., Any]

MIGRATE = "The database's tables are not those of this version: run copydesk migrate.\n"
HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier."


@pytest.fixture
def dispatch(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a story of three articles, one of them from a story that was merged into it."""
    file = newsroom.file("inbox/wire.jsonl", articles=3)
    newsroom.article(HARBOUR, file=file, title="=1+1", published_at=NOON, external_id="w-1")
    newsroom.article(f"{HARBOUR} More soon.", file=file, position=1, story=1, relation="extended")
    newsroom.article(f"{HARBOUR} Again.", file=file, position=2, relation="near")
    newsroom.merge(2, into=1)
    with newsroom.engine.begin() as connection:
        origin = CorrectionContext(connection, WINDOW_DAYS, made_by="mara").log(
            NewCorrection(CorrectionKind.SPLIT, 2, 1)
        )
        corrections.record(connection, origin, [2], [1, 3], same=False)
    return newsroom


@pytest.mark.parametrize("export", [ARTICLES, ARTICLES_WITH_TEXT, STORIES, DECISIONS])
def test_rows_have_the_columns_that_are_declared(dispatch: Newsroom, export: Export) -> None:
    """The rows have the declared columns, in order and with the declared types, and ``count`` gives their number."""
    with snapshot(dispatch.engine) as connection:
        exported = list(rows(connection, export))
        assert 0 < len(exported) == count(connection, export)
    for row in exported:
        assert list(row) == list(export.columns)
        for name, value in row.items():
            assert value is None or type(value) is export.columns[name]


def test_articles_hold_what_the_contract_names(dispatch: Newsroom, copydesk: Copydesk) -> None:
    """Each article has its story and source path, and its text only with ``--with-text``."""
    exported = [json.loads(line) for line in copydesk("export", "articles").out.splitlines()]
    assert [(row["article_id"], row["story_id"], row["relation"], row["is_canonical"]) for row in exported] == [
        (1, 1, "original", True),
        (2, 1, "extended", False),
        (3, 1, "near", False),
    ]
    [first, *_] = exported
    assert (first["external_id"], first["source_path"]) == ("w-1", "inbox/wire.jsonl")
    assert (first["published_at"], first["title"], first["language"]) == ("2026-03-01T12:00:00Z", "=1+1", "en")
    assert "text" not in first
    assert json.loads(copydesk("export", "articles", "--with-text").out.splitlines()[0])["text"] == HARBOUR


def test_stories_are_the_corpus_without_copies(dispatch: Newsroom, copydesk: Copydesk) -> None:
    """There is a row per live story, with the text of its canonical article."""
    [row] = [json.loads(line) for line in copydesk("export", "stories").out.splitlines()]
    assert (row["story_id"], row["article_id"], row["articles"], row["text"]) == (1, 1, 3, HARBOUR)


def test_csv_is_safe_in_a_spreadsheet(dispatch: Newsroom, copydesk: Copydesk) -> None:
    """A headline that looks like a formula gets an apostrophe."""
    exported = list(csv.DictReader(io.StringIO(copydesk("export", "articles", "--format", "csv").out, newline="")))
    assert [row["title"] for row in exported] == ["'=1+1", "", ""]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_file_is_written_whole(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path, form: str) -> None:
    """The file gets its name when it is complete, no other file is left, and stdout stays empty."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    target = tmp_path / f"stories.{form}"
    ran = copydesk("export", "stories", "--format", form, "--output", target)
    assert (ran.code, ran.out) == (0, "")
    assert [path.name for path in tmp_path.glob("*stories*")] == [target.name]
    assert target.stat().st_size > 0


def test_a_failed_export_leaves_the_old_file(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path) -> None:
    """A missing folder is reported in a sentence; a failed export leaves the existing file unchanged."""
    ran = copydesk("export", "stories", "--output", tmp_path / "none" / "x.jsonl")
    assert ran.code == 1
    assert "can't be written" in ran.err
    target = tmp_path / "x.jsonl"
    target.write_text("before")
    with dispatch.engine.begin() as connection:
        connection.execute(text("ALTER TABLE articles RENAME COLUMN url TO gone"))
    try:
        ran = copydesk("export", "stories", "--output", target)
    finally:
        with dispatch.engine.begin() as connection:
            connection.execute(text("ALTER TABLE articles RENAME COLUMN gone TO url"))
    assert (ran.code, ran.err) == (1, "copydesk: " + MIGRATE)
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.glob("*x.jsonl*")] == ["x.jsonl"]


def test_links_and_pipes_are_written_into_and_stay(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path) -> None:
    """A link's target and a pipe's reader get the export; neither is replaced, as /dev/stdout must not be."""
    link, pipe = tmp_path / "link.jsonl", tmp_path / "pipe"
    link.symlink_to(tmp_path / "linked.jsonl")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert copydesk("export", "stories", "--output", link).code == 0
        assert copydesk("export", "stories", "--output", pipe).code == 0
        through_the_pipe = os.read(reader, 65_536)
    finally:
        os.close(reader)
    assert link.is_symlink()
    assert pipe.is_fifo()
    assert json.loads(through_the_pipe) == json.loads((tmp_path / "linked.jsonl").read_bytes())


@pytest.mark.parametrize("name", ["x.jsonl/y.jsonl", "x" * 300])
def test_an_impossible_name_is_reported(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path, name: str) -> None:
    """A file in place of a folder, or a name that is too long, is reported in a sentence."""
    (tmp_path / "x.jsonl").write_text("before")
    ran = copydesk("export", "stories", "--output", tmp_path / name)
    assert ran.code == 1
    assert ran.err.startswith("copydesk: ")
    assert "can't be written" in ran.err
