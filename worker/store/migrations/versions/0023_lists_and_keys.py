"""Order the indexes by which lists are filtered by story too, and add the keys that sign forms."""

from alembic import op

revision = "0023"
down_revision = "0022"

_PUBLISHER = (
    "lower(coalesce(nullif(source, ''), substring(url FROM '://(?:[wW]{3}[.])?([^/:?#]+)'),"
    " nullif(facts ->> 'agency', '')))"
)


def upgrade() -> None:
    """Create the table and the indexes, which replace those without the story."""
    op.execute("""
        CREATE TABLE signing_keys (
            purpose text NOT NULL,
            key bytea NOT NULL,
            CONSTRAINT pk_signing_keys PRIMARY KEY (purpose))""")
    op.execute("""
        CREATE INDEX ix_articles_relation_story ON articles (relation, story_id) WHERE relation <> 'original'""")
    op.execute("CREATE INDEX ix_articles_status_story ON articles (status, story_id) WHERE status <> 'usable'")
    op.execute(f"""
        CREATE INDEX ix_articles_publisher_story ON articles (({_PUBLISHER}), story_id)
        WHERE ({_PUBLISHER}) IS NOT NULL""")
    for name in ("relation", "status", "publisher"):
        op.execute(f"DROP INDEX ix_articles_{name}")
