"""``copydesk erase``: remove an article and its bytes for good, as a court or a contract may demand."""

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import ID, JSON_OBJECT


@click.command("erase", epilog="Example:  copydesk erase 5 --note 'court order 12/26' --dry-run")
@click.argument("article", type=ID)
@click.option("--note", metavar="WORDS", help="The reason, stored with the record of the erasure.")
@click.option("--dry-run", is_flag=True, help="Erase nothing; print what would be erased.")
@JSON_OBJECT
def erase_command(article: int, note: str | None, dry_run: bool, as_json: bool) -> None:
    """Erase an article and all with the same words. Texts, evidence, index, and the bytes of their files are erased.

    It can't be undone. The record that it happened stays, without the text, and the same words are not stored again.
    Other articles of the same files keep their texts, but can't be reprocessed. Older backups still hold the text.
    """
    from worker.operations.erase import erase_article

    with database() as (settings, engine):
        erased, files = erase_article(settings, engine, article, note, dry=dry_run)
    if as_json:
        fields = ("articles", "stories", "gone_stories", "near", "unreadable")
        values = {name: getattr(erased, name) for name in fields}
        output.print_json(
            values | {"files": files, "contents": sorted(map(bytes.hex, erased.contents)), "dry_run": dry_run}
        )
        return
    done = "would be" if dry_run else "were"
    click.echo(f"Articles that {done} erased: {_ids(erased.articles)}. Files whose bytes {done} removed: {files:,}.")
    if erased.gone_stories:
        click.echo(f"Stories that {done} removed, because they have no other article: {_ids(erased.gone_stories)}.")
    if erased.unreadable:
        click.echo(f"Articles in the same bytes, which stay but can't be reprocessed: {_ids(erased.unreadable)}.")
    if erased.near:
        click.echo(f"Other texts of the stories, which stay; erase them too if they say the same: {_ids(erased.near)}.")
    click.echo(
        "Backups, exports and snapshots of disks that are older than this moment still hold the text, and so may "
        "programs that read it. Delete them, or erase the article again after a restore. Contents (SHA-256): "
        f"{', '.join(sorted(map(bytes.hex, erased.contents)))}."
    )


def _ids(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
