"""``copydesk merge``, ``split``, ``not-a-copy``, ``pin`` and ``undo``: later decisions respect these corrections."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import ID, JSON_OBJECT, NOTE

if TYPE_CHECKING:
    from worker.stories.corrections import CorrectionContext


@click.command("merge", epilog="Example:  copydesk merge 1 4 --note 'the same wire story'")
@click.argument("story", type=ID)
@click.argument("other", type=ID)
@NOTE
@JSON_OBJECT
def merge_command(story: int, other: int, note: str | None, as_json: bool) -> None:
    """Merge two stories into one. This overrides whatever kept them apart, also an earlier split."""
    from worker.stories import corrections

    kept = correct(lambda context: corrections.merge(context, story, other), note)
    report(kept, f"Story {max(story, other)} is now part of story {kept}.", as_json=as_json)


@click.command("split", epilog="Example:  copydesk split 5 --note 'another reporter on the spot'")
@click.argument("article", type=ID)
@NOTE
@JSON_OBJECT
def split_command(article: int, note: str | None, as_json: bool) -> None:
    """Move an article and its exact copies to a new story. It is permanently separate from the others.

    `copydesk undo` takes it back.
    """
    from worker.stories import corrections

    story = correct(lambda context: corrections.split(context, article), note)
    report(story, f"Article {article} is now in a new story: {story}.", as_json=as_json)


@click.command("not-a-copy", epilog="Example:  copydesk not-a-copy 5 1 --note 'its own interviews'")
@click.argument("article", type=ID)
@click.argument("other", type=ID)
@NOTE
@JSON_OBJECT
def not_a_copy_command(article: int, other: int, note: str | None, as_json: bool) -> None:
    """Keep two articles in different stories. If they are in the same one, the first leaves it."""
    from worker.stories import corrections

    story = correct(lambda context: corrections.not_a_copy(context, article, other), note)
    report(story, f"Article {article} is in story {story}, and never with article {other}.", as_json=as_json)


@click.command("pin", epilog="Example:  copydesk pin 5 --note 'the version that the agency corrected'")
@click.argument("article", type=ID)
@click.option("--remove", is_flag=True, help="Remove the pin of this article.")
@NOTE
@JSON_OBJECT
def pin_command(article: int, remove: bool, note: str | None, as_json: bool) -> None:
    """Make an article the canonical one of its story. It stays so, whatever arrives later.

    The pin goes with the article if stories are merged or split. Of several pinned articles in a story the one pinned
    last is canonical.
    """
    from worker.stories import corrections

    if remove:
        story = correct(lambda context: corrections.unpin(context, article), note)
        report(story, f"Article {article} is no longer pinned in story {story}.", as_json=as_json)
    else:
        story = correct(lambda context: corrections.pin(context, article), note)
        report(story, f"Article {article} is pinned as the canonical article of story {story}.", as_json=as_json)


@click.command("undo", epilog="Example:  copydesk undo 12 --note 'it is the same report after all'")
@click.argument("correction", type=ID, required=False)
@NOTE
@JSON_OBJECT
def undo_command(correction: int | None, note: str | None, as_json: bool) -> None:
    """Undo a correction, by default the last one. Without CORRECTION that is the last one that was not undone.

    `copydesk corrections` lists them with their numbers. The undo is a correction too and lasts. What people did later
    with the same articles must be undone first.
    """
    from worker.explain.corrections import correction_sentence
    from worker.store.correction_log import logged
    from worker.stories.correction_context import CorrectionContext
    from worker.stories.undo import undo, undo_last

    with database() as (settings, engine), engine.begin() as connection:
        context = CorrectionContext(connection, settings.window_days, note, settings.preferred_sources)
        story = undo_last(context) if correction is None else undo(context, correction)
        [made] = logged(connection, context.logged)
    report(story, correction_sentence(made), as_json=as_json)


def correct(work: Callable[["CorrectionContext"], int], note: str | None) -> int:
    """Run a correction in one transaction."""
    from worker.stories.corrections import CorrectionContext

    with database() as (settings, engine), engine.begin() as connection:
        return work(CorrectionContext(connection, settings.window_days, note, settings.preferred_sources))


def report(story: int, sentence: str, *, as_json: bool) -> None:
    """Print what a correction did, or as JSON the story that it left."""
    if as_json:
        output.print_json({"story_id": story})
    else:
        output.print_text(sentence)
