"""Remove headline and standfirst from the start of the text; use the headline as the title if none is known.

The first line is the headline if it equals the title, is printed twice, precedes the dateline, or, without a stop,
prose that has stops. Below a known title, a paragraph that does not end a sentence is the standfirst, which pages set
in bold.
"""

import re

from worker.clean.date_line import read_date_line
from worker.clean.dateline import DATELINE_CHARS, find_dateline
from worker.clean.dates import parse_date
from worker.clean.lines import WIDEST_WRAP
from worker.clean.metadata import MAX_LAYERS, Metadata, StepResult
from worker.dates.calendar_day import is_word_of_date
from worker.language.sentences import ends_clause, ends_sentence, holds_sentence_end, is_prose
from worker.language.width import display_width

#: Headlines of 9 in 10 papers are shorter; a first sentence without a full stop is mostly longer.
LONGEST_HEADLINE = 180
#: A headline above plain prose has more words than a place or a salutation; without blanks, this many wide characters.
MIN_HEADLINE_WORDS, MIN_HEADLINE_WIDE = 4, 8
#: A lead has more columns than a caption or a line of a verse.
SHORTEST_LEAD = 60
#: A standfirst has more words than a place, a name or a subheading; the paragraph below it is longer than this.
MIN_STANDFIRST_WORDS = 8
SHORTEST_PROSE = 100
#: A standfirst is longer than a headline: one or two sentences.
LONGEST_STANDFIRST = 300
#: Of a longer paragraph below the line only this is examined.
LONGEST_PARAGRAPH = 2000
_WORDS = re.compile(r"\w+")
_NON_BLANK = re.compile(r"\S")
#: `Headline | Paper`, `Headline - Paper`: the name of the site follows.
_SITE = re.compile(r"\s[|–—»·-]\s")
#: In the last word of a line: a web or mail address, a handle, a hashtag.
_ADDRESS = re.compile(r"(?i)[@#/\\]|\w\.\w")
#: Ends like a date, with the year or a time: `Reuters May 17, 2033 8:40 AM` is the source and the date of what follows.
_DATE_END = re.compile(r"(?i)\b(?:\d{4}|\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s[a-z]{2,5})?)$")
#: A headline above a dateline may end with these.
_QUESTIONS = "?!？！؟"
#: Between headline and text; `By Mara Ellund, Courier Business Writer` has 40 columns.
_BYLINE = re.compile(r"(?i:by|von|par|por|di|door|av|af|text|autor|author)[:：]? [^\W\d_a-zà-ÿ]")
LONGEST_BYLINE = 90
#: What begins an item of a list, a quotation, a note; a headline may begin with a quotation, but so does an open verse.
_ITEM_STARTS = "•·*-–—▪■●►>#|+([{"


def take_headline(text: str, metadata: Metadata) -> StepResult:
    """Remove headlines from the start of the text; use the first as the title if none is known."""
    start = count = 0
    while True:
        end = text.find("\n", start, start + LONGEST_STANDFIRST)
        following = _NON_BLANK.search(text, end) if end > start else None
        if not following:
            break
        line, rest = text[start:end], text[following.start() : following.start() + LONGEST_PARAGRAPH]
        gap = text[end : end + 2]
        if not _is_headline(line, gap, rest, metadata) and not _is_standfirst(line, gap, rest, metadata):
            break
        if _is_dateline(line):
            break
        metadata.title = metadata.title or line
        start = following.start()
        count += 1
        if count > MAX_LAYERS:
            return StepResult(text, 0)
    return StepResult(text[start:], count)


def _is_dateline(line: str) -> bool:
    """Return whether ``line`` is a dateline above the text: `Varnby, April 9, 2031 (AFP) -`."""
    dateline = find_dateline(f"{line}\nX") if len(line) < DATELINE_CHARS else None
    return dateline is not None and dateline.end >= len(line)


def _is_standfirst(line: str, gap: str, rest: str, metadata: Metadata) -> bool:
    """Return whether ``line`` is a paragraph above prose that is as long as a sentence but does not end one.

    It must end with a word: a lead may end with an emoji, a sum in euros, a footnote mark or an address instead of a
    stop, and one with several sentences is no standfirst either.
    """
    return (
        metadata.title is not None
        and gap == "\n\n"
        and line[0].isupper()
        and line[-1].isalpha()
        and len(words := line.split()) >= MIN_STANDFIRST_WORDS
        and not _ADDRESS.search(words[-1])
        and not holds_sentence_end(line)
        and _is_prose_start(rest)
    )


def _is_prose_start(rest: str) -> bool:
    """Return whether ``rest`` begins with a paragraph of prose that ends with a stop, or is too long to tell."""
    paragraph = rest.partition("\n")[0]
    return display_width(paragraph) >= SHORTEST_PROSE and (
        len(paragraph) == LONGEST_PARAGRAPH or ends_clause(paragraph)
    )


def _is_headline(line: str, gap: str, rest: str, metadata: Metadata) -> bool:
    if display_width(line) > LONGEST_HEADLINE:
        return False
    if metadata.title:
        return _is_same_headline(line, metadata.title)
    if ends_clause(line) and line[-1] not in _QUESTIONS:
        return False
    return (
        _is_same_headline(line, rest.partition("\n")[0])
        or find_dateline(rest[:DATELINE_CHARS]) is not None
        or _is_line_above_prose(line, gap, rest)
        or _is_line_above_prose(line, "\n\n", _below_byline_and_date(rest))
    )


def _below_byline_and_date(rest: str) -> str:
    """Return what is below the byline, the date or both with which ``rest`` begins; empty if it begins with neither."""
    below = rest
    for _ in range(2):
        line, _, after = below.partition("\n")
        if not _is_byline(line) and not read_date_line(line):
            break
        below = after.lstrip("\n")
    return below if below is not rest else ""


def _is_byline(line: str) -> bool:
    return bool(_BYLINE.match(line)) and display_width(line) <= LONGEST_BYLINE and not ends_clause(line)


def _is_line_above_prose(line: str, gap: str, rest: str) -> bool:
    """Return whether ``line`` has a headline's form and the paragraph below it is prose that ends with a stop.

    A text whose paragraphs have no stops, as in Thai, gives no such sign.
    """
    paragraph = rest.partition("\n")[0]
    width = display_width(paragraph)
    return (
        (gap == "\n\n" or width > WIDEST_WRAP)
        and not line[0].islower()
        and not paragraph[:1].islower()  # a sentence that goes on below a page break
        and line[0] not in _ITEM_STARTS
        and (
            len(words := line.split()) >= MIN_HEADLINE_WORDS
            or _wide(line) >= MIN_HEADLINE_WIDE
            or _names_an_edition(line, words)
        )
        and not _ADDRESS.search(words[-1])
        and not ends_sentence(line)
        and not holds_sentence_end(line)
        and not (_DATE_END.search(line) and parse_date(line))
        and width >= max(SHORTEST_LEAD, display_width(line))
        and (len(paragraph) == LONGEST_PARAGRAPH or is_prose(paragraph))
    )


def _names_an_edition(line: str, words: list[str]) -> bool:
    """Return whether three words are the headline of a recurring report: `Wasserstände am Dienstag`.

    A word in lower case tells it from a name, such as `Anna May Wong`.
    """
    return (
        len(words) == MIN_HEADLINE_WORDS - 1
        and any(word.islower() and not is_word_of_date(word) for word in words)
        and is_word_of_date(words[-1])
        and not is_word_of_date(words[0])
        and not _is_byline(line)
    )


def _wide(line: str) -> int:
    return display_width(line) - len(line)


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
