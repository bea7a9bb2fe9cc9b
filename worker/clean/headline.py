"""A text that opens with its own headline and standfirst in; headline as title, text without them, out.

A first line is the headline where the title says so, where it is printed twice, or where it stands before the dateline.
Below a known title, a paragraph of words that ends no sentence is the standfirst that the page sets in bold.
"""

import re

from worker.clean.dateline import HEAD_CHARS, find_dateline
from worker.clean.metadata import MOST_LAYERS, Metadata, StepResult

#: Headlines of 9 in 10 papers are shorter; a first sentence without a stop is mostly longer.
LONGEST_HEADLINE = 180
#: A standfirst has more words than a place, a name or a subheading; the prose below it is longer than this.
FEWEST_STANDFIRST_WORDS = 8
SHORTEST_PROSE = 100
#: A standfirst is longer than a headline, and one sentence or two.
LONGEST_STANDFIRST = 300
_STOPPED = re.compile(r"[.!?…:;,。][\"'”’»)\]]*\Z")
_WORDS = re.compile(r"\w+")
_INK = re.compile(r"\S")
#: `Headline | Paper`, `Headline - Paper`: what follows is the site's name.
_SITE = re.compile(r"\s[|–—»·-]\s")


def take_headline(text: str, facts: Metadata) -> StepResult:
    """Remove headlines from the top of the text; keep the first as title where none is known."""
    start = count = 0
    while True:
        end = text.find("\n", start, start + LONGEST_STANDFIRST)
        following = _INK.search(text, end) if end > start else None
        if not following:
            break
        line, rest = text[start:end], text[following.start() : following.start() + LONGEST_STANDFIRST]
        if not _is_headline(line, rest, facts) and not _is_standfirst(line, text[end : end + 2], rest, facts):
            break
        facts.title = facts.title or line
        start = following.start()
        count += 1
        if count > MOST_LAYERS:
            return StepResult(text, 0)
    return StepResult(text[start:], count)


def _is_standfirst(line: str, gap: str, rest: str, facts: Metadata) -> bool:
    """Tell whether ``line``, a paragraph of its own above prose, ends no sentence though it is as long as one."""
    return (
        facts.title is not None
        and gap == "\n\n"
        and line[0].isupper()
        and _STOPPED.search(line) is None
        and len(line.split()) >= FEWEST_STANDFIRST_WORDS
        and len(paragraph := rest.partition("\n")[0]) >= SHORTEST_PROSE
        and (len(paragraph) == LONGEST_STANDFIRST or _STOPPED.search(paragraph) is not None)
    )


def _is_headline(line: str, rest: str, facts: Metadata) -> bool:
    if len(line) > LONGEST_HEADLINE:
        return False
    if facts.title:
        return _same(line, facts.title)
    if line.rstrip()[-1:] in ".,;:…":
        return False
    return _same(line, rest.partition("\n")[0]) or find_dateline(rest[:HEAD_CHARS]) is not None


def _same(line: str, title: str) -> bool:
    # Nearly every line begins with another letter than the title, or at least with another word.
    letter, other = line[:1].casefold(), title[:1].casefold()
    if letter.isalnum() and other.isalnum() and letter[0] != other[0]:
        return False
    first = _WORDS.search(line)
    if first is None or first[0].casefold() not in title[:LONGEST_HEADLINE].casefold():
        return False
    words = _key(line)
    return words in (_key(title), _key(_SITE.split(title)[0]))


def _key(line: str) -> list[str]:
    return _WORDS.findall(line.casefold())
