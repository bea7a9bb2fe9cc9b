"""The tables of the search index. They are derived from the articles: a backup leaves them out."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from worker.store.metadata import metadata

#: The index for misspelt words.
TRIGRAM_INDEX = "ix_search_words_shape"

#: The words of each indexed article. The scheduler fills it behind the placement, in the order of ids.
search_vectors = Table(
    "search_vectors",
    metadata,
    # the key lets no article that is erased meanwhile be indexed, whatever version of Copydesk erases it
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("dictionary", Text, nullable=False),  # of its stems, as `pg_ts_dict` names it
    Column("vector", TSVECTOR),  # NULL: the text has changed and is to be indexed again
    Index(
        "ix_search_vectors_vector",
        "vector",
        postgresql_using="gin",
        # kB: the list of new words that are not sorted yet, which every search reads: a thousand articles
        postgresql_with={"gin_pending_list_limit": "4096"},
    ),
    Index("ix_search_vectors_changed", "article_id", postgresql_where=text("vector IS NULL")),
    # vectors are stored apart: a search reads 130 rows of a page instead of 4
    postgresql_with={"toast_tuple_target": "128"},
)

#: The words of indexed articles, for words that are misspelt. It has no word of an erased article.
search_words = Table(
    "search_words",
    metadata,
    Column("word", Text, primary_key=True),
    Column("shape", Text, nullable=False),  # the word in ASCII, a letter for each letter (`search/spelling.py`)
    # made by `store/trigrams.py`, where the server has the extension
    Index(TRIGRAM_INDEX, "shape", postgresql_using="gin", postgresql_ops={"shape": "gin_trgm_ops"}),
)
