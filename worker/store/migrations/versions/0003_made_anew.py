"""What ``reprocess`` made anew is found at once in the change feed: workers forget their old texts by it."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the index, over few rows or none."""
    op.execute("CREATE INDEX ix_changes_reprocessed ON changes (id) WHERE kind = 'reprocessed'")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX ix_changes_reprocessed")
