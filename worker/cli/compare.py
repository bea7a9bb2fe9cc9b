"""``copydesk compare``: compare two files directly, without a server or database."""

import os
from pathlib import Path

import click

from worker.article import Article
from worker.clean import clean
from worker.cli import output
from worker.cli.clean import FILE, records
from worker.cli.evidence_table import print_evidence
from worker.cli.options import JSON_OBJECT
from worker.display import escape_path
from worker.errors import CopydeskError
from worker.explain.evidence import findings
from worker.explain.passages import passages
from worker.explain.relations import RELATIONS, chance
from worker.features import features
from worker.fingerprint.simhash import hamming, simhashes
from worker.match import evidence, reason, related, verdict
from worker.match.judgement import JUDGEMENTS
from worker.match.metadata import ArticleMetadata, with_metadata
from worker.settings import load


@click.command("compare", epilog="Example:  copydesk compare seeds/001-print-column.txt seeds/005-rewrite.txt")
@click.argument("a", metavar="A", type=FILE)
@click.argument("b", metavar="B", type=FILE)
@JSON_OBJECT
def compare_command(a: Path, b: Path, as_json: bool) -> None:
    """Report whether two files are one story, and why. Their first articles are compared. Needs no database."""
    read = [_first(file) for file in (a, b)]
    first, second = map(clean, read)
    features_a, features_b = (features(article.text, article.title, article.language) for article in (first, second))
    numbers = evidence(features_a, features_b, hamming(*simhashes([features_a, features_b])))
    known_a, known_b = (
        ArticleMetadata(own.title, file.url, own.published_at, own.language)
        for own, file in zip((first, second), read, strict=True)
    )
    judged = with_metadata(verdict(numbers, JUDGEMENTS[load().judgement]), known_a, known_b)
    other_report = None if judged.same else related([numbers])[0]
    why = reason(judged)
    path_a, path_b = (escape_path(os.fsencode(file)) for file in (a, b))
    explained, shared = findings(numbers._asdict()), passages(first.text, second.text)
    if as_json:
        output.print_json(
            {
                "a": {"path": path_a, "title": first.title, "language": first.language},
                "b": {"path": path_b, "title": second.title, "language": second.language},
                **{name: getattr(judged, name) for name in ("same", "relation", "similarity")},
                "reason": why,
                "related": other_report and other_report._asdict(),
                "findings": explained,
                "passages": shared,
            }
        )
        return
    relation = f"{judged.relation}: A is {RELATIONS[judged.relation]} of B" if judged.same else "different stories"
    output.print_heading(why)
    output.print_text(f"{relation}; {chance(judged.similarity, judged.relation)}\n")
    if other_report:
        output.print_text(f"{other_report.reason}\n")
    output.say("In the table, A is this article and B the other.")
    print_evidence(explained, shared, f"A {path_a}", f"B {path_b}")


def _first(file: Path) -> Article:
    for record in records(file):
        if isinstance(record, Article):
            return record
    raise CopydeskError(f"{file} contains no readable article.")
