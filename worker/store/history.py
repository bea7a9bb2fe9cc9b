"""The tables of what happened and of what people keep: corrections, changes, epochs, erasures, tokens, saved views."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from worker.article import ChangeKind, TokenScope
from worker.store.metadata import metadata, now_column, one_of

#: What people corrected: one row for each correction, also for each that undid another.
correction_log = Table(
    "correction_log",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),  # merge, split, not-a-copy, same-story, pin, unpin, undo
    Column("article_id", Integer, nullable=False),  # of a merge: the canonical article of the story that ended
    Column("other_id", Integer),  # the article that it was joined to or separated from
    Column("story_id", Integer),  # where the articles are after it; NULL: made before this was stored
    Column("other_story_id", Integer),  # where they were before it
    Column("moved", ARRAY(Integer)),  # the articles that changed their story; NULL: made before this was stored
    Column("newest_article", Integer),  # at that time: articles with larger ids arrived later
    Column("pinned_before", DateTime(timezone=True)),  # of a pin and its removal: when the article had been pinned
    Column("note", Text),
    now_column("made_at"),
    Column("made_by", Text),  # the name of the token or the user; NULL: a command
    Column("undoes", Integer, ForeignKey("correction_log.id", ondelete="CASCADE"), unique=True),
    Index("ix_correction_log_article_id", "article_id"),
    Index("ix_correction_log_other_id", "other_id"),
)

#: Which articles people joined and separated, pair by pair; all later automatic decisions respect it.
corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),  # merge, split, not-a-copy, same-story, pin, unpin, undo
    Column("article_id", Integer, nullable=False),
    Column("other_id", Integer),  # NULL: it is about one article, as a pin is
    Column("same", SmallInteger),  # 1: these two belong together; 0: never
    Column("note", Text),
    now_column("made_at"),
    Column("made_by", Text),  # the name of the token; NULL: a command, or a version before there were names
    # the correction that this pair belongs to; NULL: `erase` removed it
    Column("log_id", Integer, ForeignKey("correction_log.id", ondelete="SET NULL")),
    Index("ix_corrections_article_id", "article_id"),
    Index("ix_corrections_other_id", "other_id"),
    Index("ix_corrections_log_id", "log_id"),
)

#: The change feed: what happened to stories, in the order of commits.
changes = Table(
    "changes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    now_column("at"),
    Column("kind", Text, nullable=False),  # what happened: `ChangeKind`
    Column("story_id", Integer, nullable=False),
    Column("article_id", Integer),
    Column("other_story_id", Integer),
    # after these, workers match again and drop what they cached
    Index("ix_changes_reprocessed", "id", postgresql_where=text(f"kind = '{ChangeKind.REPROCESSED}'")),
    Index("ix_changes_erased", "id", postgresql_where=text(f"kind = '{ChangeKind.ERASED}'")),
)

#: Epochs of the change feed: one row at first, and one more for each restore of a backup. An id of a change is unique
#: within its epoch, because changes after the backup are lost and their ids are given again.
feed_epochs = Table(
    "feed_epochs",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("epoch", Uuid, nullable=False, server_default=func.gen_random_uuid()),
    Column("begins_after", BigInteger, nullable=False),  # changes with larger ids are of this epoch, up to the next one
    now_column("began_at"),
)

#: Articles that `copydesk erase` removed: that it happened, without the text. The hash keeps the text from being stored
#: again.
erasures = Table(
    "erasures",
    metadata,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("story_id", Integer, nullable=False),
    Column("file_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("text_hash", LargeBinary, nullable=False),  # of the words alone
    Column("sha256", LargeBinary),  # of the file's bytes, which were removed too
    Column("note", Text),
    now_column("erased_at"),
    Index("ix_erasures_text_hash", "text_hash"),
)

#: Tokens of people and programs, hashed. A revoked one stays, because corrections have its name.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),  # read, write, ingest
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the token, which has 256 random bits
    now_column("created_at"),
    Column("revoked_at", DateTime(timezone=True)),  # NULL: it is valid
    one_of("scope", TokenScope),
    Index("ix_tokens_name", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),
)

#: Random keys of signatures, which all web processes share. A backup leaves them out.
signing_keys = Table(
    "signing_keys",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

#: Lists of stories that people named: the query of their address.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # without `?`
    now_column("saved_at"),
    Column("saved_by", Text),  # the name of the token
    Index("ix_saved_views_name", text("lower(name)"), unique=True),
)
