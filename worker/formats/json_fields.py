"""Take the fields of an article from a parsed JSON object, and note the keys from which none was taken."""

import re
from collections.abc import Mapping
from html import unescape

from worker.formats import json_keys, notes
from worker.formats.fields import language_code, line, paragraphs
from worker.formats.limits import JSON_FIELDS, Limits
from worker.formats.text_blocks import text_of_blocks
from worker.language.sentences import holds_prose

_BY = re.compile(r"\A\s*by\s+", re.IGNORECASE)
#: What NewsAPI, forums and databases write where a text was removed or is missing.
_PLACEHOLDERS = frozenset(("removed", "deleted", "null", "none", "nan", "undefined", "n/a"))
_LONGEST_PLACEHOLDER = 20
_ESCAPED_LINE_END = re.compile(r"(?:\\r)?\\n")
#: Objects of one file have few different keys; where keys are data, noting each would fill the log.
_MAX_KNOWN_KEYS = 200
#: Letters of a lead that show that the text begins with it: a shortened lead differs at its end.
_LEAD_LETTERS = 40
_TAG = re.compile(r"<[^<>]{0,2000}>")


class UnreadKeys:
    """The keys of a file's objects that no field is read from; each is noted once per file."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def note(self, value: Mapping[str, object], read_keys: set[str]) -> None:
        """Note the keys of ``value`` that are new, have a value and are not in ``read_keys``."""
        if self._known.issuperset(value):
            return
        dropped = [key for key in value if key not in read_keys and key not in self._known and value[key]]
        if len(self._known) < _MAX_KNOWN_KEYS:
            self._known.update(read_keys & value.keys(), dropped)
            if dropped:
                notes.add(f"These keys are not read: {json_keys.shown(dropped)}.")


def fields_of(value: Mapping[str, object], limits: Limits) -> tuple[dict[str, object], set[str]]:
    """Return the fields of an article, and the keys of ``value`` that they are from.

    A field is read under its name in the settings or, if that is the default, under the usual keys too.
    """
    fields: dict[str, object] = {"is_html": False}
    read_keys = set()
    for field, name in limits.json_fields.items():
        found = _get_dotted(value, name)
        if found is not None:
            read_keys.add(name.partition(".")[0] if name not in value else name)
        content = _of_field(field, found)
        if name == JSON_FIELDS[field] and not _is_good(field, content):
            content, is_html = _usual(value, field, content, read_keys)
            if field == "text" and not _is_good(field, content):
                content, is_html = _by_ending(value, read_keys)
            fields["is_html"] = fields["is_html"] or is_html
        fields[field] = content
    _add_lead(fields, value, read_keys)
    if isinstance(author := fields.get("author"), str):
        fields["author"] = _BY.sub("", author, count=1)
    return fields, read_keys


def _usual(value: Mapping[str, object], field: str, fallback: object, read_keys: set[str]) -> tuple[object, bool]:
    """Return what a usual key of ``field`` holds, else ``fallback``, and whether it is a text in HTML."""
    for key, name, found in json_keys.usual_values(value, field):
        content = _of_field(field, found)
        if _is_good(field, content):
            read_keys.add(key)
            is_html = name.endswith(json_keys.HTML_ENDINGS)
            if field == "text":
                return content, is_html
            return unescape(content) if is_html and isinstance(content, str) else content, False
    return (None if field == "author" else fallback), False


def _by_ending(value: Mapping[str, object], read_keys: set[str]) -> tuple[object, bool]:
    """Return the only prose under a key such as ``storyText`` or ``news_body``, and whether it may be HTML."""
    keys = [key for key in value if json_keys.plain(key).endswith(json_keys.TEXT_ENDINGS)]
    texts = {key: text for key in keys if (text := _joined_text(value[key])) and _is_prose(text)}
    if len(texts) != 1:
        return None, False
    read_keys.update(texts)
    return next((text, key.lower().endswith(json_keys.HTML_ENDINGS)) for key, text in texts.items())


def _is_prose(text: str) -> bool:
    return holds_prose(" ".join(_TAG.sub(" ", text).split()))


def _add_lead(fields: dict[str, object], value: Mapping[str, object], read_keys: set[str]) -> None:
    """Put the first paragraph above the text if it is kept apart; a shortened copy of the text's own is left out."""
    text = fields.get("text")
    for name in json_keys.LEADS:
        lead = value.get(name)
        if isinstance(text, str) and isinstance(lead, str) and lead != text:
            plain_lead = unescape(_TAG.sub(" ", lead))
            if holds_prose(" ".join(plain_lead.split())):
                read_keys.add(name)
                if _letters(plain_lead)[:_LEAD_LETTERS] not in _letters(unescape(_TAG.sub("", text))):
                    is_html = bool(fields["is_html"]) or text.lstrip().startswith("<")
                    fields["text"] = f"<p>{lead}</p>{text}" if is_html else f"{plain_lead.strip()}\n\n{text}"
            return


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _is_good(field: str, content: object) -> bool:
    """Return whether ``content`` can be the value of ``field``."""
    if content is None or isinstance(content, bool):
        return False
    if field == "text":
        return isinstance(content, str) and bool(content.strip())
    if field == "url":
        return isinstance(content, str) and "://" in content
    if field == "language":
        return language_code(content) is not None
    if field == "author" and isinstance(content, int | float):
        return False  # the number of an account
    return bool(content) if isinstance(content, str) else line(content) is not None


def _of_field(field: str, content: object) -> object:
    return _joined_text(content) if field == "text" else content


def _joined_text(content: object) -> str | None:
    """Return the text in ``content``; None for a placeholder, or if it holds no text."""
    if not isinstance(content, str):
        return paragraphs(content) or text_of_blocks(content)
    if len(content) <= _LONGEST_PLACEHOLDER and content.strip(" []<>()").lower() in _PLACEHOLDERS:
        return None
    return _unescaped_lines(content) if "\\n" in content else content


def _unescaped_lines(text: str) -> str:
    """Return ``text`` with line ends that were escaped twice; one that has line ends of its own is kept."""
    return text if "\n" in text or "\\n\\n" not in text.replace("\\r", "") else _ESCAPED_LINE_END.sub("\n", text)


def _get_dotted(value: Mapping[str, object], name: str) -> object:
    direct = value.get(name)
    if direct is None and "." in name:
        inner: object = value
        for part in name.split("."):
            inner = inner.get(part) if isinstance(inner, dict) else None
        return inner
    return direct
