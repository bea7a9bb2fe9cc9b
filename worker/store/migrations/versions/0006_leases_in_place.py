"""A lease changes its row in place: no index names what it changes, and pages keep room for the next version."""

from alembic import op

revision = "0006"
down_revision = "0005"

_INDEXES = {
    "ix_files_open": ("enqueued_at", "finished_at IS NULL", "state IN ('waiting', 'processing')"),
    "ix_files_quarantined": ("id", "reason IS NOT NULL", "state = 'quarantined'"),
}


def upgrade() -> None:
    """Let the indexes' conditions name what only an outcome changes."""
    op.execute("ALTER TABLE files SET (fillfactor = 60)")
    for name, (column, condition, _) in _INDEXES.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON files ({column}) WHERE {condition}")


def downgrade() -> None:
    """Let them name the state again."""
    op.execute("ALTER TABLE files RESET (fillfactor)")
    for name, (column, _, condition) in _INDEXES.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON files ({column}) WHERE {condition}")
