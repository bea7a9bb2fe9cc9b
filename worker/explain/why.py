"""Explain why an article is in its story: cleaning, evidence, refused candidates.

Everything was stored at the time of the decision, except the shared passages, which are computed from the two texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from worker.article import Decider
from worker.display import as_id
from worker.explain.cleaning import CleaningNote, cleaning_notes
from worker.explain.evidence import Finding, findings
from worker.explain.passages import Passage, passages
from worker.store.links import Link
from worker.store.read.articles import ArticleDetail, articles, articles_of_file, links, links_to
from worker.store.read.files import FileRow, file, files_named

#: Maximum number of articles explained per file; others can be explained by their ids.
MOST_ARTICLES = 20
#: Characters of each text in which shared passages are searched: every other article of the evidence is loaded for it,
#: and the search costs up to 0.1 s a pair of texts of this length.
_SEARCHED_CHARACTERS = 20_000


#: Characters of a text that replace a missing headline.
_OPENING_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class WhyLink:
    """A verdict on an article and another, which begins with ``opening``: ``same`` joined them, or it was refused."""

    article_id: int
    title: str | None
    opening: str
    source_path: str
    story_id: int
    same: bool
    relation: str
    similarity: float
    reason: str
    findings: list[Finding]
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class WhyArticle:
    """The explanation of one article, whose text may be cut."""

    article: ArticleDetail
    cleaned: list[CleaningNote]
    canonical_source_path: str
    joined: list[WhyLink]
    refused: list[WhyLink]


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to ``copydesk why``. ``namesakes`` are the ids of other files to which the name may refer."""

    file: FileRow | None
    namesakes: list[int]
    articles: list[WhyArticle]


def why(connection: Connection, name: str) -> Why | None:
    """Explain ``name``: ``file:7``, an article's id, a path, a file name or a name in the archive; None if unknown."""
    if name.startswith("file:") and (number := as_id(name[5:])) is not None:
        return _of_files(connection, [row] if (row := file(connection, number)) else [])
    if (number := as_id(name)) is not None and (article := _articles(connection, [number]).get(number)):
        explained = _explain(connection, [article])
        return Why(file(connection, article.file_id), [], explained)
    return _of_files(connection, files_named(connection, name))


def _of_files(connection: Connection, files: Sequence[FileRow]) -> Why | None:
    if not files:
        return None
    found = articles_of_file(connection, files[0].id, MOST_ARTICLES, most_characters=_SEARCHED_CHARACTERS)
    return Why(files[0], [other.id for other in files[1:]], _explain(connection, found))


def _articles(connection: Connection, ids: Sequence[int]) -> dict[int, ArticleDetail]:
    return articles(connection, ids, most_characters=_SEARCHED_CHARACTERS)


def _explain(connection: Connection, explained: Sequence[ArticleDetail]) -> list[WhyArticle]:
    verdicts = links(connection, [article.id for article in explained])
    for article in explained:
        known = {link.other_id for link in verdicts.get(article.id, [])}
        later = [link for link in links_to(connection, article) if link.other_id not in known]
        verdicts[article.id] = verdicts.get(article.id, []) + later
    ids = {a.canonical_article_id for a in explained} | {link.other_id for rows in verdicts.values() for link in rows}
    others = _articles(connection, sorted(ids))
    return [_why(article, verdicts.get(article.id, []), others) for article in explained]


def _why(article: ArticleDetail, verdicts: Sequence[Link], others: dict[int, ArticleDetail]) -> WhyArticle:
    linked = [_link(article, link, others[link.other_id]) for link in verdicts if link.other_id in others]
    return WhyArticle(
        article=article,
        cleaned=cleaning_notes(article.changes),
        canonical_source_path=others[article.canonical_article_id].source_path,
        joined=[link for link in linked if link.same],
        refused=[link for link in linked if not link.same],
    )


def _link(article: ArticleDetail, link: Link, other: ArticleDetail) -> WhyLink:
    return WhyLink(
        article_id=other.id,
        title=other.title,
        opening=" ".join(other.text[:_OPENING_CHARACTERS].split()),
        source_path=other.source_path,
        story_id=other.story_id,
        same=link.same,
        relation=link.relation,
        similarity=link.similarity,
        reason=_reason(link),
        findings=findings(link.evidence),
        passages=passages(article.text, other.text) if link.relation != "exact" else [],
    )


def _reason(link: Link) -> str:
    """Return the reason of a decision: what a person decided, if one did, and what the evidence says."""
    if link.decided_by == Decider.COPYDESK:
        return link.reason
    otherwise = f" The evidence says otherwise. {link.reason}" if link.overridden else ""
    if link.same:
        return "A person joined them." + otherwise
    return "A person keeps them apart." + (otherwise or f" {link.reason}")


def as_json(answer: Why) -> dict[str, Any]:
    """Return the answer as one JSON object: ``file``, ``namesakes`` and ``articles`` without their texts."""
    return {"file": answer.file, "namesakes": answer.namesakes, "articles": [_article_json(a) for a in answer.articles]}


_OMITTED = frozenset({"text", "changes", "facts"})


def _article_json(why_article: WhyArticle) -> dict[str, Any]:
    article = why_article.article
    fields = [name for name in article.__slots__ if name not in _OMITTED]
    return {
        **{name: getattr(article, name) for name in fields},
        "is_canonical": article.is_canonical,
        "canonical_source_path": why_article.canonical_source_path,
        "cleaned": why_article.cleaned,
        "facts": article.facts,
        "joined": why_article.joined,
        "refused": why_article.refused,
    }
