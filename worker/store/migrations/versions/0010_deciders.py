"""Who decided on two articles, and whether against the evidence: columns instead of the first words of the reason."""

from alembic import op

revision = "0010"
down_revision = "0009"

_JOINED, _APART = "a person joined them", "a person keeps them apart, though alike: "

_COLUMNS = """
ALTER TABLE links
    ADD COLUMN decided_by text NOT NULL DEFAULT 'copydesk', ADD COLUMN overridden boolean NOT NULL DEFAULT false"""

#: A decision was overridden if the evidence, which the words after ``though`` belong to, says the contrary of ``same``.
_DECISIONS = f"""
WITH decisions AS (
    SELECT article_id, other_id,
        CASE WHEN starts_with(reason, '{_APART}') THEN substr(reason, {len(_APART) + 1}) ELSE reason END AS reason
    FROM links WHERE starts_with(reason, '{_JOINED}') OR starts_with(reason, '{_APART}'))
UPDATE links l SET decided_by = 'person',
    overridden = (l.same = 0) <> starts_with(d.reason, '{_JOINED}, though '),
    reason = CASE WHEN starts_with(d.reason, '{_JOINED}, though ') THEN substr(d.reason, {len(_JOINED) + 10})
                  ELSE d.reason END
FROM decisions d WHERE (l.article_id, l.other_id) = (d.article_id, d.other_id)"""


def upgrade() -> None:
    """Add the columns, and fill them from the reasons."""
    op.execute(_COLUMNS)
    op.execute(_DECISIONS)
