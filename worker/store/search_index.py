"""Fill the search index behind the placement, in batches, and remove from it what is erased or changed.

Ids of articles are given under the placement lock, so they become visible in their order: all articles up to the
greatest indexed id are in the index, except those whose text has changed since.
"""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, text

from worker.search.spelling import is_known_kind, shape
from worker.search.vector import INDEXED_CHARACTERS, article_words, block, dictionary_mark, vector
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.locks import lock_search_index
from worker.store.search_progress import NEXT
from worker.store.stems import SIMPLE, Stems

#: Articles indexed by one transaction; it takes a fifth of a second.
BATCH = 200
_TEXTS = """
    SELECT id, language, title, left(text, %(characters)s) FROM articles WHERE id = ANY(CAST(%(ids)s AS int[]))
    ORDER BY language, id"""
_INSERT = """
    INSERT INTO search_vectors (article_id, dictionary, vector)
    SELECT * FROM unnest(CAST(%(ids)s AS int[]), CAST(%(dictionaries)s AS text[]), CAST(%(vectors)s AS tsvector[]))
        AS t (article_id, dictionary, vector) ORDER BY 1
    ON CONFLICT (article_id) DO UPDATE SET dictionary = excluded.dictionary, vector = excluded.vector"""
_INSERT_WORDS = """
    INSERT INTO search_words (word, shape)
    SELECT * FROM unnest(CAST(%(words)s AS text[]), CAST(%(shapes)s AS text[])) AS t (word, shape)
    WHERE NOT EXISTS (SELECT FROM search_words known WHERE known.word = t.word)
    ON CONFLICT (word) DO NOTHING"""


class _Indexed(NamedTuple):
    id: int
    dictionary: str
    title: list[str]
    text: list[str]


def index_next(connection: Connection, stems: Stems, listed: set[str], most: int = BATCH) -> int:
    """Index the next articles; return their number, 0 if all are indexed. Call it in a transaction of its own.

    Words in ``listed`` are in the list of words already; those of these articles are added to it.
    """
    # `forget` takes it too: what is read after it is what is stored when this transaction ends
    lock_search_index(connection)
    ids = [id_ for (id_,) in execute(connection, NEXT, {"most": most}).fetchall()]
    if not ids:
        return 0
    rows = execute(connection, _TEXTS, {"ids": int_array(ids), "characters": INDEXED_CHARACTERS}).fetchall()
    articles = [
        _Indexed(id_, stems.dictionary(connection, language), *article_words(title, body))
        for id_, language, title, body in rows
    ]
    vectors, known = _vectors(connection, stems, articles)
    _insert(connection, vectors)
    _insert_words(connection, known - listed)
    listed |= known
    return len(ids)


def _vectors(
    connection: Connection, stems: Stems, articles: list[_Indexed]
) -> tuple[list[tuple[int, str, str]], set[str]]:
    """Return (id, dictionary, vector) of the articles, and all of their words."""
    vectors: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    articles.sort(key=lambda article: article.dictionary)
    for dictionary, group in groupby(articles, lambda article: article.dictionary):
        of_dictionary = list(group)
        known = {word for article in of_dictionary for word in (*article.title, *article.text) if word}
        stem = stems.learn(connection, dictionary, known)
        seen |= known
        for article in of_dictionary:
            marks = [block(article.id), dictionary_mark(dictionary)]
            vectors.append((article.id, dictionary, vector(article.title, article.text, stem, marks)))
    return vectors, seen


def leave_out_next(connection: Connection) -> int:
    """Give the next article an empty vector, because Postgres refuses its own; return its id."""
    [[id_]] = execute(connection, NEXT, {"most": 1}).fetchall()
    _insert(connection, [(id_, SIMPLE, "")])
    return int(id_)


def _insert(connection: Connection, vectors: Sequence[tuple[int, str, str]]) -> None:
    ids, dictionaries, lexemes = zip(*vectors, strict=True) if vectors else ((), (), ())
    values = {"ids": int_array(ids), "dictionaries": array(dictionaries), "vectors": array(lexemes)}
    execute(connection, _INSERT, values)


def _insert_words(connection: Connection, words: Collection[str]) -> None:
    known = sorted(filter(is_known_kind, words))  # in one order, so that two transactions don't wait for each other
    execute(connection, _INSERT_WORDS, {"words": array(known), "shapes": array(map(shape, known))})


def sort_in(connection: Connection) -> None:
    """Sort new words into the index, so that a search need not read them one by one.

    Only the owner of the index may; for another role Postgres does it, at the limit of their list or by autovacuum.
    """
    execute(
        connection,
        """
            SELECT gin_clean_pending_list(oid::regclass) FROM pg_class
            WHERE oid = 'ix_search_vectors_vector'::regclass AND pg_has_role(relowner, 'USAGE')""",
    )


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Remove the words of articles, in the transaction that erases or changes them, before it does.

    Their words leave the list of known words too, although other articles may have them: there a word comes back with
    the next article, and until then it is only not offered for misspelt ones.
    """
    if not ids:
        return
    lock_search_index(connection)
    rows = connection.execute(
        text("SELECT title, left(text, :characters) FROM articles WHERE id = ANY(:ids)"),
        {"ids": list(ids), "characters": INDEXED_CHARACTERS},
    )
    gone = {word for row in rows for found in article_words(*row) for word in found if is_known_kind(word)}
    execute(
        connection,
        "DELETE FROM search_words WHERE word = ANY(CAST(%(words)s AS text[]))",
        {"words": array(sorted(gone))},
    )
    connection.execute(text("UPDATE search_vectors SET vector = NULL WHERE article_id = ANY(:ids)"), {"ids": list(ids)})
