"""Compute the differences of two texts as runs of words that are the same, removed or added.

Patience diff (Cohen, 2006) on words: those that occur once in each text are the anchors, so that rare names decide the
alignment and "the" does not; `difflib` alone takes seconds on two unlike texts of 10,000 words, this milliseconds.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from worker.explain.words import Token, tokens

Kind = Literal["same", "removed", "added"]

#: `difflib` aligns gaps between anchors up to this product of lengths, in about 1 ms; larger gaps are all different.
_MAX_GAP_PRODUCT = 40_000


class DiffRun(NamedTuple):
    """A run of text: ``same`` and ``added`` as the second text writes it, ``removed`` as the first does."""

    kind: Kind
    text: str


class _Block(NamedTuple):
    """``size`` equal words at ``a`` of the first and ``b`` of the second text."""

    a: int
    b: int
    size: int


def differences(first: str, second: str) -> list[DiffRun]:
    """Return the runs that turn ``first`` into ``second``; without the removed runs they join to ``second``."""
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
    if not b and second:  # only blanks
        runs.append(DiffRun("same" if first == second else "added", second))
    return runs


def shortened(runs: Sequence[DiffRun], around: int) -> list[DiffRun]:
    """Return the runs, with those that are the same cut to ``around`` words next to each difference."""
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


def side_by_side(left: str, right: str) -> dict[str, list[DiffRun]]:
    """Return the runs of each text as ``left`` and ``right``; words that only this text has are ``added``."""
    return {
        "left": [run for run in differences(right, left) if run.kind != "removed"],
        "right": [run for run in differences(left, right) if run.kind != "removed"],
    }


def _between(text: str, words: Sequence[Token], first: int, last: int) -> str:
    """Return the text of tokens ``first`` to ``last`` with the blanks before them: a full stop stays at its word."""
    start = words[first - 1].end if first else 0
    return text[start : len(text) if last == len(words) else words[last - 1].end]


def _blocks(a: Sequence[str], b: Sequence[str]) -> list[_Block]:
    """Return the runs of equal words, in the order of both texts; adjacent runs are joined."""
    joined: list[_Block] = []
    for block in _align(a, b, 0, len(a), 0, len(b)):
        last = joined[-1] if joined else _Block(0, 0, 0)
        if joined and (last.a + last.size, last.b + last.size) == (block.a, block.b):
            joined[-1] = last._replace(size=last.size + block.size)
        else:
            joined.append(block)
    return joined


def _align(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> Iterator[_Block]:
    """Yield equal runs within ``a[a0:a1]`` and ``b[b0:b1]``: the common start, then those between anchors."""
    stack = [(a0, a1, b0, b1)]
    while stack:
        a0, a1, b0, b1 = stack.pop()
        start = _common_start(a, b, a0, a1, b0, b1)
        if start:
            yield _Block(a0, b0, start)
            a0, b0 = a0 + start, b0 + start
        if a0 == a1 or b0 == b1:
            continue
        anchors = _anchors(a, b, a0, a1, b0, b1)
        if not anchors:
            yield from _align_gap(a, b, a0, a1, b0, b1)
            continue
        # each piece starts at an anchor, so that it has a common start; the stack returns the last piece first
        edges = [(a0, b0), *anchors, (a1, b1)]
        pieces = [(x, nx, y, ny) for (x, y), (nx, ny) in pairwise(edges)]
        stack.extend(reversed(pieces))


def _common_start(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> int:
    size = 0
    limit = min(a1 - a0, b1 - b0)
    while size < limit and a[a0 + size] == b[b0 + size]:
        size += 1
    return size


def _anchors(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int]]:
    """Return the positions of words that occur once in both ranges, as many as have the same order in both."""
    once_a = _once(a, a0, a1)
    once_b = _once(b, b0, b1)
    return _longest_increasing([(at, once_b[word]) for word, at in once_a.items() if word in once_b])


def _once(words: Sequence[str], start: int, end: int) -> dict[str, int]:
    counts = Counter(words[start:end])
    return {words[i]: i for i in range(start, end) if counts[words[i]] == 1}


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence whose second numbers increase (patience sorting); the first ones do already."""
    tops: list[int] = []
    piles: list[int] = []
    previous: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        previous.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(value)
            piles.append(index)
        else:
            tops[pile], piles[pile] = value, index
    chain = []
    at = piles[-1] if piles else -1
    while at >= 0:
        chain.append(pairs[at])
        at = previous[at]
    return chain[::-1]


def _align_gap(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> Iterator[_Block]:
    if (a1 - a0) * (b1 - b0) <= _MAX_GAP_PRODUCT:
        matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
        yield from (_Block(a0 + m.a, b0 + m.b, m.size) for m in matcher.get_matching_blocks() if m.size)
