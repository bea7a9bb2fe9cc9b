"""Arrange the differences of two texts for a page: rows of paragraphs, with long equal stretches folded.

A page stays small whatever the texts: rows beyond ``COMPARED_CHARACTERS`` are left out, and the page says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, zip_longest

from worker.explain.differences import DiffRow, DiffRun, diff_rows

#: Characters of each text that are compared: 1 MB takes under a second (see ``worker.explain.differences``).
DIFFED_CHARACTERS = 1_000_000
#: Characters of one text in all rows of a page, folded ones included: four times the longest articles of most
#: newspapers.
COMPARED_CHARACTERS = 20_000
#: Equal paragraphs that are folded: fewer are read over faster than opened.
_FEWEST_FOLDED = 5
#: Equal paragraphs that stay visible on each side of a fold, so that a difference has its context.
_CONTEXT = 1


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """Paragraphs next to each other: ``kind`` as in ``DiffRow``, or ``replaced``: both texts have another paragraph.

    ``runs`` read as one text. If little ``is_shared``, a narrow screen has the paragraphs below each other instead.
    """

    kind: str
    left: list[DiffRun]
    right: list[DiffRun]
    runs: list[DiffRun]

    @property
    def is_shared(self) -> bool:
        """Whether half of the longer paragraph or more is in both; less is confetti if it is marked in one text."""
        shared = sum(len(run.text) for run in self.runs if run.kind == "same")
        return 2 * shared >= max(_length(self.left), _length(self.right))


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row, or if ``is_folded`` several equal ones; of equal rows without room only the number, ``omitted``."""

    rows: list[ComparedRow]
    is_folded: bool = False
    omitted: int = 0


@dataclass(slots=True)
class Comparison:
    """The differences of two texts; ``is_cut`` if not all of them are shown, ``is_equal`` if there are none."""

    stretches: list[Stretch] = field(default_factory=list)
    is_cut: bool = False
    is_equal: bool = False
    characters: int = 0
    shown_characters: int = COMPARED_CHARACTERS

    @property
    def omits(self) -> bool:
        """Whether any paragraph is not on the page."""
        return self.is_cut or any(stretch.omitted for stretch in self.stretches)


def compare(first: str, second: str) -> Comparison:
    """Return the differences of the first ``DIFFED_CHARACTERS`` of two texts; equal texts are not folded."""
    made = Comparison(is_cut=max(len(first), len(second)) > DIFFED_CHARACTERS)
    rows = _rows(diff_rows(first[:DIFFED_CHARACTERS], second[:DIFFED_CHARACTERS]))
    begin: list[ComparedRow] = []  # the rows to the first difference; those without room on the page are never made
    for row in rows:
        begin.append(row)
        if row.kind != "same":
            break
    made.is_equal = all(row.kind == "same" for row in begin)
    for stretch in _stretches(chain(begin, rows), fold=not made.is_equal):
        if not _add(made, stretch):
            break
    return made


def _rows(rows: Iterable[DiffRow]) -> Iterator[ComparedRow]:
    """Yield the rows; paragraphs that were removed are next to those added in their place."""
    for kind, group in groupby(rows, key=lambda row: row.kind in {"removed", "added"}):
        if not kind:
            yield from (ComparedRow(row.kind, row.left, row.right, _as_one_text(row.runs)) for row in group)
            continue
        alone = list(group)
        removed, added = ([row for row in alone if row.kind == kind] for kind in ("removed", "added"))
        for gone, new in zip_longest(removed, added):
            left, right = (gone.runs if gone else []), (new.runs if new else [])
            yield ComparedRow("replaced" if gone and new else "removed" if gone else "added", left, right, left + right)


def _as_one_text(runs: list[DiffRun]) -> list[DiffRun]:
    """Return the runs with a blank after a removed beginning: the second text has none before its first word."""
    if len(runs) < 2 or runs[0].kind != "removed" or runs[0].text[-1:].isspace() or runs[1].text[:1].isspace():
        return runs
    if runs[1].kind == "same" and not (runs[1].before or "")[:1].isspace():
        return runs
    return [runs[0], DiffRun("same", " "), *runs[1:]]


def _stretches(rows: Iterable[ComparedRow], *, fold: bool) -> Iterator[Stretch]:
    """Yield each row alone, but the middle of many equal rows as a fold."""
    for is_same, group in groupby(rows, key=lambda row: row.kind == "same"):
        members = list(group)
        first, last = 0, 0
        if fold and is_same and len(members) >= _FEWEST_FOLDED + 2 * _CONTEXT:
            first, last = _CONTEXT, len(members) - _CONTEXT
        yield from (Stretch([row]) for row in members[:first])
        if last:
            yield Stretch(members[first:last], is_folded=True)
        yield from (Stretch([row]) for row in members[last:])


def _add(made: Comparison, stretch: Stretch) -> bool:
    """Append a stretch; return whether there is room for more. A fold without room is omitted as a whole."""
    length = sum(max(_length(row.left), _length(row.right)) for row in stretch.rows)
    room = COMPARED_CHARACTERS - made.characters
    if length <= room:
        made.stretches.append(stretch)
    elif stretch.is_folded:
        made.stretches.append(Stretch([], omitted=len(stretch.rows)))
        return True
    else:
        made.is_cut = True
        made.stretches.append(Stretch([_cut(row, room) for row in stretch.rows]))
    made.characters += length
    return not made.is_cut or length <= room


def _cut(row: ComparedRow, room: int) -> ComparedRow:
    return ComparedRow(row.kind, *(list(_first(runs, room)) for runs in (row.left, row.right, row.runs)))


def _first(runs: Sequence[DiffRun], characters: int) -> Iterator[DiffRun]:
    """Yield the runs up to a number of characters."""
    for run in runs:
        if characters <= 0:
            return
        yield DiffRun(run.kind, run.text[:characters])
        characters -= len(run.text)


def _length(runs: Sequence[DiffRun]) -> int:
    return sum(len(run.text) for run in runs)
