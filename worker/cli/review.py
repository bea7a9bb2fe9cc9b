"""``copydesk review``: the review queue, decided pair by pair with one key each on a terminal."""

import sys

import click
from sqlalchemy import Connection, Engine

from worker.article import ReviewDecision
from worker.cli import output
from worker.cli.database import database
from worker.cli.marked import print_differences, say_legend
from worker.cli.options import ID, JSON_ARRAY, LIMIT, TABLE_ROWS
from worker.cli.table import Column, print_table
from worker.explain.differences import differences
from worker.explain.review import KINDS, outcome
from worker.settings import Settings
from worker.store.read.articles import articles
from worker.store.read.review import ReviewItem, count_open, open_items
from worker.store.read.snapshot import snapshot

_EMPTY = (
    "No pair waits for a decision, so there is nothing to do. Pairs that are joined or refused by little, and stories "
    "that grow oddly, appear here as articles arrive."
)
_KEYS = {"y": ReviewDecision.SAME, "n": ReviewDecision.ANOTHER, "s": ReviewDecision.SKIP}
_COLUMNS = (
    Column("pair", right=True),
    Column("why"),
    Column("articles"),
    Column("titles", wide=True),
    Column("found", optional=True),
)
#: Characters of each text of which the differences are shown: a screen or two.
_SHOWN_CHARACTERS = 3_000


@click.command("review", epilog="Example:  copydesk review 12 another --note 'two fires'")
@click.argument("pair", metavar="[PAIR", type=ID, required=False)
@click.argument(
    "decision", metavar="same|another|skip]", type=click.Choice([d.value for d in ReviewDecision]), required=False
)
@click.option("--note", metavar="WORDS", help="The reason, stored with the decision.")
@click.option("--list", "listed", is_flag=True, help="List the pairs instead of asking about each.")
@LIMIT
@JSON_ARRAY
def review_command(
    pair: int | None,
    decision: str | None,
    note: str | None,
    listed: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Decide on close verdicts, and on odd stories.

    These are pairs that were joined or refused by little, and stories that grow oddly, newest first.

    On a terminal, each pair is shown, and one key decides: y same story, n another story, s skip, q quit. A decision
    is a correction, which all later decisions respect; it takes the pair out of the queue.
    """
    if pair and not decision:
        raise click.UsageError("Give a decision on the pair: same, another or skip.")
    with database() as (settings, engine):
        if pair and decision:
            decided = _decide(settings, engine, pair, decision, note)
            output.print_json([decided]) if as_json else output.print_text(outcome(decided))
        elif as_json or listed or not (output.on_terminal() and sys.stdin.isatty()):
            with snapshot(engine) as connection:
                _list(connection, limit or TABLE_ROWS, as_json=as_json)
        else:
            _ask(settings, engine, note, limit)


def _decide(settings: Settings, engine: Engine, pair: int, decision: str, note: str | None) -> ReviewItem:
    from worker.stories.correction_context import CorrectionContext
    from worker.stories.review import decide

    with engine.begin() as connection:
        context = CorrectionContext(connection, settings.window_days, note, settings.preferred_sources)
        return decide(context, pair, ReviewDecision(decision))


def _list(connection: Connection, most: int, *, as_json: bool) -> None:
    rows = open_items(connection, most)
    if as_json:
        output.print_json_rows(rows)
        return
    print_table(_COLUMNS, [_cells(row) for row in rows])
    count = count_open(connection)
    if not rows:
        output.say(_EMPTY)
    elif count > len(rows):
        output.say(f"The newest {len(rows)} of {count:,} pairs are shown; --limit shows more.")


def _cells(row: ReviewItem) -> tuple[object, ...]:
    first, second = (
        output.headline(row.other_title, row.other_opening),
        output.headline(row.title, row.opening),
    )
    articles = f"{row.other_id}, {row.article_id}"
    return row.id, KINDS[row.kind], articles, f"{first} | {second}", row.found_at


def _ask(settings: Settings, engine: Engine, note: str | None, limit: int | None) -> None:
    """Show one pair after the other and read a key for each, until none is left or the user quits."""
    before, decided = None, 0
    while limit is None or decided < limit:
        with snapshot(engine) as connection:
            row = next(iter(open_items(connection, 1, before=before)), None)
            if row:
                _show(connection, row)
        if row is None:
            output.say(_EMPTY if not decided else "No further pair waits for a decision.")
            return
        key = _read_key()
        if key not in _KEYS:
            return
        output.print_text(outcome(_decide(settings, engine, row.id, _KEYS[key], note)))
        before, decided = row.id, decided + 1


def _read_key() -> str:
    while True:
        click.echo("Same story? y yes, n another story, s skip, q quit: ", nl=False, err=True)
        key = click.getchar().lower()
        click.echo(key if key.isprintable() else "", err=True)
        if key in {*_KEYS, "q", "\x03", "\x04", "\x1b"}:
            return key


def _show(connection: Connection, row: ReviewItem) -> None:
    both = articles(connection, [row.other_id, row.article_id], most_characters=_SHOWN_CHARACTERS)
    first, second = both[row.other_id], both[row.article_id]
    output.print_heading(f"Pair {row.id}. {KINDS[row.kind]}")
    output.print_text(f"{row.reason.rstrip('.')}.")
    for article in (first, second):
        about = f"{article.source or article.source_path.rpartition('/')[2]}, story {article.story_id}"
        output.print_text(f"Article {article.id} ({about}): {article.title or 'without a headline'}")
    say_legend(f"article {first.id}", f"article {second.id}")
    print_differences(differences(first.text, second.text))
    click.echo()
