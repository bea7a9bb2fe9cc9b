"""Convert untyped values of a record (JSON, front matter, feeds) to the typed fields of an Article.

Feeds and scrapers write the same field as a string, a list or an object; a value that is unclear becomes None.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b

from worker.article import Article
from worker.formats import dates, identity
from worker.formats.decode import repair

#: A longer field is not a title, a name or an address but a text in the wrong field.
_MAX_FIELD_CHARS = 2_000
#: Postgres refuses a value of over 2,704 bytes in an index; a character has up to four.
_MAX_INDEXED_CHARS = 500
#: article field -> its greatest length in characters
_LIMITS = {
    "title": _MAX_FIELD_CHARS,
    "external_id": _MAX_INDEXED_CHARS,
    "url": _MAX_FIELD_CHARS,
    "source": _MAX_INDEXED_CHARS,
    "author": _MAX_FIELD_CHARS,
    "dateline": _MAX_INDEXED_CHARS,
}
#: A host in a URL that is too long: it is indexed as the source of an article that names none.
_HOST = re.compile(rf"://([^/:?#]{{{_MAX_INDEXED_CHARS + 1}}})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")


def from_fields(fields: Mapping[str, object], text: str) -> Article:
    """Return an article of ``text`` and ``fields`` (keyed as in Limits.json_fields)."""
    get = fields.get
    external_id = line(get("id"))
    return Article(
        text=repair(text),
        title=line(get("title")),
        external_id=external_id,
        url=line(get("url")),
        source=line(get("source")),
        author=line(get("author")),
        language=language_code(get("language")),
        published_at=dates.parse(get("published")),
        provider=line(get("provider")) or identity.authority(external_id),
        version=identity.version(get("version")),
    )


def line(value: object) -> str | None:
    """Return ``value`` as one line; join lists with commas, use an object's name.

    Of more than 2,000 characters the first 2,001 are returned, so that ``bound`` sees that it is too long.
    """
    if isinstance(value, str):
        return " ".join(repair(value[: 2 * _MAX_FIELD_CHARS]).split())[: _MAX_FIELD_CHARS + 1] or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        joined = ", ".join(filter(None, map(line, value[:20]))) if _is_flat(value) else ""
        return joined[: _MAX_FIELD_CHARS + 1] or None
    if isinstance(value, dict):
        named = value.get("name") or value.get("title") or value.get("#text")
        return line(named) if isinstance(named, str) else None
    return None


def language_code(value: object) -> str | None:
    """Return ``value`` if it is a code such as ``en`` or ``pt-BR``; for a name, detection on the text is better."""
    return value.strip() if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()) else None


def paragraphs(value: object) -> str | None:
    """Return the text in ``value``, a string or a list of paragraphs; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n\n".join(value)
    return None


def _is_flat(value: list[object]) -> bool:
    return all(isinstance(part, str | int | float | dict) for part in value[:20])


def bound(article: Article) -> Article:
    """Shorten the overlong fields of a new article and note their names in it; its text stays whole."""
    shortened = []
    for name, limit in _LIMITS.items():
        value = getattr(article, name)
        if value is not None and len(value) > limit:
            setattr(article, name, _shortened_id(value) if name == "external_id" else value[:limit].rstrip())
            shortened.append(name)
    if article.url and (host := _HOST.search(article.url)):
        article.url = article.url[: host.start(1) + _MAX_INDEXED_CHARS]
        shortened.append("url")
    article.shortened = tuple(dict.fromkeys(shortened))
    return article


def _shortened_id(value: str) -> str:
    """Return an id that differs for different overlong ids, also where only their ends differ."""
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{value[: _MAX_INDEXED_CHARS - len(digest) - 1]}~{digest}"
