"""Parse a feed item by item with feedparser: each item in a small document with the start tags of its feed.

feedparser gets bytes in UTF-8 and nothing that it could fetch. It neither sanitizes HTML nor resolves addresses here:
our own step converts the author's HTML to text. Dates are taken as written.
"""

import io
import re
from functools import cached_property
from typing import Any

from worker.errors import QuarantineError
from worker.formats import notes, safe_xml
from worker.formats.decode import decode
from worker.formats.feed_markup import description_of_video, media_tags, without_addresses, without_media
from worker.formats.html_fragment import refuse_too_many_tags
from worker.formats.xml_repair import repair, undeclared_prefixes, valid_references

#: An entry or a feed as feedparser returns it: strings, lists and mappings. Its own look-up of dates warns and guesses,
#: so values are read with ``dict.get``.
Parsed = dict[str, Any]

_ROOT = re.compile(r"<((?:[\w.-]{1,40}:)?(?:rss|feed|rdf))(?:\s[^<>]*)?>", re.IGNORECASE)
_CHANNEL = re.compile(r"<((?:[\w.-]{1,40}:)?channel)(?:\s[^<>]*)?>", re.IGNORECASE)
#: The editor of a feed is not the author of its items.
_EDITOR = re.compile(r"<managingEditor>[^<]*</managingEditor>", re.IGNORECASE)
#: Title, language, id and links of a feed come first; an export lists all its authors and tags after them.
_MAX_HEAD_TAGS = 5_000
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_REPAIRED = "The XML of the feed's item is broken. It was repaired: compare its text with the original."


class FeedDocument:
    """A feed, known by its ``head``: what is before its first item."""

    def __init__(self, head: bytes, encoding: str | None) -> None:
        self._encoding = encoding
        text = self._decoded(head)
        if "<!ENTITY" in text:
            raise QuarantineError(safe_xml.ENTITIES_REFUSED)
        #: what is before the first item
        self.head = text
        self._beginning = "<".join(text.split("<", _MAX_HEAD_TAGS)[:_MAX_HEAD_TAGS])
        self._media_tags = media_tags(text)
        root, channel = _ROOT.search(text), _CHANNEL.search(text)
        tags = [tag for tag in (root, channel) if tag and (tag is root or not text.count(f"</{tag[1]}"))]
        self._opening = "".join(tag[0] for tag in tags)
        self._closing = "".join(f"</{tag[1]}>" for tag in reversed(tags))
        #: whether the feed has an element around its items
        self.has_root = root is not None

    @cached_property
    def feed(self) -> Parsed:
        """What is said of the whole feed: title, id, links, language."""
        if not self.has_root:
            return {}
        feed: Parsed = _parse(_EDITOR.sub("", without_media(self._beginning, self._media_tags)) + self._closing)["feed"]
        return feed

    def entry(self, item: bytes) -> Parsed:
        """Return an item as feedparser reads it; note it if its XML had to be repaired.

        Raise QuarantineError if nothing can be read of it.
        """
        refuse_too_many_tags(whole := self._decoded(item))
        text = without_addresses(without_media(whole, self._media_tags))
        valid = valid_references(text)
        result = _parse(self._opening + valid + self._closing)
        if result["bozo"] or valid != text:
            notes.add(_REPAIRED)
        if result["bozo"]:
            opening = self._declare(undeclared_prefixes(text, self._opening))
            result = _parse(opening + repair(valid) + self._closing)
        if not result["entries"]:
            raise QuarantineError("The XML of the feed's item is broken beyond repair: export or download it again.")
        entry: Parsed = result["entries"][0]
        if "<yt:videoId>" in whole and not entry.get("summary"):
            entry["summary"] = description_of_video(whole)
        return entry

    def _declare(self, prefixes: list[str]) -> str:
        declarations = "".join(f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in prefixes)
        return re.sub(r"(?=/?>)", declarations, self._opening, count=1)

    def _decoded(self, data: bytes) -> str:
        return safe_xml.sanitise(decode(data, self._encoding).text)


def _parse(document: str) -> Parsed:
    import feedparser.api  # takes 60 ms, which other formats must not pay

    # Expat, as for all XML here; looking for the libxml2 that it prefers takes a tenth of the time of each item.
    feedparser.api.PREFERRED_XML_PARSERS = []
    data = io.BytesIO(document.encode("utf-8", "replace"))
    parsed: Parsed = feedparser.parse(data, response_headers=_HEADERS, resolve_relative_uris=False, sanitize_html=False)
    return parsed
