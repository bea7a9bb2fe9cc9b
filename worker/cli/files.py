"""``copydesk files`` and ``copydesk why``: what came in, what became of it, and why."""

import click

from worker.article import FileState
from worker.cli import output
from worker.cli.database import database
from worker.cli.evidence_table import print_evidence
from worker.cli.stories import TABLE_ROWS
from worker.cli.table import Column, print_table
from worker.errors import CopydeskError
from worker.explain import RELATIONS
from worker.explain.why import MOST_ARTICLES, WhyArticle, WhyLink, as_json, why
from worker.store.read.files import FileRow, all_file_rows, file_rows
from worker.store.read.snapshot import snapshot

_COLUMNS = (
    Column("id", right=True),
    Column("path", wide=True, keep_end=True),
    Column("state"),
    Column("articles", right=True),
    Column("reason", wide=True, fold=True),
)


@click.command("files", epilog="Example:  copydesk files --state quarantined")
@click.option("--state", type=click.Choice([str(state) for state in FileState]), help="Only files in this state.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help=f"At most N; without it a table shows {TABLE_ROWS}."
)
@click.option("--json", "json_wanted", is_flag=True, help="All of it as one JSON array.")
def files_command(state: str | None, limit: int | None, json_wanted: bool) -> None:
    """List the files that came in, the last first, and what became of them."""
    with database() as (_, engine), snapshot(engine) as connection:
        if json_wanted:
            rows = file_rows(connection, state=state, limit=limit) if limit else all_file_rows(connection, state)
            output.print_json_rows(rows)
            return
        most = limit or TABLE_ROWS
        found = file_rows(connection, state=state, limit=most + 1)
        print_table(_COLUMNS, ((f.id, f.path, f.state, f.articles, _outcome(f)) for f in found[:most]))
        if not found:
            output.say("No file was found.")
        elif len(found) > most:
            output.say(f"The last {most} are shown; --limit shows more.")


def _outcome(file: FileRow) -> str:
    if file.reason or not file.bad_records:
        return file.reason or ""
    first = file.bad_record_reasons[0]
    return f"{file.bad_records:,} records were passed over; the first: {first.reason}"


@click.command("why", epilog="Example:  copydesk why 005-rewrite.txt")
@click.argument("name", metavar="FILE-or-ARTICLE")
@click.option("--json", "json_wanted", is_flag=True, help="All of it as one JSON object.")
def why_command(name: str, json_wanted: bool) -> None:
    """Tell what was cleaned, which story an article is in, and the evidence for it.

    Give a path, a file name, a name from the archive, file:ID, or the id of an article.
    """
    with database() as (_, engine), snapshot(engine) as connection:
        answer = why(connection, name)
    if answer is None:
        raise CopydeskError(f"Nothing is known by the name {name}. `copydesk files` lists the files that came in.")
    if json_wanted:
        output.print_json(as_json(answer))
        return
    if answer.file:
        _print_file(answer.file)
    if answer.namesakes:
        output.say("Other files of this name: " + ", ".join(f"file:{other}" for other in answer.namesakes))
    for article in answer.articles:
        _print_article(article)
    if answer.file and answer.file.articles > len(answer.articles) == MOST_ARTICLES:
        output.say(f"{MOST_ARTICLES} of {answer.file.articles:,} articles are shown; give an article's id for another.")


def _print_file(file: FileRow) -> None:
    output.print_heading(f"file:{file.id}  {file.path}")
    articles = f"{file.articles:,} article{'' if file.articles == 1 else 's'}"
    output.print_text(f"{file.state}, {articles}, {file.size:,} bytes, arrived {output.cell(file.arrived_at)} UTC")
    if file.pruned_at:
        output.print_text(f"The original bytes are gone since {output.cell(file.pruned_at)} UTC, by `copydesk prune`.")
    if file.reason:
        output.print_text(file.reason)
    for bad in file.bad_record_reasons:
        output.print_text(f"{bad.count:,} passed over, the first at record {bad.first_position + 1:,}: {bad.reason}")


def _print_article(told: WhyArticle) -> None:
    article = told.article
    output.print_heading(f"\nArticle {article.id}: {article.title or 'without a headline'}")
    output.print_text(_place(told))
    deeds = "; ".join(note.deed for note in told.cleaned)
    output.print_text(f"Cleaned: {deeds or 'nothing needed cleaning'}.")
    facts = "; ".join(f"{name} {_fact(value)}" for name, value in article.facts.items() if value)
    if facts:
        output.print_text(f"Found while cleaning: {facts}.")
    for link in told.joined:
        _print_link(f"\nMatched article {link.article_id}", link)
    for link in told.refused:
        _print_link(f"\nNot joined to article {link.article_id} (story {link.story_id})", link)


def _fact(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _place(told: WhyArticle) -> str:
    article = told.article
    if article.is_canonical:
        reason = article.canonical_reason or "No other copy has other words."
        return f"It is the canonical article of story {article.story_id}. {reason}"
    relation = f"{article.relation} ({RELATIONS[article.relation]}, {output.share(article.similarity)})"
    if article.relation == "exact" and told.joined:
        return f"In story {article.story_id}: {relation} as article {told.joined[0].article_id}."
    canonical = f"the canonical article {article.canonical_article_id} ({told.canonical_source_path})"
    return f"In story {article.story_id}: {relation}, seen from {canonical}."


def _print_link(heading: str, link: WhyLink) -> None:
    output.print_heading(f"{heading}, {link.title or 'without a headline'}, {link.source_path}")
    verdict = f"{link.relation}: {RELATIONS[link.relation]}" if link.same else "another story"
    output.print_text(f"{verdict}, {output.share(link.similarity)}. {link.reason}")
    print_evidence(link.findings, link.passages, "this article", f"article {link.article_id}")
