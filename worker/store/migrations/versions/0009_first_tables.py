"""All tables of the first release.

The revision is that of the last development version, whose nine migrations made the same tables: an archive of it is
current. The reasons of indexes and fill factors are in ``worker/store/models.py``.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = None

_KEY_COLUMNS = [f"key_{slot}" for slot in range(7)]


def upgrade() -> None:
    """Create all tables."""
    op.execute("CREATE SEQUENCE holders AS integer CYCLE")

    op.create_table(
        "changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("other_story_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_reprocessed", "changes", ["id"], postgresql_where=sa.text("kind = 'reprocessed'"))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_article_id", "corrections", ["article_id"])
    op.create_index("ix_corrections_other_id", "corrections", ["other_id"])
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("articles", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("holder", sa.Integer(), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("first_record", sa.Integer(), server_default="0", nullable=False),
        sa.Column("records", sa.Integer(), nullable=True),
        sa.Column("byte_offset", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pruned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'quarantined' OR reason IS NOT NULL", name=op.f("ck_files_reason")),
        sa.CheckConstraint("state IN ('waiting', 'processing', 'done', 'quarantined')", name=op.f("ck_files_state")),
        sa.ForeignKeyConstraint(["parent_id"], ["files.id"], name=op.f("fk_files_parent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("key", name=op.f("uq_files_key")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index("ix_files_open", "files", ["enqueued_at"], postgresql_where=sa.text("finished_at IS NULL"))
    op.create_index("ix_files_parent", "files", ["parent_id"], postgresql_where=sa.text("parent_id IS NOT NULL"))
    op.create_index("ix_files_path", "files", ["path"], postgresql_using="hash")
    op.create_index("ix_files_quarantined", "files", ["id"], postgresql_where=sa.text("reason IS NOT NULL"))
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "sketch_keys",
        sa.Column("story_id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in _KEY_COLUMNS),
    )
    for column in _KEY_COLUMNS:
        op.create_index(
            f"ix_sketch_{column}",
            "sketch_keys",
            [column, "story_id"],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "stage_seconds",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("stage", name=op.f("pk_stage_seconds")),
        postgresql_with={"fillfactor": "10"},
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("canonical_id", sa.Integer(), nullable=True),
        sa.Column("canonical_reason", sa.Text(), nullable=True),
        sa.Column("articles", sa.Integer(), server_default="1", nullable=False),
        sa.Column("texts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="und", nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("merged_into < id", name=op.f("ck_stories_merged_into")),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name=op.f("fk_stories_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index("ix_stories_live", "stories", ["last_seen"], postgresql_where=sa.text("merged_into IS NULL"))
    op.create_index(
        "ix_stories_merged",
        "stories",
        ["id"],
        postgresql_include=["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_stories_merged_into",
        "stories",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("similarity", sa.REAL(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("cleaner_version", sa.SmallInteger(), nullable=False),
        sa.Column("fingerprint_version", sa.SmallInteger(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("simhash", sa.LargeBinary(), nullable=False),
        sa.Column("sketch", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "relation IN ('original', 'exact', 'near', 'abridged', 'extended', 'rewrite')",
            name=op.f("ck_articles_relation"),
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_articles_file_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_articles_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("file_id", "position", name=op.f("uq_articles_file_id_position")),
    )
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    op.create_index("ix_articles_text_hash", "articles", ["text_hash"])
    op.create_index("ix_articles_texts", "articles", ["story_id"], postgresql_where=sa.text("relation <> 'exact'"))
    op.execute("""
        CREATE INDEX ix_articles_search ON articles
        USING gin (to_tsvector('simple', coalesce(title, '') || ' ' || left(text, 200)))
        WITH (gin_pending_list_limit = 128) WHERE relation = 'original'""")
    op.execute("""
        CREATE INDEX ix_articles_source ON articles (coalesce(source, substring(url FROM '://([^/:?#]+)')))
        WHERE coalesce(source, substring(url FROM '://([^/:?#]+)')) IS NOT NULL""")
    op.create_table(
        "bad_records",
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_bad_records_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_bad_records")),
    )
    op.create_table(
        "links",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.SmallInteger(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("similarity", sa.REAL(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_links_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "other_id", name=op.f("pk_links")),
    )
