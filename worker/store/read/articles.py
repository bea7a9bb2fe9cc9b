"""Read stored articles in full, and the match verdicts that explain why an article is in its story."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from worker.display import escape_path
from worker.store.links import Link
from worker.store.read.copied import COPIED
from worker.store.read.status import STATUS


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """A stored article. ``facts`` is metadata from removed debris; ``changes`` counts the changes of each step.

    ``relation`` and ``similarity`` are those to the canonical article, except of an exact copy: to the article
    ``copy_of``, which has the same words. ``pinned_at`` is when a person pinned it; of several pinned articles in a
    story the last is canonical.
    """

    id: int
    file_id: int
    position: int
    source_path: str
    story_id: int
    canonical_article_id: int
    canonical_reason: str | None
    relation: str
    copy_of: int | None
    similarity: float
    title: str | None
    text: str
    language: str
    words: int
    published_at: datetime | None
    arrived_at: datetime
    external_id: str | None
    provider: str | None
    version: int | None
    source: str | None
    author: str | None
    url: str | None
    facts: dict[str, Any]
    changes: dict[str, int]
    pinned_at: datetime | None
    status: str
    embargoed_until: datetime | None

    @property
    def is_canonical(self) -> bool:
        """Whether this is the canonical article of its story."""
        return self.id == self.canonical_article_id


_SELECT = f"""
    SELECT a.id, a.file_id, a.position, f.path AS source_path, a.story_id, s.canonical_id AS canonical_article_id,
        s.canonical_reason, a.relation, o.id AS copy_of, a.similarity, a.title,
        left(a.text, :characters) AS text, a.language, a.words,
        a.published_at, a.arrived_at, a.external_id, a.provider, a.version, a.source, a.author, a.url,
        coalesce(a.facts, '{{}}') AS facts, coalesce(a.changes, '{{}}') AS changes, a.pinned_at,
        {STATUS} AS status, a.embargoed_until
    FROM articles a JOIN stories s ON s.id = a.story_id JOIN files f ON f.id = a.file_id {COPIED}"""


#: No text has more characters.
WHOLE_TEXT = 2**31 - 1


def articles(
    connection: Connection, ids: Sequence[int], *, most_characters: int = WHOLE_TEXT
) -> dict[int, ArticleDetail]:
    """Return articles by id; of each text at most the first ``most_characters``."""
    values = {"ids": list(ids), "characters": most_characters}
    rows = connection.execute(text(f"{_SELECT} WHERE a.id = ANY(:ids)"), values)
    return {row["id"]: _detail(row) for row in rows.mappings()}


def articles_of_file(
    connection: Connection, file_id: int, limit: int, *, most_characters: int = WHOLE_TEXT
) -> list[ArticleDetail]:
    """Return at most ``limit`` committed articles of a file, in record order, with texts cut as by ``articles``."""
    values = {"file": file_id, "limit": limit, "characters": most_characters}
    rows = connection.execute(text(f"{_SELECT} WHERE a.file_id = :file ORDER BY a.position LIMIT :limit"), values)
    return [_detail(row) for row in rows.mappings()]


def _detail(row: RowMapping) -> ArticleDetail:
    return ArticleDetail(**{**row, "source_path": escape_path(row["source_path"])})


#: Maximum number of verdicts that are reversed for the article that the copies were compared with.
_MOST_REVERSED = 20


def links_to(connection: Connection, article: ArticleDetail) -> list[Link]:
    """Return the verdicts that joined later copies to this article, seen from this article, most similar first.

    Arrival order is chance, so both articles of a pair must be able to explain why they are in one story.
    """
    rows = connection.execute(
        text("""
            SELECT l.other_id, l.article_id, l.same = 1, l.relation, l.similarity, l.reason, l.evidence,
                l.decided_by, l.overridden
            FROM articles a JOIN links l ON l.article_id = a.id
            WHERE a.story_id = :story AND a.relation <> 'exact' AND l.other_id = :article AND l.same = 1
            ORDER BY l.similarity DESC, l.article_id LIMIT :most"""),
        {"story": article.story_id, "article": article.id, "most": _MOST_REVERSED},
    )
    return [_reversed(Link(*row)) for row in rows]


_OPPOSITE_RELATION = {"abridged": "extended", "extended": "abridged"}


def _reversed(link: Link) -> Link:
    """Swap the roles of ``a`` and ``b`` in a verdict."""
    ends = {"_in_a": "_in_b", "_in_b": "_in_a"}
    evidence = {f"{name[:-5]}{ends[name[-5:]]}" if name[-5:] in ends else name: v for name, v in link.evidence.items()}
    return replace(link, relation=_OPPOSITE_RELATION.get(link.relation, link.relation), evidence=evidence)


def links(connection: Connection, ids: Sequence[int]) -> dict[int, list[Link]]:
    """Return the stored verdicts by article: joined before refused, then most similar first."""
    rows = connection.execute(
        text("""
            SELECT article_id, other_id, same = 1, relation, similarity, reason, evidence, decided_by, overridden
            FROM links
            WHERE article_id = ANY(:ids) ORDER BY article_id, same DESC, similarity DESC, other_id"""),
        {"ids": list(ids)},
    )
    by_article: dict[int, list[Link]] = {}
    for row in rows:
        by_article.setdefault(row.article_id, []).append(Link(*row))
    return by_article
