"""``copydesk merge``, ``split`` and ``not-a-copy``: a person's corrections, which every later decision respects."""

from collections.abc import Callable

import click
from sqlalchemy import Connection

from worker.cli import output
from worker.cli.database import database
from worker.stories.candidates import FeatureCache

_ID = click.IntRange(min=1, max=2**31 - 1)
_NOTE = click.option("--note", metavar="WORDS", help="Why, for whoever looks at it later.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")


@click.command("merge", epilog="Example:  copydesk merge 1 4 --note 'the same wire story'")
@click.argument("story", type=_ID)
@click.argument("other", type=_ID)
@_NOTE
@_JSON
def merge_command(story: int, other: int, note: str | None, as_json: bool) -> None:
    """Make one story of two. What kept them apart, an earlier split too, no longer counts."""
    from worker.stories import corrections

    kept = _correct(lambda connection: corrections.merge(connection, FeatureCache(), story, other, note))
    _tell(kept, f"Story {max(story, other)} is part of story {kept} now.", as_json=as_json)


@click.command("split", epilog="Example:  copydesk split 5 --note 'another reporter on the spot'")
@click.argument("article", type=_ID)
@_NOTE
@_JSON
def split_command(article: int, note: str | None, as_json: bool) -> None:
    """Give an article (and its exact copies) a story of its own, apart from the others for good.

    `copydesk merge` joins them again.
    """
    from worker.stories import corrections

    story = _correct(lambda connection: corrections.split(connection, FeatureCache(), article, note))
    _tell(story, f"Article {article} has a story of its own now: {story}.", as_json=as_json)


@click.command("not-a-copy", epilog="Example:  copydesk not-a-copy 5 1 --note 'its own interviews'")
@click.argument("article", type=_ID)
@click.argument("other", type=_ID)
@_NOTE
@_JSON
def not_a_copy_command(article: int, other: int, note: str | None, as_json: bool) -> None:
    """Never let two articles be in one story; the first one leaves if they are."""
    from worker.stories import corrections

    story = _correct(lambda connection: corrections.not_a_copy(connection, FeatureCache(), article, other, note))
    _tell(story, f"Article {article} is in story {story}, and never with article {other}.", as_json=as_json)


def _correct(work: Callable[[Connection], int]) -> int:
    with database() as (_, engine), engine.begin() as connection:
        return work(connection)


def _tell(story: int, sentence: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"story_id": story})
    else:
        output.print_text(sentence)
