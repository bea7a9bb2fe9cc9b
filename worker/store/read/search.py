"""Words that somebody looks for go in, a condition on the canonical article ``a`` of a story comes out.

Title and lead are searched: they name what a story is about, and a text of two megabytes would not fit a ``tsvector``.
The expressions are those of the index, word for word; only with them does Postgres use it.
"""

import re
from typing import Any

#: Characters of the text that are searched: the first sentence, which says who did what where. An index on these costs
#: 35 µs a new story; on 600 characters it would be 150 µs, a tenth of all that an article costs.
LEAD_CHARS = 200
#: Title and lead of article ``a``; ``simple`` treats all languages alike, without stop words or stems.
SEARCHED = f"(coalesce(a.title, '') || ' ' || left(a.text, {LEAD_CHARS}))"
#: Scripts without spaces: Postgres takes a whole sentence for one word, so their queries look for the characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_BY_WORDS = f"a.relation = 'original' AND to_tsvector('simple', {SEARCHED}) @@ websearch_to_tsquery('simple', :search)"
_BY_CHARACTERS = f"NOT EXISTS (SELECT FROM unnest(CAST(:terms AS text[])) AS t WHERE strpos(lower({SEARCHED}), t) = 0)"


def searched_for(query: str) -> tuple[str, dict[str, Any]]:
    """Return the condition and its values; ``query`` may hold "quoted phrases", ``or`` and ``-not``."""
    query = query.replace("\x00", " ").encode("utf-8", "replace").decode()  # typed bytes need not be text
    if _UNSPACED.search(query):
        return _BY_CHARACTERS, {"terms": query.lower().split()}
    return _BY_WORDS, {"search": query}
