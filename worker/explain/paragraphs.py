"""Pair the paragraphs of two texts by the words that an alignment found in both.

Paragraphs that share enough words form a group; in a group there are several if one was split, joined or wrapped.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from worker.explain.alignment import Block
from worker.explain.token_table import TokenTable

#: Two paragraphs with fewer of the shorter one's words in common are not versions of each other.
_MIN_SHARED = 0.3
_BREAK = re.compile(r"(?<=\S)\s*\n\s*")


class Group(NamedTuple):
    """Paragraphs ``a0`` to ``a1`` of the first and ``b0`` to ``b1`` of the second text; one of the two may be empty."""

    a0: int
    a1: int
    b0: int
    b1: int


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each paragraph, which together cover the text: line breaks belong to its end."""
    ends = [match.end() for match in _BREAK.finditer(text)]
    if text and (not ends or ends[-1] < len(text)):
        ends.append(len(text))
    return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []


def pair_paragraphs(a: TokenTable, b: TokenTable, blocks: Sequence[Block]) -> list[Group]:
    """Return groups that cover all paragraphs, in order; unpaired ones are alone, those of the first text first."""
    paired: list[Group] = []
    for i, j in _links(a, b, blocks):
        last = paired[-1] if paired else Group(0, 0, 0, 0)
        if i < last.a1 or j < last.b1:  # one paragraph has two partners
            paired[-1] = Group(last.a0, i + 1, last.b0, j + 1)
        else:
            paired.append(Group(i, i + 1, j, j + 1))
    return list(_cover(paired, len(a.spans), len(b.spans)))


def _cover(paired: Sequence[Group], count_a: int, count_b: int) -> Iterator[Group]:
    at_a = at_b = 0
    for group in [*paired, Group(count_a, count_a, count_b, count_b)]:
        yield from (Group(i, i + 1, at_b, at_b) for i in range(at_a, group.a0))
        yield from (Group(group.a0, group.a0, j, j + 1) for j in range(at_b, group.b0))
        if group.a0 < group.a1:
            yield group
        at_a, at_b = group.a1, group.b1


def _links(a: TokenTable, b: TokenTable, blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Return the pairs of paragraphs that share enough words, in order; punctuation marks do not count."""
    shared: Counter[tuple[int, int]] = Counter()
    for i, j, block in split_blocks(blocks, a.paragraphs, b.paragraphs):
        shared[i, j] += a.words(block.a, block.a + block.size)
    return [
        (i, j)
        for (i, j), size in shared.items()
        if size >= _MIN_SHARED * min(a.paragraph_words(i), b.paragraph_words(j))
    ]


def split_blocks(
    blocks: Sequence[Block], a_starts: Sequence[int], b_starts: Sequence[int]
) -> Iterator[tuple[int, int, Block]]:
    """Cut blocks where a paragraph of either text ends; yield each piece after the numbers of its paragraphs."""
    for block in blocks:
        done = 0
        while done < block.size:
            a, b = block.a + done, block.b + done
            i, j = bisect_right(a_starts, a) - 1, bisect_right(b_starts, b) - 1
            step = min(block.size - done, a_starts[i + 1] - a, b_starts[j + 1] - b)
            yield i, j, Block(a, b, step)
            done += step
