"""Corrections by people. Call the functions that write under the placement lock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.article import CorrectionKind

#: Prefix of the reason of a verdict that a person overruled, by which the verdict can be restored.
OVERRULED = "a person keeps them apart, though alike: "


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

    A pin and its removal are about one article: they have neither ``other_id`` nor ``same``.
    """

    id: int
    kind: str
    article_id: int
    other_id: int | None
    same: bool | None
    note: str | None
    made_at: datetime


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


def size(connection: Connection, story_id: int) -> int:
    """Return the number of articles in a story."""
    statement = text("SELECT count(*) FROM articles WHERE story_id = :story")
    return int(connection.execute(statement, {"story": story_id}).scalar_one())


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
    connection: Connection, kind: CorrectionKind, article: int, others: Iterable[int], *, same: bool, note: str | None
) -> None:
    """Store a correction between an article and each of the others."""
    connection.execute(
        text("""
            INSERT INTO corrections (kind, article_id, other_id, same, note)
            SELECT :kind, :article, other, :same, :note FROM unnest(CAST(:others AS int[])) AS t (other)"""),
        {"kind": kind, "article": article, "others": list(others), "same": int(same), "note": note},
    )


def record_alone(connection: Connection, kind: CorrectionKind, article: int, note: str | None) -> None:
    """Store a correction of one article."""
    connection.execute(
        text("INSERT INTO corrections (kind, article_id, note) VALUES (:kind, :article, :note)"),
        {"kind": kind, "article": article, "note": note},
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
    """Turn the verdicts that joined moved articles to a story into refusals, marked by ``OVERRULED``."""
    connection.execute(
        text("""
            UPDATE links l SET same = 0, reason = :prefix || l.reason FROM articles a
            WHERE l.same = 1 AND ((l.article_id = ANY(:moved) AND a.id = l.other_id)
                OR (l.other_id = ANY(:moved) AND a.id = l.article_id)) AND a.story_id = :story"""),
        {"prefix": OVERRULED, "moved": list(moved), "story": story_id},
    )


def restore_links(connection: Connection, story_id: int) -> None:
    """Restore the verdicts within a story that a person had overruled."""
    connection.execute(
        text("""
            UPDATE links l SET same = 1, reason = substr(l.reason, length(:prefix) + 1) FROM articles a, articles b
            WHERE l.same = 0 AND starts_with(l.reason, :prefix) AND a.id = l.article_id AND b.id = l.other_id
              AND a.story_id = :story AND b.story_id = :story"""),
        {"prefix": OVERRULED, "story": story_id},
    )


def corrections(connection: Connection, articles: Collection[int]) -> list[CorrectionRow]:
    """Return the corrections that name one of these articles, newest first."""
    rows = connection.execute(
        text("""
            SELECT id, kind, article_id, other_id, same = 1, note, made_at FROM corrections
            WHERE article_id = ANY(:ids) OR other_id = ANY(:ids) ORDER BY id DESC LIMIT 50"""),
        {"ids": list(articles)},
    )
    return [CorrectionRow(*row) for row in rows]
