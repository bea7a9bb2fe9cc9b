"""Convert an HTML fragment (a feed's item, a mail's body) to text with a blank line between paragraphs.

One pass with ``str.find``: linear for any input, executes nothing, builds no tree and so has no depth limit.
"""

import re
from html import unescape

from worker.errors import QuarantineError

#: A tag costs up to 100 µs in a page (measured); the longest live blogs have 20,000 tags.
MAX_TAGS = 50_000

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_BLANKS = re.compile(r"\s+")
_LINE_EDGES = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")
#: Elements that begin and end a paragraph.
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section summary table"
    " tbody td tfoot th thead tr ul".split()
)
#: Elements whose content is not text.
_INVISIBLE = frozenset(
    "head iframe math noscript object script select style svg template textarea title video audio".split()
)


def refuse_too_many_tags(markup: str) -> None:
    """Raise QuarantineError for HTML with more than MAX_TAGS tags."""
    if markup.count("<") > MAX_TAGS:
        raise QuarantineError(f"It has over {MAX_TAGS:,} tags, more than any article: send its text alone.")


def html_to_text(fragment: str) -> str:
    """Return the visible text of ``fragment``; keep a ``<`` that does not begin a tag."""
    refuse_too_many_tags(fragment)
    parts: list[str] = []
    lower = ""
    position = 0
    while (begin := fragment.find("<", position)) >= 0:
        parts.append(_BLANKS.sub(" ", fragment[position:begin]))
        tag = _TAG.match(fragment, begin)
        if tag is None:
            if not fragment.startswith(("<!", "<?", "</"), begin):
                parts.append("<")
                position = begin + 1
                continue
            ending = "-->" if fragment.startswith("<!--", begin) else ">"
        else:
            ending = ">"
        end = fragment.find(ending, begin + 2)
        if end < 0:
            position = len(fragment)
            break
        position = end + len(ending)
        name = tag.group(1).lower() if tag else ""
        if name == "br":
            parts.append("\n")
        elif name in _BLOCKS:
            parts.append("\n\n")
        elif name in _INVISIBLE and fragment[begin + 1] != "/" and fragment[end - 1] != "/":
            lower = lower or fragment.lower()
            closing = lower.find(f"</{name}", position)
            position = closing if closing >= 0 else len(fragment)
    parts.append(_BLANKS.sub(" ", fragment[position:]))
    return _BLANK_LINES.sub("\n\n", _LINE_EDGES.sub("\n", unescape("".join(parts)))).strip()
