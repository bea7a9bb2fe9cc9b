"""Look up the articles that match what a person typed, the newest first, and rank them.

The index has no order, and a frequent word has hundreds of thousands of entries. So a search asks for the newest blocks
of ids first, and for twice as many with each step, until it has enough.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from worker.search.query import Query, expression, parse
from worker.search.spelling import is_known_kind, shape, similar
from worker.search.vector import BLOCK_BITS, dictionary_mark
from worker.store import trigrams
from worker.store.stems import Stems

#: Articles that are ranked, the newest that match: ranking reads their vectors, 100 µs each.
MOST_RANKED = 500
#: Blocks in the first step: those of a frequent word have enough matches. A step costs a millisecond.
_FIRST_BLOCKS = 1
#: Seconds by which a match may be older if its rank is e times as high: a word in the headline counts ten times as much
#: as one in the text, so it outweighs two months.
_SECONDS_PER_E = 30 * 24 * 3600
#: Words that resemble a misspelt one are taken from this many with the most equal groups of three letters.
_CANDIDATES = 50

_MATCHES = """
    SELECT article_id FROM search_vectors WHERE vector @@ CAST(:query AS tsquery)
    ORDER BY article_id + 0 DESC LIMIT :most"""
_RANKS = f"""
    SELECT a.story_id, a.id,
        ln(greatest(ts_rank_cd(v.vector, q.query::tsquery), 1e-6)) + extract(epoch FROM a.seen_at) / {_SECONDS_PER_E}
    FROM search_vectors v
    JOIN unnest(CAST(:dictionaries AS text[]), CAST(:queries AS text[])) AS q (dictionary, query)
        ON q.dictionary = v.dictionary
    JOIN articles a ON a.id = v.article_id
    WHERE v.article_id = ANY(CAST(:ids AS int[]))"""
_SIMILAR = """
    SELECT word FROM search_words WHERE shape % :shape
    ORDER BY similarity(shape, :shape) DESC, word LIMIT :most"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story, the best of its matching articles, and the score of that article."""

    story_id: int
    article_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """A query in all languages. ``expressions`` are by dictionary; without any nothing can match."""

    query: Query
    expressions: dict[str, str]
    corrections: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def everywhere(self) -> str:
        """The query for the index: each language's own, for articles in that language."""
        by_expression: dict[str, list[str]] = {}
        for dictionary, own in self.expressions.items():
            by_expression.setdefault(own, []).append(f"'{dictionary_mark(dictionary)}'")
        return " | ".join(f"(({' | '.join(marks)}) & ({own}))" for own, marks in by_expression.items())


def prepare(connection: Connection, stems: Stems, typed: str) -> Search:
    """Parse a query, and translate it for each language."""
    query = parse(typed.replace("\x00", " ").encode("utf-8", "replace").decode())  # typed bytes need not be text
    return _translate(connection, stems, query)


def _translate(connection: Connection, stems: Stems, query: Query) -> Search:
    by_dictionary = stems.learn_everywhere(connection, query.words) if query.alternatives else {}
    expressions = {dictionary: expression(query, stem) for dictionary, stem in by_dictionary.items()}
    return Search(query, {dictionary: own for dictionary, own in expressions.items() if own})


def newest_matches(
    connection: Connection, search: Search, most: int, seconds: float = math.inf
) -> tuple[list[int], int]:
    """Return the ids of the ``most`` newest matching articles, or of all if there are fewer; and where it ended.

    It ends before a step that would probably last longer than ``seconds`` from the start. The second value is the
    smallest id that was asked for.
    """
    found: list[int] = []
    oldest, start = 0, time.monotonic()
    if not search.expressions:
        return found, oldest
    newest = connection.execute(text("SELECT coalesce(max(article_id), 0) FROM search_vectors")).scalar_one()
    # the planner takes a comparison with a vector for cheap, and would read all vectors of a table
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    for blocks in _steps(newest >> BLOCK_BITS):
        marks = " | ".join(f"'#{number}'" for number in blocks)
        values = {"query": f"({marks}) & ({search.everywhere})", "most": most}
        begun = time.monotonic()
        found += connection.execute(text(_MATCHES), values).scalars()
        oldest = blocks[0] << BLOCK_BITS
        now = time.monotonic()
        # the next step has twice as many blocks
        if len(found) >= most or (now - start) + 2 * (now - begun) > seconds:
            break
    connection.execute(text("SET LOCAL enable_seqscan = on"))
    return found[:most], oldest


def _steps(newest: int) -> Iterator[range]:
    """Yield the blocks of each step, down to the first."""
    last, size = newest, _FIRST_BLOCKS
    while last >= 0:
        first = max(last - size + 1, 0)
        yield range(first, last + 1)
        last, size = first - 1, size * 2


def rank(connection: Connection, search: Search, articles: list[int]) -> list[Ranked]:
    """Return the stories of these articles, the best first."""
    values = {
        "dictionaries": list(search.expressions),
        "queries": list(search.expressions.values()),
        "ids": articles,
    }
    best: dict[int, Ranked] = {}
    for story_id, article_id, score in connection.execute(text(_RANKS), values):
        ranked = Ranked(story_id, article_id, float(score))
        if story_id not in best or _order(ranked) < _order(best[story_id]):
            best[story_id] = ranked
    return sorted(best.values(), key=_order)


def _order(ranked: Ranked) -> tuple[float, int, int]:
    return -ranked.score, -ranked.story_id, ranked.article_id


def correct(connection: Connection, stems: Stems, search: Search) -> Search | None:
    """Return the search with similar words for those that no article has; None if there are none."""
    if not trigrams.exists(connection):
        return None
    unknown = [word for word in search.query.misspellable() if is_known_kind(word) and not _is_known(connection, word)]
    corrections = {word: found for word in dict.fromkeys(unknown) if (found := _similar(connection, word))}
    if not corrections:
        return None
    corrected = _translate(connection, stems, search.query.replace(corrections))
    return Search(corrected.query, corrected.expressions, corrections)


def _is_known(connection: Connection, word: str) -> bool:
    return bool(
        connection.execute(
            text("SELECT EXISTS (SELECT FROM search_words WHERE word = :word)"), {"word": word}
        ).scalar_one()
    )


def _similar(connection: Connection, word: str) -> tuple[str, ...]:
    values = {"shape": shape(word), "most": _CANDIDATES}
    return similar(word, connection.execute(text(_SIMILAR), values).scalars())


def stop_words(connection: Connection, stems: Stems, search: Search) -> list[str]:
    """Return the words of a query that are too frequent in some language to be indexed there."""
    wanted = [word for term in search.query.terms for _, word in term.words]
    by_dictionary = stems.learn_everywhere(connection, wanted) if wanted else {}
    return [word for word in dict.fromkeys(wanted) if any(not stem(word) for stem in by_dictionary.values())]
