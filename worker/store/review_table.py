"""The table of the review queue: pairs of articles about which a person is asked, with the decisions."""

from sqlalchemy import REAL, Column, DateTime, ForeignKey, Identity, Index, Integer, Table, Text, UniqueConstraint, text

from worker.article import ReviewDecision, ReviewKind
from worker.store.metadata import metadata, now_column, one_of

#: Pairs that a person is asked about. A row stays after the decision, so that nobody is asked twice.
review_items = Table(
    "review_items",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),  # joined, refused: a close verdict; growth: the story grows oddly
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("other_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("similarity", REAL, nullable=False),  # probability of one story, 0 to 1
    Column("reason", Text, nullable=False),  # a sentence for an editor
    now_column("found_at"),
    Column("decision", Text),  # same, another, skip; NULL: it is in the queue
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Text),  # the name of the token; NULL: a command
    one_of("kind", ReviewKind),
    one_of("decision", ReviewDecision),
    UniqueConstraint("article_id", "other_id"),
    # small, and what every reading of the queue uses: the newest rows without a decision
    Index("ix_review_items_open", "id", postgresql_where=text("decision IS NULL")),
    Index("ix_review_items_growth", "id", postgresql_where=text("kind = 'growth'")),
    Index("ix_review_items_other_id", "other_id"),  # an erased article takes its rows with it
)
