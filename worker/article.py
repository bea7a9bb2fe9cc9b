"""The data types that all layers share: articles before and after cleaning, and the kinds of stored things.

They have no behaviour, so that layers depend on them and not on each other. Objects that every article needs are not
frozen, which would make them three times as slow to create; still, nothing changes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Relation(StrEnum):
    """How an article relates to the canonical article of its story."""

    #: the canonical article itself
    ORIGINAL = "original"
    #: the same words; only layout, case or punctuation differ
    EXACT = "exact"
    #: the same text except for small edits, OCR errors or leftovers of a page
    NEAR = "near"
    #: a shortened version: most of it is in the canonical article
    ABRIDGED = "abridged"
    #: a longer version: it contains most of the canonical article
    EXTENDED = "extended"
    #: the same reporting in other words, such as a rewrite or a translation and back
    REWRITE = "rewrite"
    #: another version of the canonical article, sent by the same provider
    REVISION = "revision"


class PublicationStatus(StrEnum):
    """Whether an article may be published, as its provider says."""

    #: it may be published
    USABLE = "usable"
    #: not yet: it is under an embargo, or held until its provider releases it
    WITHHELD = "withheld"
    #: no longer: its provider killed or cancelled it
    WITHDRAWN = "withdrawn"


class FileState(StrEnum):
    """The state of a source file in the ledger."""

    #: claimed, its bytes in the archive, not leased by a worker
    WAITING = "waiting"
    #: leased by a worker, or split into parts that have no outcome yet
    PROCESSING = "processing"
    #: its articles are committed
    DONE = "done"
    #: it can't be processed; the row has the reason
    QUARANTINED = "quarantined"


class TokenScope(StrEnum):
    """What the holder of a token may do in the pages and the API."""

    #: read, and ask which story a text would join
    READ = "read"
    #: all: read, post articles, correct stories, retry files
    WRITE = "write"
    #: post articles and read what became of them
    INGEST = "ingest"


class ChangeKind(StrEnum):
    """What happened to a story, in the change feed."""

    #: the story began with the article
    CREATED = "created"
    #: the article was added
    COPY = "copy"
    #: the article is the canonical one now
    CANONICAL = "canonical"
    #: the other story is part of the story now
    MERGED = "merged"
    #: the story was taken out of the other story, with the article
    SPLIT = "split"
    #: the article came from the other story
    MOVED = "moved"
    #: `copydesk reprocess` made the article's text or fingerprint again
    REPROCESSED = "reprocessed"
    #: a person erased the article; a story without articles is gone
    ERASED = "erased"
    #: the article is under an embargo or held by its provider
    WITHHELD = "withheld"
    #: its provider withdrew the article, with this version or with a later one
    WITHDRAWN = "withdrawn"
    #: the story and the other story are one dispatch in two languages
    TRANSLATION = "translation"
    #: the story and the other story are no longer linked as translations
    TRANSLATION_REMOVED = "translation-removed"


class MessageKind(StrEnum):
    """What a message to a webhook says."""

    #: these changes happened
    CHANGES = "changes"
    #: a backup was restored: later changes than the one it names are lost
    RESTORED = "restored"


class CorrectionKind(StrEnum):
    """What a person corrected, as stored and shown."""

    #: two stories are the same
    MERGE = "merge"
    #: an article is no part of its story
    SPLIT = "split"
    #: two articles are not copies of each other
    NOT_A_COPY = "not-a-copy"
    #: two articles are rightly in one story
    SAME_STORY = "same-story"
    #: an article is the canonical one, whatever arrives later
    PIN = "pin"
    #: the pin of an article was removed
    UNPIN = "unpin"
    #: two stories are not one dispatch in two languages
    NOT_A_TRANSLATION = "not-a-translation"
    #: an earlier correction was undone
    UNDO = "undo"


class ReviewKind(StrEnum):
    """Why a person is asked whether two articles are one story."""

    #: they were joined by little
    JOINED = "joined"
    #: they were refused by little
    REFUSED = "refused"
    #: their story grows faster than others
    GROWTH = "growth"


class ReviewDecision(StrEnum):
    """What a person decided on a pair of the review queue."""

    #: the articles are one story
    SAME = "same"
    #: the articles are different stories
    ANOTHER = "another"
    #: no decision; the pair is not asked about again
    SKIP = "skip"


class Decider(StrEnum):
    """Who decided whether two articles are in one story."""

    #: the verdict on their evidence
    COPYDESK = "copydesk"
    #: a correction, whatever the evidence
    PERSON = "person"


class RelatedKind(StrEnum):
    """What connects two related stories."""

    #: both report one event or matter
    EVENT = "event"
    #: both fill the same frame with other names and numbers, as a recurring report does
    TEMPLATE = "template"


class ProcessKind(StrEnum):
    """The processes of the service that write heartbeats."""

    #: takes files from the inbox
    WATCHER = "watcher"
    #: takes messages from a stream, if the setting names one
    STREAM = "stream"
    #: processes batches of files
    WORKER = "worker"
    #: enqueues files again that nobody works on
    SCHEDULER = "scheduler"
    #: serves pages and API
    WEB = "web"


@dataclass(slots=True)
class Article:
    """A received text as a reader yields it, before cleaning.

    ``position`` is the 0-based number of the record within its source file. ``provider`` is the organisation or feed
    within which ``external_id`` is unique; without one, the id does not say which articles are versions of another.
    ``version`` grows with each version of an id: the provider's number, or milliseconds since 1970. ``shortened`` are
    the names of the fields that were longer than a field may be (``worker/formats/fields.py``); the text never is.
    ``notes`` are sentences on what its reader repaired or left out.
    ``dateline`` is one that the format keeps apart from the text. A withheld article may have ``embargoed_until``.
    """

    text: str
    title: str | None = None
    external_id: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    position: int = 0
    provider: str | None = None
    version: int | None = None
    shortened: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    dateline: str | None = None
    status: PublicationStatus = PublicationStatus.USABLE
    embargoed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record of a source file that can't be read; ``reason`` is a sentence for an editor."""

    position: int
    reason: str


@dataclass(slots=True)
class Cleaned:
    """An article after cleaning: the author's text, and metadata from what cleaning removed.

    ``changes`` is the number of changes by name of the cleaning step, without steps that changed nothing.
    """

    text: str
    title: str | None = None
    language: str = "und"
    published_at: datetime | None = None
    dateline: str | None = None
    agency: str | None = None
    byline: str | None = None
    captions: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
