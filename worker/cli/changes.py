"""``copydesk changes``: print the change feed, as JSON lines for programs or sentences for people."""

import sys
import time
from collections.abc import Iterator
from uuid import UUID

import click
from sqlalchemy import Engine

from worker.article import ChangeKind
from worker.cli import output
from worker.cli.database import database
from worker.store.read.changes import ChangeRow, stored


@click.command("changes", epilog="Example:  copydesk changes --follow --after 120 --json")
@click.option("--follow", is_flag=True, help="Also wait for new changes, until Ctrl-C.")
@click.option(
    "--after",
    metavar="N",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    help="Only changes after this id.  [default: 0]",
)
@click.option(
    "--epoch",
    metavar="E",
    type=click.UUID,
    help="The epoch that came with that id; exit 1 if a restore has replaced it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def changes_command(follow: bool, after: int, epoch: UUID | None, as_json: bool) -> None:
    """Show what happened to stories, the oldest first.

    Stories are created, merged and split; copies are added, moved, reprocessed and erased; the canonical article
    changes.

    To continue later, pass the last id as --after: no change is missed or repeated. After `copydesk restore`, ids of
    lost changes are given again in another epoch: pass the last one as --epoch to get an error then.
    """
    with database() as (_, engine):
        row = None
        for row in _rows(engine, after, epoch, follow=follow):
            if as_json:
                output.print_json_line(row)
            else:
                output.print_text(_sentence(row))
            if follow:
                sys.stdout.flush()
    if row is None and not as_json:
        output.say(f"There is no change after change {after}." if after else "Nothing has happened to stories yet.")


def _rows(engine: Engine, after: int, epoch: UUID | None, *, follow: bool) -> Iterator[ChangeRow]:
    if not follow:
        return stored(engine, after, epoch)
    from worker.store import change_stream  # it logs, and imports what that needs

    return change_stream.follow(engine, after, time.sleep, epoch)


_SENTENCES: dict[str, str] = {
    ChangeKind.CREATED: "story {story} was created with article {article}",
    ChangeKind.COPY: "story {story} got article {article}",
    ChangeKind.CANONICAL: "story {story} has article {article} as its canonical article",
    ChangeKind.MERGED: "story {other} was merged into story {story}",
    ChangeKind.SPLIT: "story {story} was split off story {other} with article {article}",
    ChangeKind.MOVED: "story {story} got article {article} from story {other}",
    ChangeKind.REPROCESSED: "article {article} of story {story} was reprocessed",
    ChangeKind.ERASED: "article {article} of story {story} was erased",
    ChangeKind.WITHHELD: "article {article} of story {story} is withheld by its provider",
    ChangeKind.WITHDRAWN: "article {article} of story {story} was withdrawn by its provider",
    ChangeKind.TRANSLATION: "story {story} is linked with its translation, story {other}",
    ChangeKind.TRANSLATION_REMOVED: "story {story} is no longer linked with story {other} as its translation",
}


def _sentence(row: ChangeRow) -> str:
    sentence = _SENTENCES.get(row.kind, row.kind + ": story {story}, article {article}, story {other}")
    words = sentence.format(story=row.story_id, article=row.article_id, other=row.other_story_id)
    return f"{row.id}\t{output.cell(row.at)}\t{words}"
