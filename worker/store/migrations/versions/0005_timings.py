"""How long the stages of the work took, for the figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "stage_seconds",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("stage", name=op.f("pk_stage_seconds")),
        # a few rows that every batch updates: room for their next versions on the same page
        postgresql_with={"fillfactor": "10"},
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("stage_seconds")
