"""Links between stories that are one dispatch in two languages, and what their texts are compared by."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create the tables."""
    op.execute("""
        CREATE TABLE translations (
            story_id integer NOT NULL CONSTRAINT fk_translations_story_id REFERENCES stories ON DELETE CASCADE,
            other_id integer NOT NULL CONSTRAINT fk_translations_other_id REFERENCES stories ON DELETE CASCADE,
            same smallint DEFAULT 1 NOT NULL,
            similarity real NOT NULL,
            reason text NOT NULL,
            decided_by text DEFAULT 'copydesk' NOT NULL,
            decided_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_translations PRIMARY KEY (story_id, other_id),
            CONSTRAINT ck_translations_other_id CHECK (other_id < story_id));
        CREATE INDEX ix_translations_other_id ON translations (other_id);
        CREATE INDEX ix_translations_decided_at ON translations (decided_at)""")
    op.execute("""
        CREATE TABLE translation_texts (
            story_id integer NOT NULL CONSTRAINT pk_translation_texts PRIMARY KEY
                CONSTRAINT fk_translation_texts_story_id REFERENCES stories ON DELETE CASCADE,
            article_id integer NOT NULL
                CONSTRAINT fk_translation_texts_article_id REFERENCES articles ON DELETE CASCADE,
            language text NOT NULL,
            seen_at timestamptz NOT NULL,
            characters integer NOT NULL,
            anchors text NOT NULL);
        CREATE INDEX ix_translation_texts_article_id ON translation_texts (article_id)""")


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE translation_texts")
    op.execute("DROP TABLE translations")
