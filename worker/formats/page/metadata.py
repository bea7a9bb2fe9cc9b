"""Choose the metadata of the article on a page: when it was published, by whom, and its text where JSON-LD has it.

A page also dates its videos, comments, updates and teasers. Only what describes this article counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from worker.formats import dates
from worker.formats.fields import line, paragraphs
from worker.formats.page.json_ld import page_objects, types_of

_ARTICLE_TYPES = ("article", "blogposting", "report")
_PAGE_TYPES = {"webpage", "itempage"}
#: Names of meta elements for the date of publication, in lower case, those of news first.
_META_NAMES = (
    "article:published_time og:article:published_time article:published parsely-pub-date sailthru.date"
    " cxenseparse:recs:publishtime dc.date.issued dcterms.issued dc.date.created dcterms.created dc.date datepublished"
    " publish-date publish_date publication_date pubdate og:pubdate rnews:datepublished dc.date.published dcterms.date"
    " dcterms.available citation_publication_date citation_online_date citation_date date"
).split()
#: A paragraph of the text, not a byline or a list of topics.
_SHORTEST_LEAD = 80
_ADDRESS = re.compile(r"(?:https?:)?//(?:www\.|m\.|amp\.)?([^/?#]+)(/[^?#]*)?", re.IGNORECASE)
_ADDRESS_END = re.compile(r"(?:/amp|\.amp|/index|\.s?html?|/)+\Z")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says about its article; ``other_days`` are the days of other objects, in ISO form."""

    published_at: datetime | None = None
    author: str | None = None
    body: str | None = None
    other_days: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Candidate:
    item: dict[str, Any]
    is_article: bool
    #: whether its address or headline is that of the page; None: it has no address
    is_this: bool | None


def page_metadata(tree: Any, url: str | None) -> PageMetadata:
    """Return the metadata of the article on the page at ``url``."""
    addresses = {_address(value) for value in (url, *_own_addresses(tree)) if value} - {None}
    headlines = {_folded(value) for value in _own_headlines(tree)} - {""}
    objects = page_objects(tree)
    candidates = [_candidate(item, addresses, headlines) for item in objects]
    article = _best([candidate for candidate in candidates if candidate.is_article])
    # An object with another address is another article, unless nothing else dates the page.
    trusted = article if article and article.is_this is not False else None
    page = _best([c for c in candidates if types_of(c.item) & _PAGE_TYPES or c.is_this])
    published_at = (
        _date(trusted)
        or _meta_date(tree)
        or _microdata_date(tree)
        or _microformat_date(tree)
        or (_date(page) if page is not article else None)
        or _header_date(tree)
    )
    others = (dates.parse(c.item.get("datePublished")) for c in candidates if c is not trusted)
    return PageMetadata(
        published_at,
        _author(trusted.item, objects) if trusted else None,
        paragraphs(trusted.item.get("articleBody")) if trusted else None,
        frozenset(when.date().isoformat() for when in others if when and when != published_at),
    )


def _header_date(tree: Any) -> datetime | None:
    """Return the earlier of the times between the headline and the first paragraph: published, then updated."""
    headline = next(tree.iter("h1"), None)
    if headline is None:
        return None
    moments: set[datetime] = set()
    for element in headline.xpath("following::*[self::time or self::p][position() <= 40]"):
        if _is_lead(element):
            break
        if element.tag == "time" and not _dates_a_post(element, headline):
            when = dates.parse(element.get("datetime") or element.text_content())
            moments |= {when} if when else set()
    return min(moments) if 1 <= len(moments) <= 2 else None


def _is_lead(element: Any) -> bool:
    return element.tag == "p" and len(element.text_content()) >= _SHORTEST_LEAD


def _dates_a_post(time: Any, headline: Any) -> bool:
    """Return whether ``time`` is in a block with its own text below the headline, as an entry of a live blog is."""
    blocks = list(headline.iterancestors())
    around = [element for element in time.iterancestors() if element not in blocks]
    return bool(around) and any(map(_is_lead, islice(around[-1].iter("p"), 20)))


def moment_of_day(tree: Any, day: str | None) -> datetime | None:
    """Return the time element on ``day`` (ISO) if the page has exactly one, else the day."""
    values = [str(value).strip() for value in tree.xpath("//time/@datetime")[:100]] if day else []
    moments = {dates.parse(value) for value in values if value.startswith(day or "-")} - {None}
    return moments.pop() if len(moments) == 1 else dates.parse(day)


def _candidate(item: dict[str, Any], addresses: set[Any], headlines: set[str]) -> _Candidate:
    main = item.get("mainEntityOfPage")
    values = [item.get("url"), item.get("@id"), main.get("@id") if isinstance(main, dict) else main]
    own = {_address(value) for value in values if isinstance(value, str)} - {None}
    headline = item.get("headline") or item.get("name")
    same = bool(own & addresses) or (isinstance(headline, str) and _folded(headline) in headlines)
    return _Candidate(
        item,
        any(name.endswith(_ARTICLE_TYPES) for name in types_of(item)),
        True if same else False if own and addresses else None,
    )


def _best(candidates: list[_Candidate]) -> _Candidate | None:
    """Return the first that is about this page, else the first that may be, else the first."""
    order = (True, None, False)
    return min(candidates, key=lambda candidate: order.index(candidate.is_this), default=None)


def _date(candidate: _Candidate | None) -> datetime | None:
    if candidate is None:
        return None
    return dates.parse(candidate.item.get("datePublished")) or dates.parse(candidate.item.get("dateCreated"))


def _meta_date(tree: Any) -> datetime | None:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name and meta.get("content"):
            values.setdefault(name, meta.get("content"))
    return next((when for name in _META_NAMES if (when := dates.parse(values.get(name)))), None)


def _microdata_date(tree: Any) -> datetime | None:
    """Return the ``datePublished`` of the article in the page's microdata; of several, that with the headline."""
    found: dict[Any, datetime] = {}
    for element in tree.xpath('//*[contains(@itemprop, "datePublished")]')[:50]:
        scope = next(element.iterancestors(), None)
        while scope is not None and scope.get("itemscope") is None:
            scope = scope.getparent()
        when = dates.parse(element.get("datetime") or element.get("content") or line(element.text_content()))
        if when and _is_article_scope(scope):
            found.setdefault(scope, when)
    with_headline = [when for scope, when in found.items() if scope is None or scope.find(".//h1") is not None]
    days = with_headline or list(found.values())
    return days[0] if len(set(days)) == 1 or with_headline else None


def _microformat_date(tree: Any) -> datetime | None:
    """Return the date of an hAtom or h-entry, which Blogger and themes of WordPress write; None if entries differ."""
    named = 'contains(concat(" ", normalize-space(@class), " "), " {} ")'
    classes = f"{named.format('published')} or {named.format('dt-published')}"
    values = tree.xpath(f"(//abbr[{classes}]/@title | //time[{classes}]/@datetime)[position() <= 50]")
    moments = {when for value in values if (when := dates.parse(value))}
    return moments.pop() if len(moments) == 1 else None


def _is_article_scope(scope: Any) -> bool:
    if scope is None:
        return True
    kind = (scope.get("itemtype") or "").rpartition("/")[2].lower()
    return kind.endswith(_ARTICLE_TYPES) and scope.get("itemprop") in (None, "", "mainEntity")


def _author(item: dict[str, Any], objects: list[dict[str, Any]]) -> str | None:
    """Return the people in ``author``, also if it only refers to them; an organisation is the source, no author."""
    authors = item.get("author")
    names = []
    for value in authors if isinstance(authors, list) else [authors]:
        author = _described(value, objects)
        if isinstance(author, dict) and not types_of(author) & {"organization", "newsmediaorganization"}:
            names.append(line(author.get("name")))
        elif isinstance(author, str):
            names.append(line(author))
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _described(value: object, objects: list[dict[str, Any]]) -> object:
    """Return the object of the page to which ``value`` only refers by its id, else ``value``."""
    if not isinstance(value, dict) or "name" in value or not isinstance(value.get("@id"), str):
        return value
    return next((item for item in objects if item.get("@id") == value["@id"]), value)


def _own_addresses(tree: Any) -> Iterator[str]:
    yield from tree.xpath('//link[contains(concat(" ", @rel, " "), " canonical ")]/@href')[:2]
    yield from tree.xpath('//meta[@property="og:url"]/@content')[:2]


def _own_headlines(tree: Any) -> Iterator[str]:
    yield from tree.xpath('//meta[@property="og:title"]/@content')[:2]
    for element in (*list(tree.iter("h1"))[:3], *list(tree.iter("title"))[:1]):
        yield element.text_content()


def _address(value: str | None) -> str | None:
    """Return host and path of an address, without what differs between a page, its AMP and its mobile copy."""
    match = _ADDRESS.match(value.strip()) if value else None
    if match is None:
        return None
    path = _ADDRESS_END.sub("", match[2] or "")
    return f"{match[1].lower()}{path}" if path else None


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(text[:500].casefold()))
