"""Read ninjs (1.3 to 3), the JSON format of news agencies: one item is one article.

Versions differ in the case of names and in texts as a field (``body_html``) or as a list (``bodies``). Pictures and
other associated items are not read.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from worker.article import Article, PublicationStatus
from worker.errors import QuarantineError
from worker.formats import dates, identity, status
from worker.formats.decode import repair
from worker.formats.fields import language_code, line
from worker.formats.html_fragment import html_to_text

#: Names, in lower case, of which an item has one of each row; no other JSON of articles is known to have both.
_MANAGED = frozenset({"pubstatus", "versioncreated", "firstcreated", "contentcreated", "embargoed"})
_CONTENT = frozenset(
    {"body_text", "body_html", "body_xhtml", "bodies", "headlines", "copyrightholder", "ednote", "associations"}
)
_BODIES = ("body_text", "body_html", "body_xhtml")


def is_ninjs(value: Mapping[str, object]) -> bool:
    """Return whether a JSON object is an item of ninjs."""
    names = {name.lower() for name in value}
    return bool(names & _MANAGED and names & _CONTENT)


def from_object(value: Mapping[str, object]) -> Article:
    """Return the article of an item; raise QuarantineError if it has no text, as a picture has none."""
    item = {name.lower(): field for name, field in value.items()}
    title = line(item.get("headline")) or line(_main(item.get("headlines")))
    notes = [line(item.get("ednote")), *map(line, _values(item.get("ednotes")))]
    until = status.embargo_end(item.get("embargoed"))
    stated = status.strictest(
        status.from_code(line(item.get("pubstatus"))),
        status.from_headline(title),
        *map(status.from_note, notes),
        embargo=until,
    )
    text = _text(item)
    if not text and stated == PublicationStatus.WITHDRAWN:  # a kill notice names its item by the id alone
        text = next(filter(None, notes), None) or title or ""
    if not text:
        kind = line(item.get("type")) or "without a text"
        raise QuarantineError(
            f"The ninjs item has no text (it is of the type {kind}); associated items are not read:"
            " send each as an item of its own."
        )
    external_id = line(item.get("uri")) or line(item.get("guid"))
    source = line(item.get("source")) or line(_main(item.get("infosources"))) or line(item.get("copyrightholder"))
    return Article(
        text=repair(text),
        title=title,
        external_id=external_id,
        source=source,
        author=_author(item),
        language=language_code(item.get("language")),
        published_at=_published(item),
        provider=identity.authority(external_id) or source,
        version=identity.version(item.get("version")),
        dateline=line(item.get("dateline")) or line(item.get("located")),
        status=stated,
        embargoed_until=until if stated == PublicationStatus.WITHHELD else None,
    )


def _text(item: Mapping[str, object]) -> str:
    for name in _BODIES:
        body = item.get(name)
        if isinstance(body, str) and body.strip():
            return body.strip() if name == "body_text" else html_to_text(body)
    body = _main(item.get("bodies"))
    if isinstance(body, str) and body.strip():
        return html_to_text(body) if body.lstrip().startswith("<") and "</" in body else body.strip()
    return line(item.get("description_text")) or ""


def _author(item: Mapping[str, object]) -> str | None:
    bylines = (item.get(name) for name in ("byline", "by", "authors"))
    return next(filter(None, map(line, bylines)), None) or line(_main(item.get("bylines")))


def _main(entries: object) -> object:
    """Return the value with the role "main" in a list of values, else the first."""
    if not isinstance(entries, list):
        return None
    main = [entry for entry in entries if isinstance(entry, dict) and entry.get("role") == "main"]
    return next(_values(main or entries), None)


def _values(entries: object) -> Iterator[object]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            yield entry.get("value") or entry.get("name")


def _published(item: Mapping[str, object]) -> datetime | None:
    names = ("firstpublished", "contentcreated", "firstcreated", "versioncreated")
    return next((when for name in names if (when := dates.parse(item.get(name)))), None)
