"""The tables, with the meaning of each column. ``migrations/`` creates them, and a test keeps both equal.

Ids of articles and stories are 32-bit: ``sketch_keys`` has a story's id about thirty times, where wider ids would cost
half a kilobyte. At a million articles a day they last five years.
"""

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from worker.article import Decider, FileState, PublicationStatus, RelatedKind, Relation
from worker.store.history import (
    changes,
    correction_log,
    corrections,
    erasures,
    feed_epochs,
    saved_views,
    signing_keys,
    tokens,
)
from worker.store.metadata import metadata, now_column, one_of
from worker.store.review_table import review_items
from worker.store.search_tables import search_vectors, search_words
from worker.store.translation_tables import translation_texts, translations
from worker.store.webhook_tables import webhook_messages, webhooks

__all__ = [
    "KEY_COLUMNS",
    "articles",
    "bad_records",
    "changes",
    "correction_log",
    "corrections",
    "erasures",
    "feed_epochs",
    "files",
    "heartbeats",
    "holders",
    "links",
    "metadata",
    "related_stories",
    "review_items",
    "saved_views",
    "search_vectors",
    "search_words",
    "signing_keys",
    "sketch_keys",
    "stage_seconds",
    "stories",
    "tokens",
    "translation_texts",
    "translations",
    "webhook_messages",
    "webhooks",
]

#: The ledger: one row per source file or part of a large file, from its arrival to its outcome.
files = Table(
    "files",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # identity of a delivery: BLAKE2b-128 of path and content, so that a path of 4,096 bytes fits an index
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("path", LargeBinary, nullable=False),  # as bytes: names need not be text
    Column("sha256", LargeBinary),  # NULL where the bytes were never read
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default=FileState.WAITING),
    Column("reason", Text),  # a sentence for an editor; always with a quarantine, never before an outcome
    Column("articles", Integer, nullable=False, server_default="0"),  # articles committed from it
    Column("attempts", SmallInteger, nullable=False, server_default="0"),  # counted before the work
    Column("setbacks", SmallInteger, nullable=False, server_default="0"),  # times the machine failed; no attempts
    Column("records_read", Integer),  # without blank lines: articles + bad records; NULL before this was counted
    Column("withheld", Integer, nullable=False, server_default="0"),  # bad records beyond those that are stored
    Column("holder", Integer),  # number of the lock of the worker's session; see ledger.py
    Column("enqueued_at", DateTime(timezone=True)),  # when a message last named it
    Column("parts", Integer),  # set: the number of parts it was split into, which are further rows
    Column("parent_id", BigInteger, ForeignKey("files.id", ondelete="CASCADE")),  # set: a part of a large file
    Column("first_record", Integer, nullable=False, server_default="0"),
    Column("records", Integer),  # NULL: all of them
    Column("byte_offset", BigInteger, nullable=False, server_default="0"),
    now_column("arrived_at"),
    Column("finished_at", DateTime(timezone=True)),  # NULL while it waits or is in work
    Column("pruned_at", DateTime(timezone=True)),  # when `copydesk prune` or `erase` removed its bytes
    Column("dismissed_at", DateTime(timezone=True)),  # when a person took it off the list of quarantined files
    one_of("state", FileState),
    CheckConstraint("state <> 'quarantined' OR reason IS NOT NULL", name="reason"),
    # no index or condition uses a column that a lease changes: such a row is updated in place (HOT), in the free room
    # of its page that the fill factor leaves
    Index("ix_files_open", "enqueued_at", postgresql_where=text("finished_at IS NULL")),
    Index("ix_files_path", "path", postgresql_using="hash"),  # a hash: a path may be longer than a btree takes
    Index("ix_files_parent", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
    Index("ix_files_quarantined", "id", postgresql_where=text("reason IS NOT NULL")),
    # usually one transaction leases all rows of a page: room for a new version of each before any old one is removed
    postgresql_with={"fillfactor": "50"},
)

#: Numbers of worker sessions, for ``files.holder``.
holders = Sequence("holders", metadata=metadata, data_type=Integer, cycle=True, maxvalue=2**31 - 1)

#: Records of a source file that could not be read, by position; the rest of the file went on.
bad_records = Table(
    "bad_records",
    metadata,
    Column("file_id", BigInteger, ForeignKey("files.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("file_id", "position"),
)

#: Stories: one piece of reporting each. A merged story keeps its id and points to the story it was merged into.
stories = Table(
    "stories",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("canonical_id", Integer),  # NULL only on a merged story
    Column("canonical_reason", Text),  # why this article is the canonical one, in words
    Column("articles", Integer, nullable=False, server_default="1"),
    Column("texts", Integer, nullable=False, server_default="1"),  # different texts: articles less exact copies
    Column("merged_into", Integer, ForeignKey("stories.id")),  # always a smaller id, so no cycle is possible
    Column("title", Text),  # of the canonical article, for lists
    Column("language", Text, nullable=False, server_default="und"),
    Column("first_seen", DateTime(timezone=True), nullable=False),  # published, else arrived
    Column("last_seen", DateTime(timezone=True), nullable=False),
    now_column("created_at"),
    now_column("updated_at"),
    CheckConstraint("merged_into < id", name="merged_into"),
    Index("ix_stories_live", "last_seen", postgresql_where=text("merged_into IS NULL")),
    # sorted by copies, and in one language: such lists would otherwise read all stories
    Index("ix_stories_copies", "articles", "id", postgresql_where=text("merged_into IS NULL")),
    Index("ix_stories_language", text("lower(language)"), "last_seen", postgresql_where=text("merged_into IS NULL")),
    # few rows: every batch asks which of its candidates were merged
    Index(
        "ix_stories_merged", "id", postgresql_include=["merged_into"], postgresql_where=text("merged_into IS NOT NULL")
    ),
    # a merge asks which stories were merged into the story that it ends; else it would read all merged stories
    Index("ix_stories_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)

#: The publisher of an article in lower case, as Postgres writes it.
_PUBLISHER = (
    "lower(COALESCE(NULLIF(source, ''), \"substring\"(url, '://(?:[wW]{3}[.])?([^/:?#]+)'),"
    " NULLIF(facts ->> 'agency', '')))"
)

#: Articles: one cleaned text each.
articles = Table(
    "articles",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("file_id", BigInteger, ForeignKey("files.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("story_id", Integer, ForeignKey("stories.id"), nullable=False),
    Column("relation", Text, nullable=False),  # to the canonical article; `exact`: to an earlier copy
    Column("similarity", REAL, nullable=False),  # 0 to 1, to the same article as the relation
    Column("seen_at", DateTime(timezone=True), nullable=False),  # published, else arrived
    Column("published_at", DateTime(timezone=True)),
    now_column("arrived_at"),
    Column("words", Integer, nullable=False),  # content words
    Column("cleaner_version", SmallInteger, nullable=False),
    Column("fingerprint_version", SmallInteger, nullable=False),
    Column("text_hash", LargeBinary, nullable=False),  # of the words alone; equal hashes mean `exact`
    Column("simhash", LargeBinary, nullable=False),  # 32 bytes
    Column("sketch", ARRAY(Integer), nullable=False),  # sorted sampled shingle keys
    Column("language", Text, nullable=False),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("external_id", Text),
    Column("url", Text),
    Column("source", Text),
    Column("author", Text),
    Column("facts", JSONB),  # metadata from removed text: dateline, agency, byline, captions
    Column("changes", JSONB),  # cleaning step -> count
    Column("pinned_at", DateTime(timezone=True)),  # when a person made it canonical; in a story the latest counts
    Column("provider", Text),  # within which the external id is unique; NULL: unknown, and the id does not count
    Column("version", BigInteger),  # of the external id: the provider's number, or milliseconds since 1970
    # hash of provider and id (`revisions.py`); NULL where they do not count, or for a version that was known already
    Column("revision_key", BigInteger),
    Column("status", Text, nullable=False, server_default=PublicationStatus.USABLE),  # whether it may be published
    Column("embargoed_until", DateTime(timezone=True)),  # from then on a withheld article is usable; NULL: not known
    one_of("relation", Relation),
    one_of("status", PublicationStatus),
    UniqueConstraint("file_id", "position"),
    Index("ix_articles_story_id", "story_id"),
    Index("ix_articles_texts", "story_id", postgresql_where=text("relation <> 'exact'")),
    Index("ix_articles_text_hash", "text_hash"),
    Index("ix_articles_pinned", "story_id", postgresql_where=text("pinned_at IS NOT NULL")),
    # a hash: an id from a feed may be longer than a btree takes
    Index("ix_articles_revision_key", "revision_key", postgresql_where=text("revision_key IS NOT NULL")),
    # lists by relation and status: rare ones are looked up, frequent ones are soon met among the newest stories
    Index("ix_articles_relation_story", "relation", "story_id", postgresql_where=text("relation <> 'original'")),
    Index("ix_articles_status_story", "status", "story_id", postgresql_where=text("status <> 'usable'")),
    # the expression of `read/publishers.py`
    Index(
        "ix_articles_publisher_story",
        text(_PUBLISHER),
        "story_id",
        postgresql_where=text(f"{_PUBLISHER} IS NOT NULL"),
    ),
)

#: Columns of sketch keys: with the story they are eight, as many as the smallest null bitmap of a row covers. A story
#: of 36 keys takes eight rows; one row per key took three times the bytes.
KEY_COLUMNS = tuple(f"key_{slot}" for slot in range(7))

#: Sampled shingle keys by story, up to seven a row (`sketches.py`). A copy adds only keys that its story does not have,
#: so that a key counts stories. Keys of a merged story keep its id; readers follow ``merged_into``.
sketch_keys = Table(
    "sketch_keys",
    metadata,
    Column("story_id", Integer, nullable=False),
    *(Column(column, Integer) for column in KEY_COLUMNS),
    *(
        Index(f"ix_sketch_{column}", column, "story_id", unique=True, postgresql_where=text(f"{column} IS NOT NULL"))
        for column in KEY_COLUMNS
    ),
)

#: Why an article is in its story: the evidence that linked it, and the nearest candidate that was refused.
links = Table(
    "links",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("other_id", Integer, nullable=False),  # the candidate
    Column("same", SmallInteger, nullable=False),  # 1 joined, 0 refused
    Column("relation", Text, nullable=False),
    Column("similarity", REAL, nullable=False),
    Column("reason", Text, nullable=False),  # what the evidence says
    Column("evidence", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False, server_default=Decider.COPYDESK),  # copydesk, or person: a correction
    Column("overridden", Boolean, nullable=False, server_default="false"),  # a person decided against the evidence
    PrimaryKeyConstraint("article_id", "other_id"),
)

#: Pairs of stories that are related but not copies. A story has at most ten links to earlier stories, the strongest:
#: so there are at most ten times as many rows as stories.
related_stories = Table(
    "related_stories",
    metadata,
    Column("story_id", Integer, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),  # the greater id
    Column("other_id", Integer, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),  # event: of one event or matter; template: the same kind of report
    Column("similarity", REAL, nullable=False),  # probability that they are related, 0 to 1
    Column("reason", Text, nullable=False),  # a sentence for an editor
    now_column("decided_at"),
    one_of("kind", RelatedKind),
    CheckConstraint("other_id < story_id", name="other_id"),
    PrimaryKeyConstraint("story_id", "other_id"),
    Index("ix_related_stories_other_id", "other_id"),
)

#: Living processes: one row each, updated by its heartbeat.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", Text, primary_key=True),  # kind:host:pid
    Column("kind", Text, nullable=False),  # watcher, stream, worker, scheduler, web
    now_column("started_at"),
    now_column("seen_at"),
    Column("note", Text),  # what holds it up, if anything does
    Column("lag", BigInteger),  # of a reader of a stream: messages that it has not acknowledged
)

#: How long the stages of the work took, summed over all batches: one row per stage.
stage_seconds = Table(
    "stage_seconds",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("counts", ARRAY(BigInteger), nullable=False),  # by bucket, see worker/process/stage_timer.py
    Column("total", Double, nullable=False),  # seconds
    postgresql_with={"fillfactor": "10"},
)
