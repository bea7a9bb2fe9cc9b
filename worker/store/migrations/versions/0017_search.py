"""The search index over the whole texts of all copies; it replaces the index on headline and first characters."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the tables, which the scheduler fills, and drop the index that placing waited for."""
    op.execute("""
        CREATE TABLE search_vectors (
            article_id integer NOT NULL,
            dictionary text NOT NULL,
            vector tsvector,
            CONSTRAINT pk_search_vectors PRIMARY KEY (article_id),
            CONSTRAINT fk_search_vectors_article_id
                FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE
        ) WITH (toast_tuple_target = 128)""")
    op.execute("""
        CREATE INDEX ix_search_vectors_vector ON search_vectors USING gin (vector)
        WITH (gin_pending_list_limit = 4096)""")
    op.execute("CREATE INDEX ix_search_vectors_changed ON search_vectors (article_id) WHERE vector IS NULL")
    op.execute("""
        CREATE TABLE search_words (
            word text NOT NULL,
            shape text NOT NULL,
            CONSTRAINT pk_search_words PRIMARY KEY (word))""")
    op.execute("DROP INDEX ix_articles_search")
