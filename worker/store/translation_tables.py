"""The tables of translations: which stories are one dispatch in two languages, and what is compared."""

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from worker.article import Decider
from worker.store.metadata import metadata, now_column

#: Pairs of stories that are one dispatch in two languages. A row that a person refused stays, so that it lasts.
translations = Table(
    "translations",
    metadata,
    Column("story_id", Integer, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),  # the greater id
    Column("other_id", Integer, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("same", SmallInteger, nullable=False, server_default="1"),  # 1 linked, 0 a person refused it
    Column("similarity", REAL, nullable=False),  # probability that they are one dispatch, 0 to 1
    Column("reason", Text, nullable=False),  # a sentence for an editor
    Column("decided_by", Text, nullable=False, server_default=Decider.COPYDESK),  # copydesk, or person
    now_column("decided_at"),
    CheckConstraint("other_id < story_id", name="other_id"),
    PrimaryKeyConstraint("story_id", "other_id"),
    Index("ix_translations_other_id", "other_id"),
    Index("ix_translations_decided_at", "decided_at"),
)

#: What the texts of the newest stories are compared by: numbers, places and names. The scheduler fills it behind the
#: placement, in the order of ids, and removes old rows. It is derived from the articles: a backup leaves it out.
translation_texts = Table(
    "translation_texts",
    metadata,
    Column("story_id", Integer, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # the canonical article at that time; the key lets no article that is erased meanwhile be compared
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("language", Text, nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),  # published, else arrived
    Column("characters", Integer, nullable=False),
    Column("anchors", Text, nullable=False),  # as `translation/anchors.py` writes them
    Index("ix_translation_texts_article_id", "article_id"),
)
