"""Join the lines into which a wire message was wrapped, where its paragraphs begin with an indented line.

Cleaning needs more lines than a brief has to know the width; here the indents say what a paragraph is.
"""

from collections.abc import Iterable

#: Wires wrap at 60 to 80 columns; shorter lines are those of a table.
_NARROWEST_WRAP = 40
_INDENTS = (" ", "\t", "^")


def join_wrapped(lines: Iterable[str]) -> str:
    """Return the text: a line goes on with the next one if that is not indented and its first word had no room."""
    entries = [(line.startswith(_INDENTS), line.strip().lstrip("^").rstrip("<=").strip()) for line in lines]
    blank = sum(not line for _, line in entries)
    if 2 * blank > len(entries) - 2:  # the line ends are `\r\r\n`: every other line is blank
        entries = [entry for entry in entries if entry[1]]
    width = max((len(line) for _, line in entries), default=0)
    parts: list[str] = []
    last = ""
    for is_indented, line in entries:
        if line:
            is_full = len(last) + 1 + len(line.partition(" ")[0]) > width >= _NARROWEST_WRAP
            is_wrapped = is_full and not last.endswith("-")  # a broken word is repaired at the line end
            begins = not last or is_indented
            parts.append(("\n\n" if begins else " " if is_wrapped else "\n") + line)
        last = line
    return "".join(parts).strip()
