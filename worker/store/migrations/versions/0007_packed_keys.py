"""Sketch keys stand up to seven in a row, each in the column that follows from it; merged stories are found at once.

A row of Postgres costs 28 bytes before it holds anything: one a key took three times the bytes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_SLOTS = range(7)
#: The slot of a key; Postgres's remainder has the sign of the key.
_SLOT = "(key % 7 + 7) % 7"


def upgrade() -> None:
    """Pack the keys, then index them."""
    op.execute("ALTER TABLE sketch_keys RENAME TO sketch_keys_one_a_row")
    op.create_table(
        "sketch_keys",
        sa.Column("story_id", sa.Integer(), nullable=False),
        *(sa.Column(f"key_{slot}", sa.Integer(), nullable=True) for slot in _SLOTS),
    )
    columns = ", ".join(f"max(key) FILTER (WHERE slot = {slot})" for slot in _SLOTS)
    op.execute(f"""
        INSERT INTO sketch_keys SELECT story_id, {columns}
        FROM (SELECT key, story_id, {_SLOT} AS slot,
                  row_number() OVER (PARTITION BY story_id, {_SLOT}) AS line FROM sketch_keys_one_a_row) AS keys
        GROUP BY story_id, line ORDER BY story_id, line""")
    op.execute("DROP TABLE sketch_keys_one_a_row")
    for slot in _SLOTS:
        op.create_index(
            f"ix_sketch_key_{slot}",
            "sketch_keys",
            [f"key_{slot}", "story_id"],
            unique=True,
            postgresql_where=sa.text(f"key_{slot} IS NOT NULL"),
        )
    op.create_index(
        "ix_stories_merged",
        "stories",
        ["id"],
        postgresql_include=["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )


def downgrade() -> None:
    """Give each key a row again."""
    op.drop_index("ix_stories_merged", "stories")
    op.execute("ALTER TABLE sketch_keys RENAME TO sketch_keys_packed")
    op.create_table(
        "sketch_keys",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
    )
    values = ", ".join(f"(key_{slot})" for slot in _SLOTS)
    op.execute(f"""
        INSERT INTO sketch_keys SELECT key, story_id FROM sketch_keys_packed
        CROSS JOIN LATERAL (VALUES {values}) AS v (key) WHERE key IS NOT NULL ORDER BY key, story_id""")
    op.execute("DROP TABLE sketch_keys_packed")
    op.create_primary_key("pk_sketch_keys", "sketch_keys", ["key", "story_id"])
