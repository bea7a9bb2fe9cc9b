"""Compute the differences of two texts: paragraphs next to each other, and in each pair the words removed or added.

There is one alignment for pages and terminal: ``diff_rows`` returns it by paragraphs, ``differences`` as a whole. Equal
paragraphs are found first; between them words are aligned, and paragraphs paired by the words that they share.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from worker.explain.alignment import Block, align, extend
from worker.explain.paragraphs import Group, pair_paragraphs, paragraph_spans, split_blocks
from worker.explain.token_table import TokenTable, token_table, word_numbers
from worker.explain.words import tokens

Kind = Literal["same", "removed", "added"]
Spans = list[tuple[int, int]]

#: A few common words between differences this many times as long on both sides are the same by chance: "of the" between
#: ten other words and eight other words. Marking around them would leave confetti that nobody can read.
_CHANCE_FACTOR = 3


class DiffRun(NamedTuple):
    """A run of text: ``same`` and ``added`` as the second text writes it, ``removed`` as the first does.

    ``before`` is how the first text writes a run that is the same, if its white space differs.
    """

    kind: Kind
    text: str
    before: str | None = None


class DiffRow(NamedTuple):
    """Paragraphs of both texts that belong together, or paragraphs that only one of them has.

    ``kind`` is ``same``, ``changed``, ``removed`` or ``added``; ``runs`` lead from the first text to the second.
    """

    kind: Literal["same", "changed", "removed", "added"]
    runs: list[DiffRun]

    @property
    def left(self) -> list[DiffRun]:
        """The runs of the first text, as it writes them."""
        return [run if run.before is None else DiffRun("same", run.before) for run in self.runs if run.kind != "added"]

    @property
    def right(self) -> list[DiffRun]:
        """The runs of the second text."""
        return [run for run in self.runs if run.kind != "removed"]


def differences(first: str, second: str) -> list[DiffRun]:
    """Return the runs that turn ``first`` into ``second``; without the removed runs they join to ``second``."""
    runs: list[DiffRun] = []
    for row in diff_rows(first, second):
        for run in row.runs:
            if runs and runs[-1].kind == run.kind:
                runs[-1] = _joined(runs[-1], run)
            else:
                runs.append(run)
    return runs


def _joined(run: DiffRun, following: DiffRun) -> DiffRun:
    if run.before is None and following.before is None:
        return DiffRun(run.kind, run.text + following.text)
    before = (run.text if run.before is None else run.before) + (following.before or following.text)
    return DiffRun(run.kind, run.text + following.text, before)


def diff_rows(first: str, second: str) -> Iterator[DiffRow]:
    """Yield the rows of paragraphs that turn ``first`` into ``second``, in the order of both texts.

    A row is made when it is asked for, and so are the alignments of words between equal paragraphs.
    """
    a, b = paragraph_spans(first), paragraph_spans(second)
    numbers: dict[str, int] = {}
    at_a = at_b = 0
    equal = align(_paragraph_numbers(first, a, numbers), _paragraph_numbers(second, b, numbers))
    for block in [*equal, Block(len(a), len(b), 0)]:
        yield from _gap_rows(first, second, a[at_a : block.a], b[at_b : block.b])
        at_a, at_b = block.a + block.size, block.b + block.size
        for (a0, a1), (b0, b1) in zip(a[block.a : at_a], b[block.b : at_b], strict=True):
            yield DiffRow("same", [_same(first[a0:a1], second[b0:b1])])


def _paragraph_numbers(text: str, spans: Spans, numbers: dict[str, int]) -> list[int]:
    """Return a number for each paragraph; those that differ in white space only have the same."""
    return [numbers.setdefault(" ".join(text[start:end].split()), len(numbers)) for start, end in spans]


def _same(before: str, after: str) -> DiffRun:
    return DiffRun("same", after, None if before == after else before)


def _gap_rows(first: str, second: str, a_spans: Spans, b_spans: Spans) -> Iterator[DiffRow]:
    """Yield the rows of paragraphs between equal ones."""
    numbers = word_numbers()
    a, b = token_table(first, a_spans, numbers), token_table(second, b_spans, numbers)
    if not a.ids or not b.ids:  # no paragraph, or a text of blanks
        yield from (DiffRow("removed", [DiffRun("removed", first[start:end])]) for start, end in a_spans)
        yield from (DiffRow("added", [DiffRun("added", second[start:end])]) for start, end in b_spans)
        return
    blocks = align(a.ids, b.ids)
    pieces = split_blocks(blocks, a.paragraphs, b.paragraphs)
    piece = next(pieces, None)
    for group in pair_paragraphs(a, b, blocks):
        inside: list[Block] = []
        # pieces of paragraphs that are not paired are the same by chance
        while piece and (piece[0] < group.a1 or piece[1] < group.b1):
            if group.a0 <= piece[0] < group.a1 and group.b0 <= piece[1] < group.b1:
                extend(inside, piece[2])
            piece = next(pieces, None)
        yield _row(a, b, group, inside)


def _row(a: TokenTable, b: TokenTable, group: Group, blocks: Sequence[Block]) -> DiffRow:
    a_paragraphs, b_paragraphs = range(group.a0, group.a1), range(group.b0, group.b1)
    at_a, at_b = a.paragraphs[group.a0], b.paragraphs[group.b0]
    end = Block(a.paragraphs[group.a1], b.paragraphs[group.b1], 0)
    runs: list[DiffRun] = []
    for block in [*_without_chance(a, b, blocks, (at_a, at_b), end), end]:
        if at_a < block.a:
            runs.append(DiffRun("removed", a.between(at_a, block.a, a_paragraphs)))
        if at_b < block.b:
            runs.append(DiffRun("added", b.between(at_b, block.b, b_paragraphs)))
        at_a, at_b = block.a + block.size, block.b + block.size
        if block.size:
            runs.append(_same(a.between(block.a, at_a, a_paragraphs), b.between(block.b, at_b, b_paragraphs)))
    kinds = {run.kind for run in runs}
    return DiffRow(kinds.pop() if len(kinds) == 1 else "changed", runs)


def _without_chance(
    a: TokenTable, b: TokenTable, blocks: Sequence[Block], start: tuple[int, int], end: Block
) -> list[Block]:
    """Return the blocks of a row without those that are the same by chance."""
    once = _once_in_both(a.ids[start[0] : end.a], b.ids[start[1] : end.b])
    kept: list[Block] = []
    at_a, at_b = start
    for block, following in pairwise([*blocks, end]):
        before = max(block.a - at_a, block.b - at_b)
        behind = max(following.a - block.a - block.size, following.b - block.b - block.size)
        by_chance = block.size * _CHANCE_FACTOR <= min(before, behind)
        if by_chance and once.isdisjoint(a.ids[block.a : block.a + block.size]):
            continue
        kept.append(block)
        at_a, at_b = block.a + block.size, block.b + block.size
    return kept


def _once_in_both(a: Sequence[int], b: Sequence[int]) -> set[int]:
    """Return the words that each of the paragraphs has once, as names: they are never the same by chance."""
    counts_a, counts_b = Counter(a), Counter(b)
    return {number for number, count in counts_a.items() if count == 1 == counts_b[number]}


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
