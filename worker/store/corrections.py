"""Corrections by people. Call the functions that write under the placement lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.article import CorrectionKind, Decider
from worker.store import review


@dataclass(frozen=True, slots=True)
class MovableArticle:
    """The fields of an article that moving it needs."""

    id: int
    story_id: int
    relation: str
    text_hash: bytes
    sketch: list[int]
    title: str | None
    language: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A stored correction; ``same`` says whether the two articles belong together or never do.

    ``more`` further pairs of the same correction name the article. A pin and its removal are about one article: they
    have neither ``other_id`` nor ``same``.
    """

    id: int
    kind: str
    article_id: int
    other_id: int | None
    same: bool | None
    note: str | None
    made_at: datetime
    made_by: str | None
    more: int


_ARTICLE = "SELECT id, story_id, relation, text_hash, sketch, title, language, seen_at FROM articles"


def article(connection: Connection, article_id: int) -> MovableArticle | None:
    """Return an article, or None if there is none with this id."""
    row = connection.execute(text(f"{_ARTICLE} WHERE id = :id"), {"id": article_id}).one_or_none()
    return MovableArticle(*row) if row else None


def same_words(connection: Connection, article: MovableArticle) -> list[MovableArticle]:
    """Return the articles of its story with the same words, including itself, oldest first."""
    rows = connection.execute(
        text(f"{_ARTICLE} WHERE story_id = :story AND text_hash = :hash ORDER BY relation = 'exact', id"),
        {"story": article.story_id, "hash": article.text_hash},
    )
    return [MovableArticle(*row) for row in rows]


def members(connection: Connection, story_id: int) -> list[int]:
    """Return the articles of a story, oldest first."""
    statement = text("SELECT id FROM articles WHERE story_id = :story ORDER BY id")
    return list(connection.execute(statement, {"story": story_id}).scalars())


def texts(connection: Connection, story_id: int) -> list[int]:
    """Return the articles of a story that are not exact copies, oldest first."""
    # a story whose only text was just moved away has exact copies alone: the first of them counts as a text
    rows = connection.execute(
        text("""
            SELECT id FROM articles WHERE story_id = :story AND (relation <> 'exact' OR id = (
                SELECT id FROM articles WHERE story_id = :story ORDER BY relation = 'exact', id LIMIT 1))
            ORDER BY id"""),
        {"story": story_id},
    )
    return list(rows.scalars())


def move(connection: Connection, ids: Sequence[int], story_id: int) -> None:
    """Move articles to a story."""
    connection.execute(
        text("UPDATE articles SET story_id = :story WHERE id = ANY(:ids)"), {"story": story_id, "ids": list(ids)}
    )


def record(
    connection: Connection,
    kind: CorrectionKind,
    articles: Collection[int],
    others: Collection[int],
    *,
    same: bool,
    note: str | None,
    made_by: str | None,
) -> None:
    """Store a correction between each of the articles and each of the others, and ask about these pairs no more."""
    review.forget_corrected(connection, articles, others)
    connection.execute(
        text("""
            INSERT INTO corrections (kind, article_id, other_id, same, note, made_by)
            SELECT :kind, article, other, :same, :note, :made_by FROM unnest(CAST(:articles AS int[])) AS t (article)
            CROSS JOIN unnest(CAST(:others AS int[])) AS u (other)"""),
        {
            "kind": kind,
            "articles": list(articles),
            "others": list(others),
            "same": int(same),
            "note": note,
            "made_by": made_by,
        },
    )


def record_alone(
    connection: Connection, kind: CorrectionKind, article: int, note: str | None, made_by: str | None
) -> None:
    """Store a correction of one article."""
    connection.execute(
        text("INSERT INTO corrections (kind, article_id, note, made_by) VALUES (:kind, :article, :note, :made_by)"),
        {"kind": kind, "article": article, "note": note, "made_by": made_by},
    )


def withdraw(connection: Connection, story_id: int, other_id: int, *, same: bool) -> None:
    """Delete the corrections between two stories with this ``same``; a later correction replaces them."""
    connection.execute(
        text("""
            DELETE FROM corrections c USING articles a, articles b
            WHERE a.id = c.article_id AND b.id = c.other_id AND c.same = :same
              AND ((a.story_id = :story AND b.story_id = :other) OR (a.story_id = :other AND b.story_id = :story))"""),
        {"same": int(same), "story": story_id, "other": other_id},
    )


def overrule_links(connection: Connection, moved: Sequence[int], story_id: int) -> None:
    """Turn the decisions that joined moved articles to a story into refusals by a person."""
    connection.execute(
        text("""
            UPDATE links l SET same = 0, decided_by = :person,
                overridden = CASE l.decided_by WHEN :person THEN NOT l.overridden ELSE true END
            FROM articles a
            WHERE l.same = 1 AND ((l.article_id = ANY(:moved) AND a.id = l.other_id)
                OR (l.other_id = ANY(:moved) AND a.id = l.article_id)) AND a.story_id = :story"""),
        {"person": Decider.PERSON, "moved": list(moved), "story": story_id},
    )


def restore_links(connection: Connection, story_id: int) -> None:
    """Turn a person's refusals within a story back; where the evidence agrees, the decision is Copydesk's again."""
    connection.execute(
        text("""
            UPDATE links l SET same = 1, decided_by = CASE WHEN l.overridden THEN :copydesk ELSE :person END,
                overridden = NOT l.overridden
            FROM articles a, articles b
            WHERE l.same = 0 AND l.decided_by = :person AND a.id = l.article_id AND b.id = l.other_id
              AND a.story_id = :story AND b.story_id = :story"""),
        {"person": Decider.PERSON, "copydesk": Decider.COPYDESK, "story": story_id},
    )


def corrections(connection: Connection, articles: Collection[int]) -> list[CorrectionRow]:
    """Return the corrections that name one of these articles, newest first, each with its first pair that does."""
    rows = connection.execute(
        text("""
            SELECT min(id), kind, (array_agg(article_id ORDER BY id))[1], (array_agg(other_id ORDER BY id))[1],
                same = 1, note, made_at, made_by, count(*) - 1
            FROM corrections WHERE article_id = ANY(:ids) OR other_id = ANY(:ids)
            GROUP BY kind, same, note, made_at, made_by ORDER BY 1 DESC LIMIT 50"""),
        {"ids": list(articles)},
    )
    return [CorrectionRow(*row) for row in rows]
