"""``copydesk why``: the reasons for the outcome of a file and for the story of an article."""

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.evidence_table import print_evidence
from worker.cli.options import JSON_OBJECT
from worker.errors import CopydeskError
from worker.explain.relations import RELATIONS, chance
from worker.explain.why import MOST_ARTICLES, WhyArticle, WhyLink, why
from worker.explain.why import as_json as why_json
from worker.store.read.files import FileRow
from worker.store.read.snapshot import snapshot


@click.command("why", epilog="Example:  copydesk why 005-rewrite.txt")
@click.argument("name", metavar="FILE-or-ARTICLE")
@JSON_OBJECT
def why_command(name: str, as_json: bool) -> None:
    """Explain cleaning, story and evidence of an article.

    The argument is a path, a file name, a name from the archive, file:ID, or the id of an article.
    """
    with database() as (_, engine), snapshot(engine) as connection:
        answer = why(connection, name)
    if answer is None:
        raise CopydeskError(f"No file or article is called {name}. `copydesk files` lists the delivered files.")
    if as_json:
        output.print_json(why_json(answer))
        return
    if answer.file:
        _print_file(answer.file)
    if answer.namesakes:
        output.say("Other files with this name: " + ", ".join(f"file:{other}" for other in answer.namesakes))
    for article in answer.articles:
        _print_article(article)
    if answer.file and answer.file.articles > len(answer.articles) == MOST_ARTICLES:
        output.say(f"{MOST_ARTICLES} of {answer.file.articles:,} articles are shown; for another, give its id.")


def _print_file(file: FileRow) -> None:
    output.print_heading(f"file:{file.id}  {file.path}")
    articles = f"{file.articles:,} article{'' if file.articles == 1 else 's'}"
    output.print_text(f"{file.state}, {articles}, {file.size:,} bytes, arrived {output.cell(file.arrived_at)} UTC")
    if file.pruned_at:
        command = "erase" if file.erased else "prune"
        output.print_text(f"`copydesk {command}` removed the original bytes on {output.cell(file.pruned_at)} UTC.")
    if file.reason:
        output.print_text(file.reason)
    for bad in file.bad_record_reasons:
        output.print_text(f"{bad.count:,} rejected, the first at record {bad.first_position + 1:,}: {bad.reason}")


def _print_article(explained: WhyArticle) -> None:
    article = explained.article
    output.print_heading(f"\nArticle {article.id}: {article.title or 'without a headline'}")
    output.print_text(_position(explained))
    cleaned = "; ".join(note.deed for note in explained.cleaned)
    output.print_text(f"Cleaned: {cleaned or 'nothing needed cleaning'}.")
    facts = "; ".join(f"{name} {_fact(value)}" for name, value in article.facts.items() if value)
    if facts:
        output.print_text(f"Found while cleaning: {facts}.")
    for link in explained.joined:
        _print_link(f"\nMatched article {link.article_id}", link)
    for link in explained.refused:
        _print_link(f"\nNot joined to article {link.article_id} (story {link.story_id})", link)


def _fact(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _position(explained: WhyArticle) -> str:
    article = explained.article
    if article.is_canonical:
        reason = article.canonical_reason or "All copies have the same text."
        return f"It is the canonical article of story {article.story_id}. {reason}"
    relation = f"{article.relation} ({RELATIONS[article.relation]}, {chance(article.similarity, article.relation)})"
    if article.copy_of:
        return f"In story {article.story_id}: {relation} as article {article.copy_of}."
    canonical = f"the canonical article {article.canonical_article_id} ({explained.canonical_source_path})"
    return f"In story {article.story_id}: {relation}, relative to {canonical}."


def _print_link(heading: str, link: WhyLink) -> None:
    output.print_heading(f"{heading}, {link.title or 'without a headline'}, {link.source_path}")
    verdict = f"{link.relation}: {RELATIONS[link.relation]}" if link.same else "different stories"
    output.print_text(
        f"{link.reason}\n{verdict}{f'; {chance(link.similarity, link.relation)}' if link.findings else ''}"
    )
    print_evidence(link.findings, link.passages, "this article", f"article {link.article_id}")
