"""What was merged into a story is found at once: a merge has to point it to the story that that one becomes."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index, over few of the stories."""
    op.execute("CREATE INDEX ix_stories_merged_into ON stories (merged_into) WHERE merged_into IS NOT NULL")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX ix_stories_merged_into")
