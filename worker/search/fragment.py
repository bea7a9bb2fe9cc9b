"""Choose the fragment of a text that shows most of the words that were found, and mark them.

``ts_headline`` of Postgres does not know our words: it finds neither `Müller` by `muller` nor a pair of characters.
"""

from bisect import bisect_right
from collections import abc
from dataclasses import dataclass

from worker.search.query import Query, Sequence, Stem
from worker.search.words import WordSpan, tokens

#: Characters of a fragment: two lines of a page.
_CHARACTERS = 200
#: Of these, how many precede the first word that was found.
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a fragment; ``found`` if the search looked for it."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    term: int


def fragment(text: str, query: Query, stem: Stem) -> list[Run]:
    """Return the fragment with the most different terms, the first of equals; empty if the text has none of them."""
    spans = _spans(text, query, stem)
    if not spans:
        return []
    best = max(range(len(spans)), key=lambda i: (len({s.term for s in _within(spans, i)}), -i))
    start = _start(text, spans[best].start)
    end = _end(text, max(start + _CHARACTERS, spans[best].end))
    return _runs(text, start, end, spans)


def _spans(text: str, query: Query, stem: Stem) -> list[_Span]:
    """Return where the terms are, in order."""
    found = list(tokens(text))
    lexemes = {word: stem(word) if word else () for word in {span.word for span in found}}
    spans = []
    for number, term in enumerate(query.terms):
        if term.prefix:
            spans += [_Span(t.start, t.start + 1, number) for t in found if t.word.startswith(term.words[0][1])]
            continue
        for sequence in term.sequences(stem):
            spans += _matches(sequence, found, lexemes, number)
    return sorted(spans, key=lambda span: (span.start, span.end))


def _matches(
    sequence: Sequence, found: abc.Sequence[WordSpan], lexemes: abc.Mapping[str, tuple[str, ...]], term: int
) -> list[_Span]:
    first, last = sequence[0][0], sequence[-1][0]
    # a set of words by position: most words of a text are none of them, and are compared once
    wanted = [
        (at - first, {word for word, own in lexemes.items() if not set(own).isdisjoint(known)})
        for at, known in sequence
    ]
    begins = wanted[0][1]
    ends = len(found) - (last - first)
    return [
        _Span(found[i].start, found[i + last - first].end, term)
        for i in [i for i, span in enumerate(found[:ends]) if span.word in begins]
        if all(found[i + distance].word in words for distance, words in wanted)
    ]


def _within(spans: abc.Sequence[_Span], first: int) -> abc.Sequence[_Span]:
    """Return the spans in the fragment that begins shortly before one of them."""
    end = spans[first].start + _CHARACTERS - _BEFORE
    return spans[first : bisect_right(spans, end, key=lambda span: span.end)] or [spans[first]]


def _start(text: str, first: int) -> int:
    """Return where the fragment begins: at a word, if there is a blank near."""
    start = max(first - _BEFORE, 0)
    blank = text.find(" ", start, first) if start else -1
    return blank + 1 if blank >= 0 else start


def _end(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    blank = text.rfind(" ", end - _BEFORE // 2, end)
    return blank if blank >= 0 else end


def _runs(text: str, start: int, end: int, spans: abc.Sequence[_Span]) -> list[Run]:
    runs: list[Run] = [Run("…", False)] if start else []
    at = start
    for span in spans:
        begin, stop = max(span.start, at), min(span.end, end)
        if begin >= stop:
            continue
        if begin > at:
            runs.append(Run(text[at:begin], False))
        if runs and runs[-1].found and begin == at:
            runs[-1] = Run(runs[-1].text + text[begin:stop], True)
        else:
            runs.append(Run(text[begin:stop], True))
        at = stop
    rest = text[at:end] + ("…" if end < len(text) else "")
    return [*runs, Run(rest, False)] if rest else runs
