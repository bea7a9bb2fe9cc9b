"""How many messages of a stream wait, as its reader reports."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE heartbeats ADD COLUMN lag bigint")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE heartbeats DROP COLUMN lag")
