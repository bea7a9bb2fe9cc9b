"""What somebody looks for goes in, a condition on stories ``s`` comes out: quick for rare and common words alike.

Title and lead are searched: they name what a story is about, and a text of two megabytes would not fit a ``tsvector``.
The expressions are those of the indexes, word for word; only with them does Postgres use them.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from worker.store.read.sources import SOURCE

#: Postgres can't tell a rare word from a common one before it looks. Up to so many finds are looked up one by one; of
#: more, some are soon met when the newest stories are gone through.
_FEW = 5_000

#: Characters of the text that are searched: the first sentence, which says who did what where. An index on these costs
#: 35 µs a new story; on 600 characters it would be 150 µs, a tenth of all that an article costs.
LEAD_CHARS = 200
#: Title and lead of article ``a``; ``simple`` treats all languages alike, without stop words or stems.
SEARCHED = f"(coalesce(a.title, '') || ' ' || left(a.text, {LEAD_CHARS}))"
#: Scripts without spaces: Postgres takes a whole sentence for one word, so their queries look for the characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_BY_WORDS = f"a.relation = 'original' AND to_tsvector('simple', {SEARCHED}) @@ websearch_to_tsquery('simple', :search)"
_BY_CHARACTERS = f"NOT EXISTS (SELECT FROM unnest(CAST(:terms AS text[])) AS t WHERE strpos(lower({SEARCHED}), t) = 0)"


@dataclass(frozen=True, slots=True)
class Sought:
    """Stories ``s`` of which an article ``a`` is as sought; ``of_story`` says which of its articles are looked at."""

    article: str
    of_story: str
    values: dict[str, Any]
    indexed: bool = True


def words(query: str) -> Sought:
    """Return what ``query`` seeks; it may hold "quoted phrases", ``or`` and ``-not``."""
    query = query.replace("\x00", " ").encode("utf-8", "replace").decode()  # typed bytes need not be text
    if _UNSPACED.search(query):
        return Sought(_BY_CHARACTERS, "a.id = s.canonical_id", {"terms": query.lower().split()}, indexed=False)
    return Sought(_BY_WORDS, "a.id = s.canonical_id", {"search": query})


def source(name: str) -> Sought:
    """Return the stories of which a source published a copy."""
    return Sought(f"{SOURCE} = :source", "a.story_id = s.id", {"source": name})


def condition(connection: Connection, sought: Sought) -> tuple[str, dict[str, Any]]:
    """Return the condition and its values."""
    if sought.indexed:
        query = text(f"SELECT a.story_id FROM articles a WHERE {sought.article} LIMIT :few")
        found = list(connection.execute(query, sought.values | {"few": _FEW + 1}).scalars())
        if len(found) <= _FEW:
            name = f"found_{'_'.join(sought.values)}"
            return f"s.id = ANY(:{name})", {name: sorted(set(found))}
    # OFFSET keeps Postgres from turning this into a join, which it would begin at all that is found
    return f"EXISTS (SELECT FROM articles a WHERE {sought.of_story} AND {sought.article} OFFSET 0)", sought.values
