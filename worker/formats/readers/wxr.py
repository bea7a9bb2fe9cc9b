"""Read WXR, the export of a WordPress site: one article for each published post or page.

Pictures, menus, drafts and what is in the trash are no articles: each is a bad record with its reason.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, identity
from worker.formats.feed_document import FeedDocument
from worker.formats.feed_items import Item
from worker.formats.feed_text import longest, one_line, visible_text
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.readers import feeds
from worker.formats.stream import Record, Stream

#: The types of WordPress itself that are no articles; themes and plugins add types that may be.
_NO_ARTICLES = frozenset(
    "attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request wp_block wp_template"
    " wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face".split()
)
_AUTHOR = re.compile(r"<wp:author>(.*?)</wp:author>", re.DOTALL)
_VALUE = r"<wp:author_%s>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</wp:author_%s>"
_LOGIN, _NAME = (re.compile(_VALUE % (name, name), re.DOTALL) for name in ("login", "display_name"))
#: WordPress writes this where a post has no date.
_NO_DATE = "0000-00-00"


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each post, page or other item of the export."""
    names: dict[str, str] = {}
    for item, document in feeds.items(stream, limits, span):
        names = names or _names(document.head)
        yield Record(item.offset, partial(_article, item, document, names), len(item.data))


def _names(head: str) -> dict[str, str]:
    """Return the names of the site's authors by their log-in names."""
    names = {}
    for author in _AUTHOR.finditer(head):
        login, name = _LOGIN.search(author[1]), _NAME.search(author[1])
        if login and name and name[1].strip():
            names[login[1]] = visible_text(name[1])
    return names


def _article(item: Item, document: FeedDocument, names: Mapping[str, str]) -> Article:
    entry, feed = feeds.read_entry(item, document), document.feed
    kind, status = one_line(entry.get("wp_post_type")) or "post", one_line(entry.get("wp_status")) or "publish"
    if kind in _NO_ARTICLES:
        raise QuarantineError(f"The item of the WordPress export is no article ({kind}).")
    if status != "publish":
        raise QuarantineError(f"The item of the WordPress export is not published (its status is {status}).")
    title = visible_text(entry.get("title")) or None
    text = feeds.entry_text(entry) or longest([entry.get("excerpt_encoded")]) or title
    if not text:
        raise QuarantineError("The item of the WordPress export has neither a text nor a title.")
    author = feeds.authors(entry)
    external_id = one_line(dict.get(entry, "id")) or one_line(entry.get("wp_post_id"))
    return Article(
        text=text,
        title=title,
        external_id=external_id,
        url=one_line(entry.get("link")),
        source=visible_text(feed.get("title")) or None,
        author=names.get(author, author) if author else None,
        language=language_code(feed.get("language")),
        published_at=_date(entry, "wp_post_date_gmt") or dates.parse(dict.get(entry, "published")),
        provider=identity.authority(external_id) or feeds.feed_id(feed),
        version=identity.instant(one_line(entry.get("wp_post_modified_gmt"))),
    )


def _date(entry: Mapping[str, object], key: str) -> datetime | None:
    value = one_line(entry.get(key)) or ""
    return None if value.startswith(_NO_DATE) else dates.parse(value)
