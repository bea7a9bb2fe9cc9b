"""Indexes for people: words of headline and lead, and who published."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the two indexes."""
    op.execute("""
        CREATE INDEX ix_articles_search ON articles
        USING gin (to_tsvector('simple', coalesce(title, '') || ' ' || left(text, 200))) WHERE relation = 'original'""")
    op.execute("""
        CREATE INDEX ix_articles_source ON articles (coalesce(source, substring(url FROM '://([^/:?#]+)')))
        WHERE coalesce(source, substring(url FROM '://([^/:?#]+)')) IS NOT NULL""")


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX ix_articles_source")
    op.execute("DROP INDEX ix_articles_search")
