"""Whether an article may be published, as its provider says; articles so far are usable."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the columns. The constraint is not checked for stored rows, which all have the default."""
    op.execute("""
        ALTER TABLE articles ADD COLUMN status text DEFAULT 'usable' NOT NULL,
            ADD COLUMN embargoed_until timestamp with time zone,
            ADD CONSTRAINT ck_articles_status CHECK (status IN ('usable', 'withheld', 'withdrawn')) NOT VALID""")
    op.execute("ALTER TABLE articles VALIDATE CONSTRAINT ck_articles_status")


def downgrade() -> None:
    """Drop the columns."""
    op.execute("ALTER TABLE articles DROP COLUMN status, DROP COLUMN embargoed_until")
