"""One stored article with all that is known of it, and the verdicts that explain where it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from worker.display import escape_path


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """A stored article. ``facts`` is what debris carried, ``changes`` what cleaning did, by step."""

    id: int
    file_id: int
    position: int
    source_path: str
    story_id: int
    canonical_article_id: int
    canonical_reason: str | None
    relation: str
    similarity: float
    title: str | None
    text: str
    language: str
    words: int
    published_at: datetime | None
    arrived_at: datetime
    external_id: str | None
    source: str | None
    author: str | None
    url: str | None
    facts: dict[str, Any]
    changes: dict[str, int]

    @property
    def is_canonical(self) -> bool:
        """Whether its story is told in its words."""
        return self.id == self.canonical_article_id


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A verdict on an article and a candidate; ``same`` tells whether it was joined or refused."""

    article_id: int
    other_id: int
    same: bool
    relation: str
    similarity: float
    reason: str
    evidence: dict[str, Any]


_SELECT = """
    SELECT a.id, a.file_id, a.position, f.path AS source_path, a.story_id, s.canonical_id AS canonical_article_id,
        s.canonical_reason, a.relation, a.similarity, a.title, a.text, a.language, a.words, a.published_at,
        a.arrived_at, a.external_id, a.source, a.author, a.url, coalesce(a.facts, '{}') AS facts,
        coalesce(a.changes, '{}') AS changes
    FROM articles a JOIN stories s ON s.id = a.story_id JOIN files f ON f.id = a.file_id"""


def articles(connection: Connection, ids: Sequence[int]) -> dict[int, ArticleDetail]:
    """Return articles by id."""
    rows = connection.execute(text(f"{_SELECT} WHERE a.id = ANY(:ids)"), {"ids": list(ids)})
    return {row["id"]: _detail(row) for row in rows.mappings()}


def articles_of_file(connection: Connection, file_id: int, limit: int) -> list[ArticleDetail]:
    """Return the first articles that were committed from a file, in the order of its records."""
    rows = connection.execute(
        text(f"{_SELECT} WHERE a.file_id = :file ORDER BY a.position LIMIT :limit"), {"file": file_id, "limit": limit}
    )
    return [_detail(row) for row in rows.mappings()]


def _detail(row: RowMapping) -> ArticleDetail:
    return ArticleDetail(**{**row, "source_path": escape_path(row["source_path"])})


#: Copies whose verdicts are turned round for the article that they were compared with.
_MOST_TURNED = 20


def links_to(connection: Connection, article: ArticleDetail) -> list[LinkRow]:
    """Return the verdicts that joined later copies of its story to an article, turned round: the nearest first.

    Which of two articles came first is chance; why they are one story is asked of both.
    """
    rows = connection.execute(
        text("""
            SELECT l.other_id, l.article_id, l.same = 1, l.relation, l.similarity, l.reason, l.evidence
            FROM articles a JOIN links l ON l.article_id = a.id
            WHERE a.story_id = :story AND a.relation <> 'exact' AND l.other_id = :article AND l.same = 1
            ORDER BY l.similarity DESC, l.article_id LIMIT :most"""),
        {"story": article.story_id, "article": article.id, "most": _MOST_TURNED},
    )
    return [_turned(LinkRow(*row)) for row in rows]


_TURNED = {"abridged": "extended", "extended": "abridged"}


def _turned(link: LinkRow) -> LinkRow:
    """Say of ``a`` what was said of ``b``."""
    ends = {"_in_a": "_in_b", "_in_b": "_in_a"}
    evidence = {f"{name[:-5]}{ends[name[-5:]]}" if name[-5:] in ends else name: v for name, v in link.evidence.items()}
    return replace(link, relation=_TURNED.get(link.relation, link.relation), evidence=evidence)


def links(connection: Connection, ids: Sequence[int]) -> dict[int, list[LinkRow]]:
    """Return the verdicts kept of each article: those that joined it first, each kind by similarity."""
    rows = connection.execute(
        text("""
            SELECT article_id, other_id, same = 1, relation, similarity, reason, evidence FROM links
            WHERE article_id = ANY(:ids) ORDER BY article_id, same DESC, similarity DESC, other_id"""),
        {"ids": list(ids)},
    )
    found: dict[int, list[LinkRow]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(LinkRow(*row))
    return found
