"""The keys under which APIs, scrapers and exports usually keep the fields of an article.

Keys are compared without case, ``_`` and ``-``, so that ``publishedAt`` is also ``published_at``. A dotted name reaches
into nested objects. A field that the setting ``json_fields`` names is read under that name alone.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from worker.formats.fields import paragraphs
from worker.formats.text_blocks import text_of_blocks

#: Keys that hold the whole text: plain, as HTML, or as a list of paragraphs.
_WHOLE_TEXTS = (
    "text body content content.rendered body_text article_body article_text full_text main_text content_text"
    " cleaned_text body_html content_html html article story fields.body_text fields.body paragraphs content_elements"
    " content:encoded blocks texto cuerpo contenido texte contenu inhalt testo contenuto tekst текст 正文 内容"
    " 本文 본문"
).split()
#: Keys that hold a part of it, which is read where there is nothing better.
_SUMMARIES = (
    "description summary excerpt excerpt.rendered abstract lead lead_paragraph standfirst snippet fields.trail_text"
).split()
#: article field (as in ``Limits.json_fields``) -> its usual keys, the best first
USUAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "text": (*_WHOLE_TEXTS, *_SUMMARIES),
    "title": tuple(
        "title title.rendered headline headline.main headlines.basic head heading web_title fields.headline"
        " titulo título titel titre titolo tytuł заголовок 标题 標題 タイトル 제목".split()
    ),
    "id": tuple("id guid guid.rendered _id uuid article_id identifier uri".split()),
    "url": tuple("url link href web_url permalink canonical_url external_url source_url page_url uri".split()),
    "source": tuple("source source_name publisher publication outlet newspaper site_name domain".split()),
    "published": tuple(
        "published date_gmt date published_at date_published publish_date publication_date pub_date published_date"
        " web_publication_date publish_time published_time date_publish date_time_pub date_time first_published_at"
        " first_publish_date display_date published_on posted_at first_created version_created seen_date created_at"
        " created timestamp @timestamp dc:date fecha datum дата".split()
    ),
    "language": tuple("language lang locale in_language language_code".split()),
    "author": tuple(
        "author authors byline byline.original creator writer fields.byline primary_author author.node.name"
        " author.data.attributes.name credits.by _embedded.author dc:creator autor autore auteur автор 作者".split()
    ),
    "provider": ("provider",),
    "version": tuple("version date_modified modified_gmt modified updated updated_at last_modified".split()),
}
#: Keys under which systems keep the first paragraph apart from the text; a summary is another text.
LEADS = ("lead", "lead_paragraph", "intro", "ingress", "chapo", "vorspann")
#: Endings of other keys that may hold the text, where no usual key does: ``storyText``, ``news_body``, ``postContent``.
TEXT_ENDINGS = ("text", "body", "content", "html")
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
        for part in name[1:]:
            inner = {plain(other): other for other in value} if isinstance(value, dict) else {}
            value = value.get(inner.get(part)) if isinstance(value, dict) else None
        if key is not None and value is not None:
            yield key, name[-1], value


def has_whole_text(record: Mapping[str, object]) -> bool:
    """Return whether ``record`` has a text under a usual key, summaries aside."""
    keys = {plain(key): value for key, value in record.items()}
    names = (path[0] for path in _PLAIN_PATHS["text"][: len(_WHOLE_TEXTS)])
    return any(_holds_text(keys.get(name)) and not _is_reference(name, keys.get(name)) for name in names)


def has_title(record: Mapping[str, object]) -> bool:
    """Return whether ``record`` has a title under a usual key."""
    return any(_holds_text(value) for *_, value in usual_values(record, "title"))


def shown(keys: list[str]) -> str:
    """Return keys for a message, quoted; of over twenty the first."""
    names = ", ".join(f'"{key[:_SHOWN_CHARS]}"' for key in keys[:20])
    return f"{names} and {len(keys) - 20} more" if len(keys) > 20 else names


def _holds_text(value: object) -> bool:
    if isinstance(value, list | dict):
        value = paragraphs(value) or text_of_blocks(value)
    return isinstance(value, str) and bool(value.strip())


def _is_reference(key: str, value: object) -> bool:
    """Return whether a value names an article instead of holding its text."""
    return key in ("story", "article") and isinstance(value, str) and value.isascii() and len(value.split()) == 1


_PLAIN_PATHS = {
    field: tuple(tuple(plain(part) for part in name.split(".")) for name in names)
    for field, names in USUAL_KEYS.items()
}
