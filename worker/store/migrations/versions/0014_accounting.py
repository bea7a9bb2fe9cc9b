"""Account for every record of a file, and count the times when the machine and not the file failed."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add ``files.setbacks``, ``files.records_read`` (NULL: unknown) and ``files.withheld``."""
    op.execute(
        "ALTER TABLE files ADD COLUMN setbacks smallint NOT NULL DEFAULT 0, ADD COLUMN records_read integer,"
        " ADD COLUMN withheld integer NOT NULL DEFAULT 0"
    )
