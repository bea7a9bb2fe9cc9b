"""Corrections by people. Call the functions that write under the placement lock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.article import CorrectionKind, Decider, Relation
from worker.store import review

#: Pairs that one correction stores, in some 100 ms under the placement lock. Sides of a hundred exact copies each have
#: as many; 5,000 each, which a wire's repeated notice reaches, have 25 million.
_MOST_PAIRS = 10_000


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


def placed(connection: Connection, ids: Collection[int]) -> list[MovableArticle]:
    """Return those of these articles that are stored, oldest first."""
    rows = connection.execute(text(f"{_ARTICLE} WHERE id = ANY(:ids) ORDER BY id"), {"ids": list(ids)})
    return [MovableArticle(*row) for row in rows]


def followers(connection: Connection, story_id: int, moved: Collection[int], after: int) -> list[int]:
    """Return the articles that joined a story after the article ``after`` because of ``moved`` ones alone.

    An article that has the words of a moved one, or whose stored matches are all with moved articles or others that
    follow them, belongs with these.
    """
    rows = connection.execute(
        text("""
            SELECT a.id, a.text_hash, CASE WHEN a.id > :after THEN
                (SELECT array_agg(other_id) FROM links WHERE article_id = a.id AND same = 1) END AS matched
            FROM articles a WHERE a.story_id = :story ORDER BY a.id"""),
        {"story": story_id, "after": after},
    )
    return select_followers(((id_, bytes(words), matched or ()) for id_, words, matched in rows), moved, after)


def select_followers(
    articles: Iterable[tuple[int, bytes, Collection[int]]], moved: Collection[int], after: int
) -> list[int]:
    """Return those of these articles (id, hash of the words, matches) of a story, oldest first, that follow ``moved``.

    One with earlier articles of the same words follows if all of these are moved or follow; others by their matches.
    """
    side, following = set(moved), []
    with_words: dict[bytes, bool] = {}  # whether all articles with these words so far are moved or follow
    for article_id, words, matched in articles:
        if article_id > after and article_id not in side:
            follows = with_words[words] if words in with_words else bool(matched) and side.issuperset(matched)
            if follows:
                side.add(article_id)
                following.append(article_id)
        with_words[words] = with_words.get(words, True) and article_id in side
    return following


def add_missing_texts(connection: Connection, stories: Sequence[int]) -> list[MovableArticle]:
    """Make the first of exact copies a text where the text with their words has left the story; return these."""
    rows = connection.execute(
        text("""
            UPDATE articles SET relation = :near, similarity = 1 WHERE id IN (
                SELECT min(id) FROM articles WHERE story_id = ANY(:stories)
                GROUP BY story_id, text_hash HAVING bool_and(relation = :exact))
            RETURNING id, story_id, relation, text_hash, sketch, title, language, seen_at"""),
        {"stories": list(stories), "near": Relation.NEAR, "exact": Relation.EXACT},
    )
    return [MovableArticle(*row) for row in rows]


def move(connection: Connection, ids: Sequence[int], story_id: int) -> None:
    """Move articles to a story."""
    connection.execute(
        text("UPDATE articles SET story_id = :story WHERE id = ANY(:ids)"), {"story": story_id, "ids": list(ids)}
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """What all rows of a correction have in common: its kind and id in the log, its reason, and who made it."""

    kind: CorrectionKind
    log_id: int
    note: str | None
    made_by: str | None


def record(
    connection: Connection, origin: Origin, articles: Collection[int], others: Collection[int], *, same: bool
) -> None:
    """Store a correction between each of the articles and each of the others, and ask about these pairs no more."""
    review.forget_corrected(connection, articles, others)
    _insert(connection, origin, articles, others, same=same)


def record_apart(connection: Connection, origin: Origin, articles: Sequence[int], others: Sequence[int]) -> None:
    """Store that none of the articles may be with any of the others: each pair, or fewer if these are too many.

    The first of each side then represents it, as `record_by_firsts` says.
    """
    if len(articles) * len(others) > _MOST_PAIRS:
        record_by_firsts(connection, origin, articles, others)
    else:
        record(connection, origin, articles, others, same=False)


def record_by_firsts(connection: Connection, origin: Origin, articles: Sequence[int], others: Sequence[int]) -> None:
    """Store that the first of each side may not be with any of the other side, and ask about no pair any more.

    An article that leaves its side later stays apart from the other side, unless one of that leaves it too.
    """
    review.forget_corrected(connection, articles, others)
    _insert(connection, origin, articles, others[:1], same=False)
    _insert(connection, origin, articles[:1], others[1:], same=False)


def _insert(
    connection: Connection, origin: Origin, articles: Collection[int], others: Collection[int], *, same: bool
) -> None:
    connection.execute(
        text("""
            INSERT INTO corrections (kind, article_id, other_id, same, note, made_by, log_id)
            SELECT :kind, article, other, :same, :note, :made_by, :log
            FROM unnest(CAST(:articles AS int[])) AS t (article)
            CROSS JOIN unnest(CAST(:others AS int[])) AS u (other)"""),
        _values(origin) | {"articles": list(articles), "others": list(others), "same": int(same)},
    )


def record_alone(connection: Connection, origin: Origin, article: int) -> None:
    """Store a correction of one article."""
    connection.execute(
        text("""
            INSERT INTO corrections (kind, article_id, note, made_by, log_id)
            VALUES (:kind, :article, :note, :made_by, :log)"""),
        _values(origin) | {"article": article},
    )


def _values(origin: Origin) -> dict[str, object]:
    return {"kind": origin.kind, "note": origin.note, "made_by": origin.made_by, "log": origin.log_id}


def withdraw_logged(connection: Connection, log_id: int) -> None:
    """Delete the pairs of a correction, which is undone."""
    connection.execute(text("DELETE FROM corrections WHERE log_id = :log AND same IS NOT NULL"), {"log": log_id})


def separated_otherwise(connection: Connection, story_id: int, other_id: int, log_id: int) -> int | None:
    """Return a correction that separates two stories and is not ``log_id``; 0 if it is not in the log any more.

    The undo of a merge, which restored the separation of before, is none.
    """
    row = connection.execute(
        text("""
            SELECT coalesce(c.log_id, 0)
            FROM corrections c JOIN articles a ON a.id = c.article_id JOIN articles b ON b.id = c.other_id
            WHERE c.same = 0 AND c.kind <> :undo AND c.log_id IS DISTINCT FROM :log
              AND ((a.story_id = :story AND b.story_id = :other) OR (a.story_id = :other AND b.story_id = :story))
            LIMIT 1"""),
        {"log": log_id, "story": story_id, "other": other_id, "undo": CorrectionKind.UNDO},
    ).one_or_none()
    return None if row is None else int(row[0])


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
