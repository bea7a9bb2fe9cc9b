"""Two texts go in, runs of words that are the same, removed or added come out.

Patience difference (Cohen, 2006) on words: those that stand once in each text are the anchors, so a rare name decides
what is aligned and no "the" does; `difflib` alone takes seconds on two unlike texts of 10,000 words, this milliseconds.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from worker.explain.words import Token, tokens

Kind = Literal["same", "removed", "added"]

#: A gap between anchors is given to `difflib` while it costs under a millisecond or so; a larger one is all different.
_GAP_PRODUCT = 40_000


class DiffRun(NamedTuple):
    """A run of text: ``same`` and ``added`` in the words of the second text, ``removed`` in those of the first."""

    kind: Kind
    text: str


class _Block(NamedTuple):
    """``size`` equal words at ``a`` of the first and ``b`` of the second text."""

    a: int
    b: int
    size: int


def differences(first: str, second: str) -> list[DiffRun]:
    """Return how ``second`` came from ``first``; joined without the removed runs it is ``second`` again."""
    a, b = tokens(first), tokens(second)
    runs: list[DiffRun] = []
    at_a = at_b = 0
    for block in [*_blocks([t.form for t in a], [t.form for t in b]), _Block(len(a), len(b), 0)]:
        if at_a < block.a:
            runs.append(DiffRun("removed", _between(first, a, at_a, block.a)))
        if at_b < block.b:
            runs.append(DiffRun("added", _between(second, b, at_b, block.b)))
        at_a, at_b = block.a + block.size, block.b + block.size
        if block.size:
            runs.append(DiffRun("same", _between(second, b, block.b, at_b)))
    if not b and second:  # nothing but blanks
        runs.append(DiffRun("same" if first == second else "added", second))
    return runs


def shortened(runs: Sequence[DiffRun], around: int) -> list[DiffRun]:
    """Return the runs with all but ``around`` words beside each difference left out of what is the same."""
    return [
        run if run.kind != "same" else DiffRun("same", _ends(run.text, around, first=i == 0, last=i == len(runs) - 1))
        for i, run in enumerate(runs)
    ]


def _ends(text: str, around: int, *, first: bool, last: bool) -> str:
    words = tokens(text)
    head = 0 if first else around
    tail = 0 if last else around
    if len(words) <= head + tail:
        return text
    before = text[: words[head - 1].end] if head else ""
    after = text[words[-tail].start :] if tail else "\n"
    return f"{before} … {after}"


def _between(text: str, marks: Sequence[Token], first: int, last: int) -> str:
    """Return the text of tokens ``first`` to ``last`` with the blanks before them: a full stop stays at its word."""
    start = marks[first - 1].end if first else 0
    return text[start : len(text) if last == len(marks) else marks[last - 1].end]


def _blocks(a: Sequence[str], b: Sequence[str]) -> list[_Block]:
    """Return the runs of equal words, in order in both, neighbouring ones joined."""
    joined: list[_Block] = []
    for block in _align(a, b, 0, len(a), 0, len(b)):
        last = joined[-1] if joined else _Block(0, 0, 0)
        if joined and (last.a + last.size, last.b + last.size) == (block.a, block.b):
            joined[-1] = last._replace(size=last.size + block.size)
        else:
            joined.append(block)
    return joined


def _align(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> Iterator[_Block]:
    """Yield equal runs within ``a[a0:a1]`` and ``b[b0:b1]``: the common start, what lies between anchors, the end."""
    waiting = [(a0, a1, b0, b1)]
    while waiting:
        a0, a1, b0, b1 = waiting.pop()
        start = _common(a, b, a0, a1, b0, b1)
        if start:
            yield _Block(a0, b0, start)
            a0, b0 = a0 + start, b0 + start
        if a0 == a1 or b0 == b1:
            continue
        anchors = _anchors(a, b, a0, a1, b0, b1)
        if not anchors:
            yield from _small(a, b, a0, a1, b0, b1)
            continue
        # each piece starts at an anchor, so that it has a common start; the last is taken first from the stack
        edges = [(a0, b0), *anchors, (a1, b1)]
        pieces = [(x, nx, y, ny) for (x, y), (nx, ny) in pairwise(edges)]
        waiting.extend(reversed(pieces))


def _common(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> int:
    size = 0
    most = min(a1 - a0, b1 - b0)
    while size < most and a[a0 + size] == b[b0 + size]:
        size += 1
    return size


def _anchors(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int]]:
    """Return places of words that stand once in both ranges, as many as keep their order in both."""
    once_a = _once(a, a0, a1)
    once_b = _once(b, b0, b1)
    return _longest_rising([(place, once_b[word]) for word, place in once_a.items() if word in once_b])


def _once(words: Sequence[str], start: int, end: int) -> dict[str, int]:
    counts = Counter(words[start:end])
    return {words[place]: place for place in range(start, end) if counts[words[place]] == 1}


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs whose second numbers rise (patience sorting); the first ones rise already."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        before.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(value)
            piles.append(index)
        else:
            tops[pile], piles[pile] = value, index
    chain = []
    at = piles[-1] if piles else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _small(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> Iterator[_Block]:
    if (a1 - a0) * (b1 - b0) <= _GAP_PRODUCT:
        matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
        yield from (_Block(a0 + m.a, b0 + m.b, m.size) for m in matcher.get_matching_blocks() if m.size)
