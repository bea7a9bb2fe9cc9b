"""The columns of the work files and of the result, in terms of Arrow."""

import pyarrow as pa

from worker import fingerprint

_TIME = pa.timestamp("us", "UTC")

#: The parts of files that are read, by unit of work; see `SourcePart`, whose span is ``first``, ``count``, ``offset``.
PARTS = pa.schema(
    [
        ("unit", pa.int32()),
        ("number", pa.int32()),
        ("path", pa.string()),
        ("state", pa.string()),
        ("first", pa.int64()),
        ("count", pa.int64()),
        ("offset", pa.int64()),
        ("sequence", pa.int32()),
        ("fault", pa.string()),
        ("is_unreadable", pa.bool_()),
    ]
)

#: What a reader and the cleaner say of an article, under the names of `Article` and `Cleaned`.
ARTICLE = [
    ("position", pa.int32()),
    ("source_path", pa.string()),
    ("external_id", pa.string()),
    ("provider", pa.string()),
    ("version", pa.int64()),
    ("title", pa.string()),
    ("text", pa.string()),
    ("language", pa.string()),
    ("published_at", _TIME),
    ("url", pa.string()),
    ("source", pa.string()),
    ("author", pa.string()),
    ("status", pa.string()),
    ("embargoed_until", _TIME),
    ("agency", pa.string()),
    ("changes", pa.string()),
]
#: The fingerprint: 16 and 32 bytes, and the keys in ascending order.
FINGERPRINT = [
    ("words", pa.int32()),
    ("text_hash", pa.binary(16)),
    ("simhash", pa.binary(32)),
    ("sketch", pa.list_(pa.int32())),
]
#: A file of the stage that reads. ``part`` and ``line`` are its number and the row in it, ``file`` the number of the
#: source file, ``seconds`` the publication since 1970, ``version_key`` the hash of provider and id, ``facts`` what
#: removed text said, as JSON.
PREPARED = pa.schema(
    [
        ("part", pa.int32()),
        ("line", pa.int32()),
        ("file", pa.int32()),
        ("seconds", pa.int64()),
        ("version_key", pa.int64()),
        ("facts", pa.string()),
        *ARTICLE,
        *FINGERPRINT,
    ]
)
#: Where each article is, in the order of their ids, which begin at 1, and its publication (of the last, if unknown).
PLACES = pa.schema([("part", pa.int32()), ("line", pa.int32()), ("seconds", pa.int64())])
#: The number of earlier texts with a key of an article, keys that none has left out; ascending by both.
KEY_COUNTS = pa.schema([("id", pa.int32()), ("key", pa.int32()), ("others", pa.int32())])

#: Two articles of which the later one, ``b``, shares keys with the earlier one, ``a``.
CANDIDATES = pa.schema([("b", pa.int32()), ("a", pa.int32()), ("shared", pa.int32())])
#: Pairs that may be one story, with the probability of it: if the other candidates of ``b`` that share its keys are of
#: that story too (``similarity``), and if each of them is another story (``apart``).
EDGES = pa.schema([("b", pa.int32()), ("a", pa.int32()), ("similarity", pa.float32()), ("apart", pa.float32())])

#: Where an article was placed, and why. ``other_article_id`` is the article that decided; ``evidence`` is JSON.
PLACEMENT = [
    ("article_id", pa.int32()),
    ("story_id", pa.int32()),
    ("relation", pa.string()),
    ("similarity", pa.float32()),
    ("is_canonical", pa.bool_()),
    ("other_article_id", pa.int32()),
    ("reason", pa.string()),
    ("evidence", pa.string()),
]
#: The same with what only an archive stores: the hash of the id if it counts, why the article is canonical, and all
#: decisions on it as JSON, a list of [other_id, same, relation, similarity, reason, evidence] (`worker.store.links`).
PLACED = pa.schema(
    [
        *PLACEMENT,
        ("own_status", pa.string()),
        ("revision_key", pa.int64()),
        ("canonical_reason", pa.string()),
        ("decisions", pa.string()),
    ]
)
#: The name under which a result has the version of its fingerprints.
VERSION_KEY = b"copydesk.fingerprint"
#: The result: what is known of each article, where it was placed, and its fingerprint.
RESULT = pa.schema([*PLACEMENT, *ARTICLE, *FINGERPRINT], {VERSION_KEY: str(fingerprint.VERSION).encode()})
#: The result against a settled corpus: ``is_new`` if the article is in none of its stories.
RESULT_AGAINST = RESULT.append(pa.field("is_new", pa.bool_()))

_OF_SETTLED = (
    *("article_id", "story_id", "relation", "is_canonical", "published_at", "title", "text", "language", "url"),
    *("provider", "external_id", "version", "status", "text_hash", "simhash", "sketch"),
)
#: What is read of a settled corpus. ``seen_at``: published, else (of stored articles) arrived.
SETTLED = pa.schema([*(field for field in RESULT if field.name in _OF_SETTLED), ("seen_at", _TIME)])

#: The texts of a settled corpus that a unit needs, and the pairs of new and settled articles in it, of three kinds:
#: ``wanted``, to be compared, by ``shared`` keys; ``exact``, with the same words; ``version``, with the same id.
SETTLED_TEXTS = pa.schema(
    [
        ("id", pa.int32()),
        ("story_id", pa.int32()),
        ("is_canonical", pa.bool_()),
        ("text", pa.string()),
        ("title", pa.string()),
        ("language", pa.string()),
        ("url", pa.string()),
        ("published_at", _TIME),
        ("simhash", pa.binary(32)),
        ("sketch", pa.list_(pa.int32())),
        ("text_hash", pa.binary(16)),
        ("provider", pa.string()),
        ("external_id", pa.string()),
        ("version", pa.int64()),
        ("status", pa.string()),
    ]
)
SETTLED_PAIRS = pa.schema([("b", pa.int32()), ("kind", pa.string()), ("story_id", pa.int32()), ("id", pa.int32())])
WANTED = pa.schema([(name, pa.int32()) for name in ("b", "story_id", "shared", "id")])
