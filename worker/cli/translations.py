"""``copydesk translations`` and ``not-a-translation``: dispatches that exist in several languages."""

import click

from worker.cli import output
from worker.cli.correct import correct, report
from worker.cli.database import database
from worker.cli.options import ID, JSON_ARRAY, JSON_OBJECT, LIMIT, NOTE, TABLE_ROWS
from worker.cli.table import Column, print_table
from worker.explain.relations import certainty
from worker.store.read.snapshot import snapshot
from worker.store.read.translations import TranslationLink, newest_translations

_COLUMNS = (
    Column("story", right=True),
    Column("language"),
    Column("title", wide=True),
    Column("other", right=True),
    Column("language"),
    Column("first"),
    Column("probability", right=True, optional=True),
    Column("reason", wide=True, optional=True),
)


@click.command("translations", epilog="Example:  copydesk translations --language es")
@click.option("--language", metavar="CODE", help="Only links to or from stories in this language: en, es, …")
@LIMIT
@JSON_ARRAY
def translations_command(language: str | None, limit: int | None, as_json: bool) -> None:
    """List stories that are one dispatch in two languages. The newest pairs come first."""
    with database() as (_, engine), snapshot(engine) as connection:
        if as_json:
            output.print_json_rows(newest_translations(connection, limit, language))
            return
        most = limit or TABLE_ROWS
        links = newest_translations(connection, most + 1, language)
    print_table(_COLUMNS, map(_cells, links[:most]))
    if not links:
        output.say("There are no translations. They are looked for while `copydesk up` or `copydesk scheduler` runs.")
    elif len(links) > most:
        output.say(f"The newest {most} links are shown; --limit shows more.")


def _cells(link: TranslationLink) -> tuple[object, ...]:
    first = link.language if link.first_seen <= link.other_first_seen else link.other_language
    return (
        *(link.story_id, link.language, link.title or "", link.other_story_id, link.other_language, first),
        *(certainty(link.similarity), link.reason),
    )


@click.command("not-a-translation", epilog="Example:  copydesk not-a-translation 12 5 --note 'another day'")
@click.argument("story", type=ID)
@click.argument("other", type=ID)
@NOTE
@JSON_OBJECT
def not_a_translation_command(story: int, other: int, note: str | None, as_json: bool) -> None:
    """Remove the link between two stories for good. They are not one dispatch in two languages.

    `copydesk undo` takes it back.
    """
    from worker.stories.not_a_translation import not_a_translation

    left = correct(lambda context: not_a_translation(context, story, other), note)
    report(left, f"Stories {story} and {other} are not linked as translations any more.", as_json=as_json)
