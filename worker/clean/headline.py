"""Remove headline and standfirst from the start of the text; use the headline as the title if none is known.

The first line is the headline if it equals the title, is printed twice, or precedes the dateline. Below a known title,
a paragraph that does not end a sentence is the standfirst, which pages set in bold.
"""

import re

from worker.clean.dateline import DATELINE_CHARS, find_dateline
from worker.clean.metadata import MAX_LAYERS, Metadata, StepResult

#: Headlines of 9 in 10 papers are shorter; a first sentence without a full stop is mostly longer.
LONGEST_HEADLINE = 180
#: A standfirst has more words than a place, a name or a subheading; the paragraph below it is longer than this.
MIN_STANDFIRST_WORDS = 8
SHORTEST_PROSE = 100
#: A standfirst is longer than a headline: one or two sentences.
LONGEST_STANDFIRST = 300
_SENTENCE_END = re.compile(r"[.!?…:;,。][\"'”’»)\]]*\Z")
_WORDS = re.compile(r"\w+")
_NON_BLANK = re.compile(r"\S")
#: `Headline | Paper`, `Headline - Paper`: the name of the site follows.
_SITE = re.compile(r"\s[|–—»·-]\s")


def take_headline(text: str, metadata: Metadata) -> StepResult:
    """Remove headlines from the start of the text; use the first as the title if none is known."""
    start = count = 0
    while True:
        end = text.find("\n", start, start + LONGEST_STANDFIRST)
        following = _NON_BLANK.search(text, end) if end > start else None
        if not following:
            break
        line, rest = text[start:end], text[following.start() : following.start() + LONGEST_STANDFIRST]
        if not _is_headline(line, rest, metadata) and not _is_standfirst(line, text[end : end + 2], rest, metadata):
            break
        metadata.title = metadata.title or line
        start = following.start()
        count += 1
        if count > MAX_LAYERS:
            return StepResult(text, 0)
    return StepResult(text[start:], count)


def _is_standfirst(line: str, gap: str, rest: str, metadata: Metadata) -> bool:
    """Return whether ``line`` is a paragraph above prose that is as long as a sentence but does not end one."""
    return (
        metadata.title is not None
        and gap == "\n\n"
        and line[0].isupper()
        and _SENTENCE_END.search(line) is None
        and len(line.split()) >= MIN_STANDFIRST_WORDS
        and len(paragraph := rest.partition("\n")[0]) >= SHORTEST_PROSE
        and (len(paragraph) == LONGEST_STANDFIRST or _SENTENCE_END.search(paragraph) is not None)
    )


def _is_headline(line: str, rest: str, metadata: Metadata) -> bool:
    if len(line) > LONGEST_HEADLINE:
        return False
    if metadata.title:
        return _is_same_headline(line, metadata.title)
    if line.rstrip()[-1:] in ".,;:…":
        return False
    return _is_same_headline(line, rest.partition("\n")[0]) or find_dateline(rest[:DATELINE_CHARS]) is not None


def _is_same_headline(line: str, title: str) -> bool:
    # Fast path: nearly every line begins with another letter than the title, or at least with another word.
    letter, other = line[:1].casefold(), title[:1].casefold()
    if letter.isalnum() and other.isalnum() and letter[0] != other[0]:
        return False
    first = _WORDS.search(line)
    if first is None or first[0].casefold() not in title[:LONGEST_HEADLINE].casefold():
        return False
    words = _folded_words(line)
    return words in (_folded_words(title), _folded_words(_SITE.split(title)[0]))


def _folded_words(line: str) -> list[str]:
    return _WORDS.findall(line.casefold())
