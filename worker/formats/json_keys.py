"""The keys under which APIs, scrapers and exports usually keep the fields of an article.

Keys are compared without case, ``_`` and ``-``, so that ``publishedAt`` is also ``published_at``. A dotted name reaches
into nested objects. A field that the setting ``json_fields`` names is read under that name alone.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

#: Keys that hold the whole text: plain, as HTML, or as a list of paragraphs.
_WHOLE_TEXTS = (
    "text body content content.rendered body_text article_body article_text full_text main_text content_text"
    " cleaned_text body_html content_html html article story fields.body_text fields.body paragraphs"
).split()
#: Keys that hold a part of it, which is read where there is nothing better.
_SUMMARIES = (
    "description summary excerpt excerpt.rendered abstract lead lead_paragraph standfirst snippet fields.trail_text"
).split()
#: article field (as in ``Limits.json_fields``) -> its usual keys, the best first
USUAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "text": (*_WHOLE_TEXTS, *_SUMMARIES),
    "title": tuple("title title.rendered headline headline.main head heading web_title fields.headline".split()),
    "id": tuple("id guid guid.rendered _id uuid article_id identifier uri".split()),
    "url": tuple("url link href web_url permalink canonical_url external_url source_url uri".split()),
    "source": tuple("source source_name publisher publication outlet newspaper site_name domain".split()),
    "published": tuple(
        "published date_gmt date published_at date_published publish_date publication_date pub_date published_date"
        " web_publication_date first_created version_created seen_date created_at created timestamp".split()
    ),
    "language": tuple("language lang locale in_language language_code".split()),
    "author": tuple("author authors byline byline.original creator writer fields.byline".split()),
    "provider": ("provider",),
    "version": tuple("version date_modified modified_gmt modified updated updated_at last_modified".split()),
}
#: Keys of objects that enclose the article itself: Elasticsearch, JSON:API, CouchDB, GraphQL.
ENVELOPES = ("_source", "attributes", "doc", "node")
#: Keys of lists of articles.
LIST_KEYS = frozenset(
    "articles items results hits docs documents data stories entries news posts records value rows edges".split()
)
#: A list of articles is within at most this many objects of the outermost one: ``response.results`` is within one.
MAX_LIST_DEPTH = 2
#: Keys with these endings hold HTML.
HTML_ENDINGS = ("html", "rendered")
#: Reported keys that are longer are shortened.
_SHOWN_CHARS = 40


@lru_cache(maxsize=4096)
def plain(key: str) -> str:
    """Return ``key`` without case, ``_`` and ``-``."""
    return key.replace("_", "").replace("-", "").lower()


def usual_values(record: Mapping[str, object], field: str) -> Iterator[tuple[str, str, object]]:
    """Yield (key of ``record``, last part of the name, value) of what usually holds ``field``, the best first."""
    keys = {plain(key): key for key in record}
    for name in _PLAIN_PATHS[field]:
        key: str | None = keys.get(name[0])
        value: object = record.get(key) if key is not None else None
        if len(name) > 1:
            inner = {plain(part): part for part in value} if isinstance(value, dict) else {}
            value = value.get(inner.get(name[1])) if isinstance(value, dict) else None
        if key is not None and value is not None:
            yield key, name[-1], value


def opened(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return ``record`` with the fields of the object that it encloses, if it encloses an article."""
    for key in ENVELOPES:
        if isinstance(inner := record.get(key), dict) and not has_whole_text(record):
            return {name: value for name, value in record.items() if name != key} | inner
    return record


def has_whole_text(record: Mapping[str, object]) -> bool:
    """Return whether ``record`` has a text under a usual key, summaries aside."""
    keys = {plain(key): value for key, value in record.items()}
    names = (path[0] for path in _PLAIN_PATHS["text"][: len(_WHOLE_TEXTS)])
    return any(_holds_text(keys.get(name)) and not _is_reference(name, keys.get(name)) for name in names)


def has_title(record: Mapping[str, object]) -> bool:
    """Return whether ``record`` has a title under a usual key."""
    return any(_holds_text(value) for *_, value in usual_values(record, "title"))


def article_lists(record: Mapping[str, object], depth: int = 0) -> Iterator[str]:
    """Yield the dotted keys of the lists of articles in a ``record`` without a text."""
    for key, value in record.items():
        if isinstance(value, dict) and depth < MAX_LIST_DEPTH:
            yield from (f"{key}.{name}" for name in article_lists(value, depth + 1))
        elif isinstance(value, list) and value and isinstance(value[0], dict) and is_article_list(key, value[0]):
            yield key


def is_article_list(key: str, first: Mapping[str, object]) -> bool:
    """Return whether a list under ``key`` whose first object is ``first`` holds articles."""
    first = opened(first)
    return plain(key) in LIST_KEYS and (has_whole_text(first) or has_title(first))


def shown(keys: list[str]) -> str:
    """Return keys for a message, quoted; of over twenty the first."""
    names = ", ".join(f'"{key[:_SHOWN_CHARS]}"' for key in keys[:20])
    return f"{names} and {len(keys) - 20} more" if len(keys) > 20 else names


def _holds_text(value: object) -> bool:
    if isinstance(value, dict):
        value = value.get("rendered") or value.get("body") or value.get("bodyText")
    if isinstance(value, list):
        value = value[0] if value else None
    return isinstance(value, str) and bool(value.strip())


def _is_reference(key: str, value: object) -> bool:
    """Return whether a value names an article instead of holding its text."""
    return key in ("story", "article") and isinstance(value, str) and value.isascii() and len(value.split()) == 1


_PLAIN_PATHS = {
    field: tuple(tuple(plain(part) for part in name.split(".")) for name in names)
    for field, names in USUAL_KEYS.items()
}
