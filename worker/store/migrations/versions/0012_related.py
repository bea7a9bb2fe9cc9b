"""Links between stories that are related but not copies; ``worker/store/models.py`` says what they mean."""

from alembic import op

revision = "0012"
down_revision = "0011"

_TABLE = """
CREATE TABLE related_stories (
    story_id integer NOT NULL CONSTRAINT fk_related_stories_story_id REFERENCES stories ON DELETE CASCADE,
    other_id integer NOT NULL CONSTRAINT fk_related_stories_other_id REFERENCES stories ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT ck_related_stories_kind CHECK (kind IN ('event', 'template')),
    similarity real NOT NULL,
    reason text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_related_stories PRIMARY KEY (story_id, other_id),
    CONSTRAINT ck_related_stories_other_id CHECK (other_id < story_id)
);
CREATE INDEX ix_related_stories_other_id ON related_stories (other_id);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(_TABLE)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE related_stories")
