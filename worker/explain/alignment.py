"""Align two sequences: find the runs of equal items in the order of both, at a bounded cost.

Patience diff (Cohen, 2006): items that occur once in each sequence are the anchors, so that rare names decide the
alignment and "the" does not. Between anchors, the longest common subsequence is found by bit operations (rapidfuzz).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

#: A gap without anchors is aligned up to this product of lengths: its table of bits has 8 MB and takes 9 ms. A larger
#: gap, such as 8,000 by 8,000 words without any word that occurs once in both, is different as a whole.
_MAX_GAP_PRODUCT = 2**26
#: In a gap of a few words nothing is gained by anchors, which take ten times as long as the common subsequence.
_SMALL_GAP_PRODUCT = 50
#: Anchors within anchors within anchors: real texts need 5 levels. Each level costs one pass over its words, so this
#: bounds the cost of texts that were made to be expensive.
_MAX_LEVELS = 12


class Block(NamedTuple):
    """``size`` equal items at ``a`` of the first and ``b`` of the second sequence."""

    a: int
    b: int
    size: int


#: Items ``a0`` to ``a1`` of the first and ``b0`` to ``b1`` of the second sequence: a plain tuple, because there is one
#: for each anchor, and a named one takes three times as long to make.
_Range = tuple[int, int, int, int]


def align(a: Sequence[int], b: Sequence[int]) -> list[Block]:
    """Return the runs of equal items, in the order of both sequences; adjacent runs are joined."""
    blocks: list[Block] = []
    a_start = b_start = size = 0
    for block in _align(a, b):  # most blocks continue the one before, so they are added up and not stored
        if (a_start + size, b_start + size) == (block.a, block.b):
            size += block.size
            continue
        if size:
            blocks.append(Block(a_start, b_start, size))
        a_start, b_start, size = block
    return [*blocks, Block(a_start, b_start, size)] if size else blocks


def extend(blocks: list[Block], block: Block) -> None:
    """Append a block, joined with the last one if it continues it."""
    if blocks and (blocks[-1].a + blocks[-1].size, blocks[-1].b + blocks[-1].size) == (block.a, block.b):
        blocks[-1] = blocks[-1]._replace(size=blocks[-1].size + block.size)
    else:
        blocks.append(block)


def _align(a: Sequence[int], b: Sequence[int]) -> Iterator[Block]:
    """Yield equal runs in order: the common start, then those between anchors."""
    stack = [(0, len(a), 0, len(b), 0)]
    while stack:
        a0, a1, b0, b1, level = stack.pop()
        start = _common_start(a, b, a0, a1, b0, b1)
        if start:
            yield Block(a0, b0, start)
            a0 += start
            b0 += start
        if a0 == a1 or b0 == b1:
            continue
        small = (a1 - a0) * (b1 - b0) <= _SMALL_GAP_PRODUCT
        anchors = [] if small or level >= _MAX_LEVELS else _anchors(a, b, (a0, a1, b0, b1))
        if not anchors:
            yield from _align_gap(a, b, (a0, a1, b0, b1))
            continue
        # each piece starts at an anchor, so that it has a common start; the stack returns the last piece first
        edges = [(a0, b0), *anchors, (a1, b1)]
        stack.extend([(x, nx, y, ny, level + 1) for (x, y), (nx, ny) in pairwise(edges)][::-1])


def _common_start(a: Sequence[int], b: Sequence[int], a0: int, a1: int, b0: int, b1: int) -> int:
    size = 0
    limit = min(a1 - a0, b1 - b0)
    while size < limit and a[a0 + size] == b[b0 + size]:
        size += 1
    return size


def _anchors(a: Sequence[int], b: Sequence[int], part: _Range) -> list[tuple[int, int]]:
    """Return the positions of items that occur once in both ranges, as many as have the same order in both."""
    a0, a1, b0, b1 = part
    once_a, once_b = _once(a, a0, a1), _once(b, b0, b1)
    return _longest_increasing([(at, once_b[item]) for item, at in once_a.items() if item in once_b])


def _once(items: Sequence[int], start: int, end: int) -> dict[int, int]:
    part = items[start:end]
    counts = Counter(part)
    return {item: start + i for i, item in enumerate(part) if counts[item] == 1}


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


def _align_gap(a: Sequence[int], b: Sequence[int], part: _Range) -> list[Block]:
    """Return a longest common subsequence, or nothing if the gap is too large."""
    a0, a1, b0, b1 = part
    product = (a1 - a0) * (b1 - b0)
    if product == 1 or product > _MAX_GAP_PRODUCT:  # one word in place of another is the most frequent gap
        return []
    from rapidfuzz.distance import LCSseq  # 20 ms, which commands without differences need not pay

    blocks = LCSseq.editops(a[a0:a1], b[b0:b1]).as_matching_blocks()
    return [Block(a0 + block.a, b0 + block.b, block.size) for block in blocks if block.size]
