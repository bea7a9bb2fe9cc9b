"""``copydesk merge``, ``split`` and ``not-a-copy``: corrections by a person, which all later decisions respect."""

from collections.abc import Callable

import click
from sqlalchemy import Connection

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import ID, JSON_OBJECT
from worker.stories.candidates import FeatureCache

_NOTE = click.option("--note", metavar="WORDS", help="The reason, stored with the correction.")


@click.command("merge", epilog="Example:  copydesk merge 1 4 --note 'the same wire story'")
@click.argument("story", type=ID)
@click.argument("other", type=ID)
@_NOTE
@JSON_OBJECT
def merge_command(story: int, other: int, note: str | None, as_json: bool) -> None:
    """Merge two stories into one. This overrides whatever kept them apart, also an earlier split."""
    from worker.stories import corrections

    kept = _correct(lambda connection: corrections.merge(connection, FeatureCache(), story, other, note))
    _report(kept, f"Story {max(story, other)} is now part of story {kept}.", as_json=as_json)


@click.command("split", epilog="Example:  copydesk split 5 --note 'another reporter on the spot'")
@click.argument("article", type=ID)
@_NOTE
@JSON_OBJECT
def split_command(article: int, note: str | None, as_json: bool) -> None:
    """Move an article and its exact copies into a new story, permanently separate from the others.

    `copydesk merge` undoes it.
    """
    from worker.stories import corrections

    story = _correct(lambda connection: corrections.split(connection, FeatureCache(), article, note))
    _report(story, f"Article {article} is now in a new story: {story}.", as_json=as_json)


@click.command("not-a-copy", epilog="Example:  copydesk not-a-copy 5 1 --note 'its own interviews'")
@click.argument("article", type=ID)
@click.argument("other", type=ID)
@_NOTE
@JSON_OBJECT
def not_a_copy_command(article: int, other: int, note: str | None, as_json: bool) -> None:
    """Keep two articles in different stories; if they are in the same one, the first leaves it."""
    from worker.stories import corrections

    story = _correct(lambda connection: corrections.not_a_copy(connection, FeatureCache(), article, other, note))
    _report(story, f"Article {article} is in story {story}, and never with article {other}.", as_json=as_json)


def _correct(work: Callable[[Connection], int]) -> int:
    with database() as (_, engine), engine.begin() as connection:
        return work(connection)


def _report(story: int, sentence: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"story_id": story})
    else:
        output.print_text(sentence)
