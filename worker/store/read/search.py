"""Build the SQL condition on stories ``s`` for a search; it is fast for rare and for common words.

The search covers title and lead: they say what a story is about, and a text of two megabytes would not fit a
``tsvector``. The expressions must equal those of the indexes word for word, or Postgres does not use the indexes.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from worker.store.read.sources import SOURCE

#: Postgres can't distinguish rare from common words in advance. Up to this many matches, stories are looked up by id;
#: above it, a scan of the newest stories soon meets enough matches.
_FEW = 5_000

#: Characters of the text that are searched: the first sentence, which says who did what where. An index on these costs
#: 35 µs per new story; on 600 characters it would cost 150 µs, a tenth of the total cost of an article.
LEAD_CHARS = 200
#: Title and lead of article ``a``. The configuration ``simple`` has no stop words or stems, so it fits all languages.
SEARCHED = f"(coalesce(a.title, '') || ' ' || left(a.text, {LEAD_CHARS}))"
#: Scripts without spaces: Postgres takes a whole sentence for one word, so these queries match characters instead.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_BY_WORDS = f"a.relation = 'original' AND to_tsvector('simple', {SEARCHED}) @@ websearch_to_tsquery('simple', :search)"
_BY_CHARACTERS = f"NOT EXISTS (SELECT FROM unnest(CAST(:terms AS text[])) AS t WHERE strpos(lower({SEARCHED}), t) = 0)"


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Selects stories ``s`` with an article ``a`` that meets ``article``; ``of_story`` limits which articles count."""

    article: str
    of_story: str
    values: dict[str, Any]
    indexed: bool = True


def words(query: str) -> SearchTerm:
    """Return the condition for ``query``, which may contain "quoted phrases", ``or`` and ``-not``."""
    query = query.replace("\x00", " ").encode("utf-8", "replace").decode()  # typed bytes need not be text
    if _UNSPACED.search(query):
        return SearchTerm(_BY_CHARACTERS, "a.id = s.canonical_id", {"terms": query.lower().split()}, indexed=False)
    return SearchTerm(_BY_WORDS, "a.id = s.canonical_id", {"search": query})


def source(name: str) -> SearchTerm:
    """Return the condition for stories of which this source published a copy."""
    return SearchTerm(f"{SOURCE} = :source", "a.story_id = s.id", {"source": name})


def condition(connection: Connection, wanted: SearchTerm) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on stories ``s``, and its bind values."""
    if wanted.indexed:
        query = text(f"SELECT a.story_id FROM articles a WHERE {wanted.article} LIMIT :few")
        story_ids = list(connection.execute(query, wanted.values | {"few": _FEW + 1}).scalars())
        if len(story_ids) <= _FEW:
            name = f"found_{'_'.join(wanted.values)}"
            return f"s.id = ANY(:{name})", {name: sorted(set(story_ids))}
    # OFFSET keeps Postgres from turning this into a join that starts with all matching articles
    return f"EXISTS (SELECT FROM articles a WHERE {wanted.of_story} AND {wanted.article} OFFSET 0)", wanted.values
