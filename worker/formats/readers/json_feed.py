"""Read JSON Feed (jsonfeed.org, versions 1 and 1.1): one article for each item.

An item's own fields have precedence over those of its feed: author, language, and the feed's title as the source.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import identity
from worker.formats.fields import language_code, line
from worker.formats.json_fields import UnreadKeys
from worker.formats.limits import JSON_FIELDS, Limits, Span
from worker.formats.readers import json_object
from worker.formats.readers.json_lists import ArticleList
from worker.formats.readers.json_records import article_lists, list_records
from worker.formats.stream import Record, Stream

_TAG = re.compile(r"<[^<>]{0,2000}>")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each item of the feed; reading always starts at offset 0, so ``span`` is unused."""
    del span
    limits = replace(limits, json_fields=JSON_FIELDS)  # the names are those of the format
    lists = [found for found in article_lists(stream, limits, "items") if found.key == "items"]
    if not lists:
        raise QuarantineError("The JSON Feed has no items.")
    feed = _feed(stream.first_bytes, lists[0])
    yield from list_records(stream, lists, limits, partial(_article, limits=limits, feed=feed, unread=UnreadKeys()))


def _feed(data: bytes, items: ArticleList) -> Mapping[str, object]:
    """Return the fields of the feed: all of them in a file that was read whole, else those before its items."""
    for document in (data, data[: items.offset] + b"[]}"):
        try:
            feed = json_object.loads(document, 1)
        except QuarantineError:
            continue
        return feed if isinstance(feed, dict) else {}
    return {}


def _article(data: bytes, first_line: int, limits: Limits, feed: Mapping[str, object], unread: UnreadKeys) -> Article:
    item = _without_teaser(json_object.load_object(data, first_line))
    article = json_object.from_object(item, limits, first_line, unread)
    if article.url is None and identity.host(article.external_id) and identity.authority(article.external_id):
        article.url = article.external_id  # the standard recommends the address as the id
    article.source = article.source or line(feed.get("title"))
    article.author = article.author or line(feed.get("authors")) or line(feed.get("author"))
    article.language = article.language or language_code(feed.get("language"))
    article.provider = article.provider or line(feed.get("feed_url")) or identity.host(line(feed.get("home_page_url")))
    return article


def _without_teaser(item: dict[str, object]) -> dict[str, object]:
    """Return an item without its ``content_text`` if ``content_html`` has more than twice as many words."""
    plain, html = item.get("content_text"), item.get("content_html")
    if isinstance(plain, str) and isinstance(html, str) and len(_TAG.sub(" ", html).split()) > 2 * len(plain.split()):
        return {key: value for key, value in item.items() if key != "content_text"}
    return item
