"""Print the differences of two texts: coloured on a terminal, as ``[-removed-]`` and ``{+added+}`` elsewhere."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from worker.cli import output
from worker.display import escape_text
from worker.explain.differences import DiffRun

#: Not by colour alone: many readers do not see red and green as different.
_STYLES = {"removed": "red strike", "added": "green underline"}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}


def say_legend(first: str, second: str) -> None:
    """Print on standard error what the marks mean; ``first`` and ``second`` name the texts."""
    if _coloured():
        output.say(f"Red and struck through is only in {first}, green and underlined only in {second}.")
    else:
        output.say(f"[-…-] is only in {first}, {{+…+}} only in {second}.")


def print_differences(runs: Iterable[DiffRun]) -> None:
    """Print runs with their marks, and the blanks around a run outside its marks."""
    if not _coloured():
        pieces = [text if kind == "same" else text.join(_MARKS[kind]) for kind, text in _pieces(runs)]
        output.print_text("".join(pieces))
        return
    from rich.text import Text

    marked = Text()
    for kind, text in _pieces(runs):
        marked.append(escape_text(text), style=_STYLES.get(kind))
    output.console().print(marked)


def _coloured() -> bool:
    if not output.on_terminal():
        return False
    terminal = output.console()
    return bool(terminal.color_system and not terminal.no_color)


def _pieces(runs: Iterable[DiffRun]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each piece: what is marked has no blanks at its ends, and none touches another.

    A run that is the same is written as in the second text. Next to what only the first text has, the white space is
    the first text's where the second has none there: a word that begins the second text would touch the one before.
    """
    gap, last = "", ""
    for run, following in pairwise([*runs, DiffRun("same", "")]):
        before, body, after = _parted(run.text)
        first_before, _, first_after = _parted(run.before or run.text)
        before = before or (first_before if last == "removed" else "")
        after = after or (first_after if following.kind == "removed" else "")
        if not body:
            gap = _wider(gap, run.text)
            continue
        gap = _wider(gap, before)
        touching = not gap and last in _MARKS and run.kind in _MARKS
        yield "same", " " if touching else gap
        yield run.kind, body
        gap, last = after, run.kind
    yield "same", gap


def _parted(text: str) -> tuple[str, str, str]:
    """Return the white space before the text, the text, and the white space after it."""
    body = text.strip()
    start = text.index(body)
    return text[:start], body, text[start + len(body) :]


def _wider(first: str, second: str) -> str:
    """Return the white space that separates more: a paragraph more than a line, a line more than a word."""
    return max(first, second, key=lambda blanks: (blanks.count("\n"), len(blanks)))
