"""Provider and version of an article's id, by which a new version of a stored article is found."""

from alembic import op

revision = "0013"
down_revision = "0012"

_REVISIONS = """
ALTER TABLE articles ADD COLUMN provider text, ADD COLUMN version bigint, ADD COLUMN revision_key bigint;
CREATE INDEX ix_articles_revision_key ON articles (revision_key) WHERE revision_key IS NOT NULL;
ALTER TABLE articles DROP CONSTRAINT ck_articles_relation;
ALTER TABLE articles ADD CONSTRAINT ck_articles_relation
    CHECK (relation IN ('original', 'exact', 'near', 'abridged', 'extended', 'rewrite', 'revision'));
"""


def upgrade() -> None:
    """Add the columns; articles that are stored already have no provider."""
    op.execute(_REVISIONS)
