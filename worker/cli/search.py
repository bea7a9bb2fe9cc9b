"""The results of ``copydesk stories --search``."""

from sqlalchemy import Connection

from worker.cli import output
from worker.cli.options import TABLE_ROWS
from worker.cli.table import Column, print_table
from worker.explain.search import marked, notes
from worker.store.read.story_filter import StoryFilter
from worker.store.read.story_search import FoundStory, all_found_stories, search_stories

_COLUMNS = (
    Column("id", right=True),
    Column("title", wide=True),
    Column("articles", right=True),
    Column("found", wide=True),
    Column("language", optional=True),
    Column("last seen", optional=True),
    Column("article", right=True, optional=True),
)


def search_command(
    connection: Connection, typed: str, filters: StoryFilter, limit: int | None, *, as_json: bool
) -> None:
    """Print the stories that match, the best first, and on stderr what a reader must know of the search."""
    most = limit or TABLE_ROWS
    results = search_stories(connection, typed, filters, limit=most + 1)
    if as_json:
        output.print_json_rows(results.rows[:limit] if limit else all_found_stories(connection, typed, filters))
    else:
        print_table(_COLUMNS, map(_cells, results.rows[:most]))
    for note in notes(results):
        output.say(note)
    if not results.rows:
        output.say("No story matches.")
    elif len(results.rows) > most and not as_json:
        output.say(f"The best {most} stories are shown; --limit shows more, --since selects others.")


def _cells(row: FoundStory) -> tuple[object, ...]:
    return (
        row.id,
        output.headline(row.title, row.opening),
        row.articles,
        marked(row),
        row.language,
        row.last_seen,
        row.article_id,
    )
