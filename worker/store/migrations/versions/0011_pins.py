"""A person's pin makes an article canonical: its time, and corrections that name one article alone."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add ``articles.pinned_at``, and let corrections be without another article."""
    op.execute("ALTER TABLE articles ADD COLUMN pinned_at timestamptz")
    op.execute("CREATE INDEX ix_articles_pinned ON articles (story_id) WHERE pinned_at IS NOT NULL")
    op.execute("ALTER TABLE corrections ALTER COLUMN other_id DROP NOT NULL, ALTER COLUMN same DROP NOT NULL")
