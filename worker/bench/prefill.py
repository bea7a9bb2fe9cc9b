"""A number in, that many stored articles in the real tables and indexes out, made by the server from a few real ones.

Texts and fingerprints come from a pool of articles that went through cleaning. Sketch keys are drawn anew for each
article: frequent ones as frequently as in the pool, the others at random, so that lookups meet what they would meet.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from worker.article import Article
from worker.bench.corpus import texts
from worker.clean import clean
from worker.fingerprint.article import Prepared
from worker.pipeline.prepare import fingerprint_articles
from worker.store.execute import cursor
from worker.store.models import KEY_COLUMNS
from worker.store.sketches import COPY_END, COPY_HEAD, COPY_KEYS, key_rows

_POOL = 3_000
_SEED = 99
#: Up to here every article has its whole text; beyond, its first words, for finding candidates reads none (a 10 million
#: archive of texts would be 30 GB).
FULL_TEXTS = 1_000_000
_STEP = 100_000
_TABLES = ("files", "stories", "articles", "sketch_keys")
#: Columns whose indexes new rows strike at random, and their value at the ``n``-th of all 32-bit numbers.
_STRUCK = [("files", "key", "int4send(n)"), ("articles", "text_hash", "int4send(n)")]
_STRUCK += [("sketch_keys", column, "n") for column in KEY_COLUMNS]


def prefill(engine: Engine, count: int) -> None:
    """Store ``count`` articles, each a story of its own."""
    if not count:
        return
    articles = (Article(text=one) for one in texts(_POOL, _SEED))
    pool = [
        one for one in fingerprint_articles([(0, one, clean(one)) for one in articles]) if isinstance(one, Prepared)
    ]
    with engine.connect() as connection:
        with _without_indexes(connection):
            _pool(connection, pool)
            for first in range(1, count + 1, _STEP):
                _rows(connection, first, min(first + _STEP - 1, count), len(pool))
            _keys(connection, pool, count)
        for table in ("files", "stories", "articles"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), :n)"),
                {"n": count},
            )
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM (ANALYZE) {', '.join(_TABLES)}"))
        connection.execute(text("CHECKPOINT")) if _may_checkpoint(connection) else None
    _read_indexes(engine, count)


def _read_indexes(engine: Engine, count: int) -> None:
    """Ask for values all over the indexes: a service that took these articles in had their pages in memory.

    Downwards, which is not read ahead. What was, lies in memory in pieces of up to two megabytes, and Linux 6.18 takes
    45 us instead of 4 to write a page into such a piece.
    """
    with engine.connect() as connection:
        for table, column, value in _STRUCK:
            connection.execute(
                text(f"""
                    SELECT count(*) FROM generate_series(2147483647, -2147483648, CAST(:step AS int)) AS n
                    CROSS JOIN LATERAL (SELECT FROM {table} WHERE {column} >= {value} ORDER BY {column} LIMIT 1)
                    AS following"""),  # noqa: S608 - names from this file
                {"step": -(1 << 38) // max(count, 1 << 8)},  # some two values a page
            )


def _may_checkpoint(connection: Connection) -> bool:
    found: bool = connection.execute(text("SELECT pg_has_role('pg_checkpoint', 'USAGE')")).scalar_one()
    return found


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Drop the constraints and indexes of the tables, and make them again from their own definitions."""
    constraints = connection.execute(
        text("""
            SELECT conrelid::regclass::text AS of, conname AS name, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint WHERE (conrelid = ANY(CAST(:tables AS regclass[])) AND contype IN ('p', 'u', 'f'))
                OR confrelid = ANY(CAST(:tables AS regclass[])) ORDER BY contype = 'f' DESC, conname"""),
        {"tables": list(_TABLES)},
    ).all()
    for row in constraints:
        connection.execute(text(f"ALTER TABLE {row.of} DROP CONSTRAINT {row.name}"))
    indexes = connection.execute(
        text(
            "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition"
            " FROM pg_index WHERE indrelid = ANY(CAST(:tables AS regclass[]))"
        ),
        {"tables": list(_TABLES)},
    ).all()
    for row in indexes:
        connection.execute(text(f"DROP INDEX {row.name}"))
    yield
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    for row in indexes:
        connection.execute(text(row.definition))
    for row in reversed(constraints):
        connection.execute(text(f"ALTER TABLE {row.of} ADD CONSTRAINT {row.name} {row.definition}"))


def _pool(connection: Connection, pool: Sequence[Prepared]) -> None:
    connection.execute(
        text("CREATE TEMP TABLE pool (number int, title text, body text, language text, simhash bytea, words int)")
    )
    with cursor(connection).copy("COPY pool FROM STDIN") as copy:
        for number, one in enumerate(pool):
            mark = one.fingerprint
            cleaned = one.cleaned
            copy.write_row((number, cleaned.title, cleaned.text, cleaned.language, mark.simhash, mark.words))


def _rows(connection: Connection, first: int, last: int, pool: int) -> None:
    """Insert files, stories and articles ``first`` to ``last``: one of each, under the same id."""
    values = {"first": first, "last": last, "pool": pool, "full": FULL_TEXTS}
    connection.execute(
        text("""
            INSERT INTO files (id, key, path, sha256, size, state, articles, attempts, finished_at)
            OVERRIDING SYSTEM VALUE
            SELECT n, decode(md5('k' || n), 'hex'), convert_to('/inbox/stored-' || n || '.txt', 'UTF8'),
                sha256(int4send(n)), 3000, 'done', 1, 1, now()
            FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n"""),
        values,
    )
    connection.execute(
        text("""
            INSERT INTO stories (id, canonical_id, title, language, first_seen, last_seen) OVERRIDING SYSTEM VALUE
            SELECT n, n, title, language, now(), now()
            FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
            JOIN pool ON number = n % CAST(:pool AS int)"""),
        values,
    )
    connection.execute(
        text("""
            INSERT INTO articles (id, file_id, position, story_id, relation, similarity, seen_at, words,
                cleaner_version, fingerprint_version, text_hash, simhash, sketch, language, title, text)
            OVERRIDING SYSTEM VALUE
            SELECT n, n, 0, n, 'original', 1, now(), words, 1, 1, decode(md5(n::text), 'hex'), simhash, '{}',
                language, title, CASE WHEN n <= CAST(:full AS int) THEN body ELSE left(body, 80) END
            FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
            JOIN pool ON number = n % CAST(:pool AS int)"""),
        values,
    )


def _keys(connection: Connection, pool: Sequence[Prepared], count: int) -> None:
    """Enter sketch keys of stories 1 to ``count``, as many an article as the pool's have."""
    sketches = [one.fingerprint.sketch for one in pool]
    many = round(sum(map(len, sketches)) / len(sketches))
    keys, counts = np.unique(np.concatenate(sketches), return_counts=True)
    common = counts > 1
    share = counts[common].sum() / counts.sum()
    frequent, weights = keys[common], np.cumsum(counts[common] / counts[common].sum())
    generator = np.random.default_rng(_SEED)
    with cursor(connection).copy(COPY_KEYS) as copy:
        copy.write(COPY_HEAD)
        for first in range(1, count + 1, _STEP):
            stories = np.arange(first, min(first + _STEP, count + 1), dtype=np.int32)
            drawn = generator.integers(-(2**31), 2**31, size=(len(stories), many), dtype=np.int32)
            often = generator.random(drawn.shape) < share
            drawn[often] = frequent[np.searchsorted(weights, generator.random(int(often.sum())))]
            copy.write(_binary(drawn, stories))
        copy.write(COPY_END)


def _binary(drawn: NDArray[np.int32], stories: NDArray[np.int32]) -> bytes:
    """Return the stories' rows as Postgres's binary COPY wants them, without a story's repeated keys."""
    drawn.sort(axis=1)
    fresh = np.ones(drawn.shape, dtype=bool)
    fresh[:, 1:] = drawn[:, 1:] != drawn[:, :-1]
    return key_rows(drawn[fresh], np.repeat(stories, fresh.sum(axis=1)))
