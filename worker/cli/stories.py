"""``copydesk stories`` and ``copydesk story``: what came of the files, for people and for programs."""

from datetime import datetime
from typing import Any

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.table import Column, print_table
from worker.errors import CopydeskError
from worker.explain import RELATIONS, differences
from worker.settings.timestamps import moment
from worker.store.read.articles import articles
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import Copy, StoryDetail, StoryFilter, StoryRow, all_story_rows, story, story_rows

#: Rows of a table where no ``--limit`` is given; JSON has all.
TABLE_ROWS = 50


class Since(click.ParamType[datetime]):
    """A moment: an ISO date or time (UTC unless it says otherwise), or how long ago: 30m, 2h, 3d, 1w."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC."""
        try:
            return moment(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


STORY_COLUMNS = (
    Column("id", right=True),
    Column("title", wide=True),
    Column("articles", right=True),
    Column("texts", right=True, optional=True),
    Column("copies"),
    Column("language", optional=True),
    Column("last seen", optional=True),
    Column("canonical", right=True, optional=True),
    Column("source", wide=True, keep_end=True),
)


@click.command("stories", epilog="Example:  copydesk stories --search '\"port strike\" -football' --since 3d")
@click.option("--search", metavar="Q", help='Words of headline or lead; "a phrase", or, -not are understood.')
@click.option("--since", metavar="T", type=Since(), help="Seen (published, else arrived) since: 2026-01-31, 2h, 3d.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help=f"At most N; without it a table shows {TABLE_ROWS}."
)
@click.option("--json", "as_json", is_flag=True, help="All of it as one JSON array.")
def stories_command(search: str | None, since: datetime | None, limit: int | None, as_json: bool) -> None:
    """List the stories, newest first."""
    wanted = StoryFilter(search, since)
    with database() as (_, engine), snapshot(engine) as connection:
        if as_json:
            rows = story_rows(connection, wanted, limit=limit) if limit else all_story_rows(connection, wanted)
            output.print_json_rows(rows)
            return
        most = limit or TABLE_ROWS
        found = story_rows(connection, wanted, limit=most + 1)
        print_table(STORY_COLUMNS, map(story_cells, found[:most]))
        if not found:
            output.say("No story was found.")
        elif len(found) > most:
            output.say(f"The newest {most} are shown; --limit shows more, --search and --since find others.")


def story_cells(row: StoryRow) -> tuple[object, ...]:
    """Return the cells of a story's row, in the order of ``STORY_COLUMNS``."""
    copies = ", ".join(f"{count} {relation}" for relation, count in row.copies.items())
    title = row.title or " ".join(row.opening.split())
    return (
        *(row.id, title, row.articles, row.texts, copies, row.language),
        *(row.last_seen, row.canonical_article_id, row.source_path),
    )


_COPY_COLUMNS = (
    Column("article", right=True),
    Column("relation"),
    Column("similarity", right=True),
    Column("published", optional=True),
    Column("title", wide=True),
    Column("source", wide=True, keep_end=True),
)


@click.command("story", epilog="Example:  copydesk story 1 --diff 3")
@click.argument("story_id", metavar="ID", type=click.IntRange(min=1, max=2**31 - 1))
@click.option(
    "--diff", "article_id", metavar="ARTICLE", type=click.IntRange(min=1, max=2**31 - 1), help="How this copy differs."
)
@click.option("--json", "as_json", is_flag=True, help="All of it as one JSON object.")
def story_command(story_id: int, article_id: int | None, as_json: bool) -> None:
    """Show one story: its canonical text, its copies, or how one copy differs from the canonical text."""
    with database() as (_, engine), snapshot(engine) as connection:
        found = story(connection, story_id)
        if found is None:
            raise CopydeskError(f"There is no story {story_id}. `copydesk stories` lists them.")
        if found.id != story_id:
            output.say(f"Story {story_id} was merged into story {found.id}, which is shown.")
        if article_id is None:
            _show(found, as_json=as_json)
            return
        if article_id not in {copy.article_id for copy in found.copies}:
            raise CopydeskError(
                f"Article {article_id} is not in story {found.id}. `copydesk story {found.id}` lists its articles."
            )
        _show_difference(found, article_id, articles(connection, [article_id])[article_id].text, as_json=as_json)


def _show(found: StoryDetail, *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    output.print_heading(f"Story {found.id}: {found.title or 'without a headline'}")
    only = "It is the only copy." if found.articles == 1 else "No other copy has other words."
    reason = found.canonical_reason or only
    output.print_text(f"Canonical is article {found.canonical_article_id} ({found.source_path}). {reason}\n")
    output.print_text(found.text + "\n")
    print_table(_COPY_COLUMNS, (_copy_cells(copy) for copy in found.copies[:TABLE_ROWS]))
    if len(found.copies) > TABLE_ROWS:
        output.say(f"{TABLE_ROWS} of {len(found.copies)} articles are shown; --json lists all.")


def _copy_cells(copy: Copy) -> tuple[object, ...]:
    relation = "canonical" if copy.is_canonical else copy.relation
    return copy.article_id, relation, output.share(copy.similarity), copy.published_at, copy.title, copy.source_path


def _show_difference(found: StoryDetail, article_id: int, text: str, *, as_json: bool) -> None:
    runs = differences(found.text, text)
    if as_json:
        told = [{"kind": run.kind, "text": run.text} for run in runs]
        output.print_json(
            {
                "story_id": found.id,
                "canonical_article_id": found.canonical_article_id,
                "article_id": article_id,
                "differences": told,
            }
        )
        return
    copy = next(copy for copy in found.copies if copy.article_id == article_id)
    output.print_heading(
        f"Article {article_id} ({copy.source_path}), {RELATIONS[copy.relation]}, against the canonical text"
    )
    output.print_differences(runs)
