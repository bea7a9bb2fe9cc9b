"""Print the differences of two texts: coloured on a terminal, as ``[-removed-]`` and ``{+added+}`` elsewhere."""

from collections.abc import Iterable, Iterator

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
    """Yield the kind and the text of each piece: what is marked has no blanks at its ends, and none touches another."""
    marked_before = False
    for run in runs:
        body = run.text.strip()
        if run.kind == "same" or not body:
            yield "same", run.text
            marked_before = marked_before and not run.text
            continue
        start = run.text.index(body)
        before, after = run.text[:start], run.text[start + len(body) :]
        yield "same", before or (" " if marked_before else "")
        yield run.kind, body
        yield "same", after
        marked_before = not after
