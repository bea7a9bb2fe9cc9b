"""Read a Markdown file as one article: front matter as fields, first heading as title, text without marks.

Marks are removed by substitution: news is paragraphs with links and emphasis, and a full parser costs 2 ms a file.
"""

import re

from worker.article import Article
from worker.formats.decode import decode
from worker.formats.fields import from_fields
from worker.formats.front_matter import front_matter
from worker.formats.limits import Limits

_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n]*)$", re.MULTILINE)
_UNDERLINED = re.compile(r"([^\n]+)\n(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
_TARGET = r"\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,500})?\)"
#: A link definition (address and optional title), but not a quotation such as "[Smith]: We knew nothing."
_LINK_DEFINITION = re.compile(
    r"""^\[[^\[\]\n]{1,100}\]:[ \t]+(?=\S*[/#:]|\S+\.\w)\S+(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$""",
    re.MULTILINE,
)
#: A line that the site generator fills in: `{% include ad.html %}`, `{{< figure src="a.jpg" >}}`, `{{% notice %}}`.
_GENERATED = re.compile(r"^[ \t]{0,3}(?:\{%[^\n%]{0,500}%\}|\{\{[<%][^\n>%]{0,500}[>%]\}\})[ \t]*$", re.MULTILINE)
#: (pattern, replacement), applied in order. No class contains its own opening mark, so that a row of marks is linear.
_SUBSTITUTIONS = (
    (re.compile(r"<!--[^<>]{0,5000}-->"), ""),
    (re.compile(r"!?\[([^\[\]\n]{0,500})\]" + _TARGET), r"\1"),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\[[^\[\]\n]{0,100}\]"), r"\1"),
    (_LINK_DEFINITION, ""),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,60}$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}(?:```|~~~)[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.MULTILINE), ""),
    (_HEADING, r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,2000})(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*_\\])([*_])(?=\S)([^\n*_]{1,2000})(?<=\S)\1(?![\w*_])"), r"\2"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
)


def article(data: bytes, limits: Limits) -> Article:
    """Return the article; a heading at the very top is the title and not part of the text."""
    del limits
    text = decode(data).text.replace("\r\n", "\n").replace("\r", "\n")
    fields, text = front_matter(text)
    text = _GENERATED.sub("", text).lstrip()
    heading = _HEADING.match(text) or _UNDERLINED.match(text)
    if heading:
        title = _strip_marks(heading.group(1)).strip("# ")
        if fields.setdefault("title", title) == title:
            text = text[heading.end() :]
    return from_fields(fields, _strip_marks(text).strip("\n"))


def _strip_marks(text: str) -> str:
    for pattern, replacement in _SUBSTITUTIONS:
        text = pattern.sub(replacement, text)
    return text
