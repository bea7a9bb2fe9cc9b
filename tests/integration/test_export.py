"""Everything can be taken out of a real Postgres, streaming, whole or not at all."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.newsroom import NOON, Newsroom
from worker.store.read.export import ARTICLES, ARTICLES_WITH_TEXT, STORIES, Export, count, rows
from worker.store.read.snapshot import snapshot

Copydesk = Callable[..., Any]

MIGRATE = "The database's tables are not those of this version: run copydesk migrate.\n"
HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier."


@pytest.fixture
def dispatch(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with one story of three articles, and one that was merged into it."""
    file = newsroom.file("inbox/wire.jsonl", articles=3)
    newsroom.article(HARBOUR, file=file, title="=1+1", published_at=NOON, external_id="w-1")
    newsroom.article(f"{HARBOUR} More soon.", file=file, position=1, story=1, relation="extended")
    newsroom.article(f"{HARBOUR} Again.", file=file, position=2, relation="near")
    newsroom.merge(2, into=1)
    return newsroom


@pytest.mark.parametrize("export", [ARTICLES, ARTICLES_WITH_TEXT, STORIES])
def test_rows_have_the_columns_that_are_declared(dispatch: Newsroom, export: Export) -> None:
    """Names, order and count of what comes out are those that the writers are told, each of its kind."""
    with snapshot(dispatch.engine) as connection:
        found = list(rows(connection, export))
        assert len(found) == count(connection, export)
    for row in found:
        assert list(row) == list(export.columns)
        for name, value in row.items():
            assert value is None or type(value) is export.columns[name]


def test_articles_hold_what_the_contract_names(dispatch: Newsroom, copydesk: Copydesk) -> None:
    """Each article with its place; its text only when asked for."""
    found = [json.loads(line) for line in copydesk("export", "articles").out.splitlines()]
    assert [(row["article_id"], row["story_id"], row["relation"], row["is_canonical"]) for row in found] == [
        (1, 1, "original", True),
        (2, 1, "extended", False),
        (3, 1, "near", False),
    ]
    assert (found[0]["external_id"], found[0]["source_path"]) == ("w-1", "inbox/wire.jsonl")
    assert (found[0]["published_at"], found[0]["title"], found[0]["language"]) == ("2026-03-01T12:00:00Z", "=1+1", "en")
    assert "text" not in found[0]
    assert json.loads(copydesk("export", "articles", "--with-text").out.splitlines()[0])["text"] == HARBOUR


def test_stories_are_the_corpus_without_copies(dispatch: Newsroom, copydesk: Copydesk) -> None:
    """One row a living story, in the words of its canonical article."""
    [row] = [json.loads(line) for line in copydesk("export", "stories").out.splitlines()]
    assert (row["story_id"], row["article_id"], row["articles"], row["text"]) == (1, 1, 3, HARBOUR)


def test_csv_is_safe_in_a_spreadsheet(dispatch: Newsroom, copydesk: Copydesk) -> None:
    """A headline that looks like a formula gets an apostrophe."""
    found = list(csv.DictReader(io.StringIO(copydesk("export", "articles", "--format", "csv").out, newline="")))
    assert [row["title"] for row in found] == ["'=1+1", "", ""]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_file_is_written_whole(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path, form: str) -> None:
    """The file takes its name when it is complete, nothing is left beside it, and stdout stays empty."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    target = tmp_path / f"stories.{form}"
    ran = copydesk("export", "stories", "--format", form, "--output", target)
    assert (ran.code, ran.out) == (0, "")
    assert [path.name for path in tmp_path.glob("*stories*")] == [target.name]
    assert target.stat().st_size > 0


def test_a_failed_export_leaves_the_old_file(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path) -> None:
    """A folder that is not there is told in a sentence; a broken export does not touch what was there before."""
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


def test_what_is_no_file_is_written_into_and_stays(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path) -> None:
    """A link leads to its file, a pipe to its reader; neither is replaced, as /dev/stdout and /dev/null must not be."""
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
def test_a_name_that_can_t_be_had_is_told(dispatch: Newsroom, copydesk: Copydesk, tmp_path: Path, name: str) -> None:
    """A file where a folder should be, or a name too long, fails in a sentence."""
    (tmp_path / "x.jsonl").write_text("before")
    ran = copydesk("export", "stories", "--output", tmp_path / name)
    assert ran.code == 1
    assert ran.err.startswith("copydesk: ")
    assert "can't be written" in ran.err
