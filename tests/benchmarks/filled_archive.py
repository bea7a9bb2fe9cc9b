"""Fill the tables with any number of generated articles, stories and search vectors, by the server itself.

Whole texts and their vectors come from a pool; each article has one word of its own. Stories have one to thousands of
copies, which arrive among those of others. Nothing here can be matched: there are no sketches.
"""

from collections.abc import Iterator

import numpy as np
import orjson
import wordfreq
from sqlalchemy import Connection, Engine, text

from worker.bench.prefill import without_indexes
from worker.features import features
from worker.match import evidence
from worker.search.vector import BLOCK_BITS
from worker.store.execute import cursor

_POOL = 20_000
_WORDS = 320
_DAYS = 120
_PUBLISHERS = 400
_SEED = 7
_LANGUAGES = ("en", "de", "fr", "es", "sw")
_LANGUAGE_SHARES = (0.6, 0.2, 0.12, 0.0795, 0.0005)
_DICTIONARIES = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "sw": "simple"}
_RELATIONS = ("exact", "near", "abridged", "extended", "rewrite", "revision")
_RELATION_SHARES = (0.5, 0.3, 0.1, 0.05, 0.049, 0.001)
_TABLES = ("files", "stories", "articles", "links", "changes", "search_vectors", "search_words")

_FILL = """
INSERT INTO files (id, key, path, sha256, size, state, articles, attempts, arrived_at, finished_at)
OVERRIDING SYSTEM VALUE
SELECT id, decode(md5('k' || id), 'hex'), convert_to('/inbox/delivery-' || publisher || '-' || id || '.txt', 'UTF8'),
    sha256(int4send(id)), 3000, 'done', 1, 1, at, at + interval '1 second' FROM plan ORDER BY id;

INSERT INTO articles (id, file_id, position, story_id, relation, similarity, seen_at, arrived_at, published_at, words,
    cleaner_version, fingerprint_version, text_hash, simhash, sketch, language, title, text, source, url, facts, status)
OVERRIDING SYSTEM VALUE
SELECT p.id, p.id, 0, story, relation, 0.9, at, at, at, 300, 1, 1, decode(md5(p.id::text), 'hex'), '', '{}', language,
    CASE WHEN p.id % 20 > 0 THEN title || ' x' || p.id END, body || ' x' || p.id || '.',
    CASE publisher % 4 WHEN 0 THEN 'Herald ' || publisher END,
    CASE publisher % 4 WHEN 1 THEN 'https://www.paper-' || publisher || '.example/news/' || p.id END,
    CASE publisher % 4 WHEN 2 THEN jsonb_build_object('agency', 'Agency ' || publisher) END,
    CASE WHEN p.id % 4001 = 0 THEN 'withdrawn' ELSE 'usable' END
FROM plan p JOIN pool ON pool.number = p.story % :pool ORDER BY p.id;

INSERT INTO stories (id, canonical_id, articles, texts, title, language, first_seen, last_seen)
OVERRIDING SYSTEM VALUE
SELECT a.story_id, min(a.id), count(*), 1 + count(*) FILTER (WHERE a.relation NOT IN ('exact', 'original')),
    (array_agg(a.title ORDER BY a.id))[1], min(a.language), min(a.seen_at), max(a.seen_at)
FROM articles a GROUP BY 1 ORDER BY 1;

INSERT INTO links (article_id, other_id, same, relation, similarity, reason, evidence)
SELECT a.id, s.canonical_id, 1, a.relation, 0.9, 'Same story: most words are in both.', CAST(:evidence AS jsonb)
FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.id <> s.canonical_id;

INSERT INTO changes (at, kind, story_id, article_id)
SELECT at, CASE relation WHEN 'original' THEN 'created' ELSE 'copy' END, story, id FROM plan ORDER BY id;

INSERT INTO search_vectors (article_id, dictionary, vector)
SELECT p.id, dictionary, vector || array_to_tsvector(ARRAY['#' || (p.id >> :bits), '@' || dictionary, 'x' || p.id])
FROM plan p JOIN pool ON pool.number = p.story % :pool ORDER BY p.id;

INSERT INTO search_words (word, shape)
SELECT word, word FROM (
    SELECT DISTINCT unnest(tsvector_to_array(vector)) AS word FROM pool UNION SELECT 'x' || id FROM plan) AS known
WHERE length(word) BETWEEN 4 AND 40 AND word ~ '^[a-z]+[0-9]*$';
"""


def fill(engine: Engine, articles: int) -> None:
    """Fill empty tables with this many articles."""
    generator = np.random.default_rng(_SEED)
    a, b = features("The harbour of Varnby closed.", None, "en"), features("The harbour of Varnby shut.", None, "en")
    values = {"pool": _POOL, "bits": BLOCK_BITS, "evidence": _json(evidence(a, b)._asdict())}
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        with without_indexes(connection, _TABLES):
            _load_pool(connection, generator)
            _load_plan(connection, generator, articles)
            for statement in _FILL.split(";\n\n"):
                connection.execute(text(statement), values)
        for table in ("files", "stories", "articles"):
            query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            connection.execute(text(query))
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(f"VACUUM (ANALYZE) {', '.join(_TABLES)}"))


def _json(values: dict[str, object]) -> str:
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _load_pool(connection: Connection, generator: np.random.Generator) -> None:
    """Create the pool of texts with their vectors."""
    connection.execute(
        text("CREATE TEMP TABLE raw_pool (number int, language text, dictionary text, title text, body text)")
    )
    with cursor(connection).copy("COPY raw_pool FROM STDIN") as copy:
        for row in _pool_rows(generator):
            copy.write_row(row)
    connection.execute(
        text("""
            CREATE TEMP TABLE pool AS SELECT *,
                setweight(to_tsvector(replace(dictionary, '_stem', '')::regconfig, title), 'A')
                || to_tsvector(replace(dictionary, '_stem', '')::regconfig, body) AS vector FROM raw_pool""")
    )
    connection.execute(text("ANALYZE pool"))


def _pool_rows(generator: np.random.Generator) -> Iterator[tuple[int, str, str, str, str]]:
    languages = generator.choice(len(_LANGUAGES), _POOL, p=_LANGUAGE_SHARES)
    for number, index in enumerate(languages):
        language = _LANGUAGES[index]
        known = "en" if language == "sw" else language
        vocabulary = np.array(wordfreq.top_n_list(known, 20_000, wordlist="small"), dtype=object)
        # words as frequent as by Zipf's law
        picks = vocabulary[(len(vocabulary) ** generator.random(_WORDS + 8)).astype(int) - 1]
        dictionary = _DICTIONARIES[language]
        stem = dictionary if dictionary == "simple" else f"{dictionary}_stem"
        yield number, language, stem, " ".join(picks[:8]).capitalize(), " ".join(picks[8:])


def _load_plan(connection: Connection, generator: np.random.Generator, articles: int) -> None:
    """Create the table that says which article is in which story, when it came, from whom and as what."""
    sizes = 1 + np.where(generator.random(articles) < 0.25, generator.pareto(1.1, articles) * 2, 0).astype(int)
    sizes = np.minimum(sizes, 5_000)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), articles)) + 1]
    sizes[-1] -= sizes.sum() - articles
    starts = np.sort(generator.random(len(sizes))) * _DAYS * 86_400
    stories = np.repeat(np.arange(1, len(sizes) + 1), sizes)
    first = np.zeros(articles, dtype=bool)
    first[np.concatenate(([0], np.cumsum(sizes)[:-1]))] = True
    times = np.repeat(starts, sizes) + np.where(first, 0, generator.exponential(6 * 3600, articles))
    relations = np.array(_RELATIONS, dtype=object)[generator.choice(len(_RELATIONS), articles, p=_RELATION_SHARES)]
    relations[first] = "original"
    publishers = (_PUBLISHERS ** generator.random(articles)).astype(int)
    order = np.argsort(times)
    connection.execute(text("CREATE TEMP TABLE plan (id int, story int, at timestamptz, relation text, publisher int)"))
    with cursor(connection).copy("COPY plan FROM STDIN") as copy:
        begin = np.datetime64("now") - np.timedelta64(_DAYS, "D")
        for number, index in enumerate(order, 1):
            at = str(begin + np.timedelta64(int(times[index]), "s")) + "Z"
            copy.write_row((number, int(stories[index]), at, relations[index], int(publishers[index])))
    connection.execute(text("ANALYZE plan"))
