"""``copydesk stories`` and ``copydesk story``: list the stories, and show one with its copies."""

from datetime import datetime
from typing import Any

import click

from worker.article import PublicationStatus
from worker.cli import output
from worker.cli.database import database
from worker.cli.marked import print_differences, say_legend
from worker.cli.options import ID, JSON_ARRAY, JSON_OBJECT, LIMIT, TABLE_ROWS
from worker.cli.search import search_command
from worker.cli.table import Column, print_table
from worker.errors import CopydeskError
from worker.explain.copies import CopyRelation, copy_relations
from worker.explain.differences import differences
from worker.explain.likely_source import likely_source_sentence
from worker.settings.timestamps import parse_time
from worker.store.read.articles import articles
from worker.store.read.related import RelatedStory
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import Copy, StoryDetail, StoryRow, all_story_rows, story, story_rows
from worker.store.read.story_filter import StoryFilter
from worker.store.read.translations import TranslatedStory


class Since(click.ParamType[datetime]):
    """A time: an ISO date or time (UTC unless it has an offset), or an age: 30m, 2h, 3d, 1w."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time in UTC."""
        try:
            return parse_time(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


EMPTY = "There are no stories yet. Begin with `copydesk ingest FOLDER`, or run `copydesk up` and fill its inbox."
#: The first four fit 80 columns, with 40 for the title.
STORY_COLUMNS = (
    Column("id", right=True),
    Column("title", wide=True, least=40),
    Column("last seen"),
    Column("copies", right=True),
    Column("status", optional=True),
    Column("language", optional=True),
    Column("relations", optional=True),
    Column("texts", right=True, optional=True),
    Column("canonical", right=True, optional=True),
    Column("source", wide=True, keep_end=True, optional=True),
)


@click.command("stories", epilog="Example:  copydesk stories --search '\"port strike\" -football' --since 3d")
@click.option("--search", metavar="Q", help='Words of any copy; "a phrase", or, and -not are understood.')
@click.option("--since", metavar="T", type=Since(), help="Published, or if undated arrived, since 2026-01-31, 2h, 3d.")
@click.option("--languages", metavar="N", type=click.IntRange(2, 100), help="Found in at least N languages.")
@LIMIT
@JSON_ARRAY
def stories_command(
    search: str | None, since: datetime | None, languages: int | None, limit: int | None, as_json: bool
) -> None:
    """List the stories, newest first. With --search the best matches come first."""
    wanted = StoryFilter(since, languages=languages)
    with database() as (_, engine), snapshot(engine) as connection:
        if search is not None:
            search_command(connection, search, wanted, limit, as_json=as_json)
            return
        if as_json:
            selected = story_rows(connection, wanted, limit=limit) if limit else all_story_rows(connection, wanted)
            output.print_json_rows(selected)
            return
        most = limit or TABLE_ROWS
        rows = story_rows(connection, wanted, limit=most + 1)
        print_table(STORY_COLUMNS, map(story_cells, rows[:most]))
        if not rows:
            output.say("There are no such stories." if search or since or languages else EMPTY)
        elif len(rows) > most:
            output.say(f"The newest {most} stories are shown; --limit shows more, --search and --since select others.")


def story_cells(row: StoryRow) -> tuple[object, ...]:
    """Return the cells of a story, in the order of ``STORY_COLUMNS``."""
    relations = ", ".join(f"{count} {relation}" for relation, count in row.copies.items())
    title = output.headline(row.title, row.opening)
    return (
        *(row.id, title, row.last_seen, row.articles - 1),
        "" if row.status == PublicationStatus.USABLE else row.status,
        *(row.language, relations, row.texts, row.canonical_article_id, row.source_path),
    )


#: All but the last two fit 80 columns.
_COPY_COLUMNS = (
    Column("article", right=True),
    Column("relation"),
    Column("published"),
    Column("title", wide=True, fold=True, least=16),
    Column("source", wide=True, keep_end=True, least=16),
    Column("certainty", right=True, optional=True),
    Column("status", optional=True),
)

_RELATED_COLUMNS = (
    Column("story", right=True),
    Column("title", wide=True),
    Column("articles", right=True),
    Column("sources", right=True, optional=True),
    Column("first seen", optional=True),
    Column("reason", wide=True, fold=True),
)

_TRANSLATED_COLUMNS = (
    Column("story", right=True),
    Column("language"),
    Column("title", wide=True),
    Column("first seen"),
    Column("articles", right=True, optional=True),
    Column("reason", wide=True, fold=True),
)


@click.command("story", epilog="Example:  copydesk story 1 --diff 3")
@click.argument("story_id", metavar="ID", type=ID)
@click.option("--diff", "article_id", metavar="ARTICLE", type=ID, help="Show how this article differs.")
@JSON_OBJECT
def story_command(story_id: int, article_id: int | None, as_json: bool) -> None:
    """Show a story: text, copies and related stories.

    Translations are listed too. With --diff, show how a copy differs from the canonical text.
    """
    with database() as (_, engine), snapshot(engine) as connection:
        detail = story(connection, story_id)
        if detail is None:
            raise CopydeskError(f"There is no story {story_id}. `copydesk stories` lists them.")
        if detail.id != story_id:
            output.say(f"Story {story_id} was merged into story {detail.id}, which is shown.")
        if article_id is None:
            _show(detail, as_json=as_json)
            return
        if article_id not in {copy.article_id for copy in detail.copies}:
            raise CopydeskError(
                f"Article {article_id} is not in story {detail.id}. `copydesk story {detail.id}` lists its articles."
            )
        _show_difference(detail, article_id, articles(connection, [article_id])[article_id].text, as_json=as_json)


def _show(detail: StoryDetail, *, as_json: bool) -> None:
    if as_json:
        output.print_json(detail)
        return
    output.print_heading(f"Story {detail.id}: {detail.title or 'without a headline'}")
    default = "It is the only copy." if detail.articles == 1 else "All copies have the same text."
    reason = detail.canonical_reason or default
    output.print_text(f"The canonical article is {detail.canonical_article_id} ({detail.source_path}). {reason}\n")
    if detail.status != PublicationStatus.USABLE:
        output.print_text(_permission(detail) + "\n")
    output.print_text(detail.text + "\n")
    relations = copy_relations(detail)
    print_table(_COPY_COLUMNS, (_copy_cells(copy, relations[copy.article_id]) for copy in detail.copies[:TABLE_ROWS]))
    if not all(copy.published_at for copy in detail.copies[:TABLE_ROWS]):
        output.say("In brackets: when an article without a date arrived.")
    if len(detail.copies) > TABLE_ROWS:
        output.say(f"{TABLE_ROWS} of {len(detail.copies)} articles are shown; --json lists all.")
    if detail.translations:
        output.print_heading("In other languages")
        print_table(_TRANSLATED_COLUMNS, map(_translated_cells, detail.translations))
    if detail.likely_source:
        output.print_text(likely_source_sentence(detail))
    if detail.related:
        output.print_heading("Other reports of this")
        print_table(_RELATED_COLUMNS, map(_related_cells, detail.related))


def _permission(detail: StoryDetail) -> str:
    """Return why the canonical article must not be published."""
    if detail.status == PublicationStatus.WITHDRAWN:
        return "Its provider withdrew this article: it must not be published."
    until = f" until {output.cell(detail.embargoed_until)}" if detail.embargoed_until else ""
    return f"Its provider withholds this article{until}: it must not be published yet."


def _copy_cells(copy: Copy, to_canonical: CopyRelation) -> tuple[object, ...]:
    relation = "canonical" if copy.is_canonical else to_canonical.kind
    if to_canonical.same_words_as:
        relation += f", as {to_canonical.same_words_as}"
    status = "" if copy.status == PublicationStatus.USABLE else copy.status
    published = copy.published_at or f"({output.cell(copy.arrived_at)})"
    certainty = "" if copy.is_canonical else to_canonical.certainty
    return (
        copy.article_id,
        relation,
        published,
        output.headline(copy.title, copy.opening),
        copy.source_path,
        certainty,
        status,
    )


def _related_cells(related: RelatedStory) -> tuple[object, ...]:
    title = output.headline(related.title, related.opening)
    return related.story_id, title, related.articles, related.sources, related.first_seen, related.reason


def _translated_cells(translated: TranslatedStory) -> tuple[object, ...]:
    title = output.headline(translated.title, translated.opening)
    return (
        *(translated.story_id, translated.language, title),
        *(translated.first_seen, translated.articles, translated.reason),
    )


def _show_difference(detail: StoryDetail, article_id: int, text: str, *, as_json: bool) -> None:
    runs = differences(detail.text, text)
    if as_json:
        ids = {"story_id": detail.id, "canonical_article_id": detail.canonical_article_id, "article_id": article_id}
        output.print_json(ids | {"differences": [{"kind": run.kind, "text": run.text} for run in runs]})
        return
    copy = next(copy for copy in detail.copies if copy.article_id == article_id)
    output.print_heading(
        f"Article {article_id} ({copy.source_path}), {copy_relations(detail)[article_id].words}, "
        "compared with the canonical text"
    )
    say_legend("the canonical text", f"article {article_id}")
    print_differences(runs)
