"""Words wait for their index in a short list; a page of the ledger keeps room for all of its rows to change once."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change what is written from now on."""
    op.execute("ALTER INDEX ix_articles_search SET (gin_pending_list_limit = 128)")
    op.execute("ALTER TABLE files SET (fillfactor = 50)")


def downgrade() -> None:
    """Go back to four megabytes, and to less room."""
    op.execute("ALTER INDEX ix_articles_search RESET (gin_pending_list_limit)")
    op.execute("ALTER TABLE files SET (fillfactor = 60)")
