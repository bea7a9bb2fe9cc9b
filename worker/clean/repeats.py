"""Blocks of text that were extracted twice in; each once out.

Only long lines that are equal letter for letter, so that a refrain, a list or a table keeps its lines.
"""

from itertools import pairwise

from worker.clean.metadata import Metadata, StepResult, has_too_many_lines

#: Shorter equal lines may be the author's; none of the reference texts repeats a longer one.
SHORTEST_BLOCK = 80
#: A caption or a post printed once bare and once with its credit; shorter ones may be a refrain.
SHORTEST_BEGINNING = 40


def drop_repeats(text: str, _metadata: Metadata) -> StepResult:
    """Drop a line that stands word for word earlier in the text, or that the next one begins with."""
    if "\n" not in text or has_too_many_lines(text):
        return StepResult(text, 0)
    lines = text.split("\n")
    blocks = [line for line in lines if len(line) >= SHORTEST_BEGINNING]
    # Equal blocks, or one that begins another, begin alike: rare, and this costs less than finding out which.
    if len({line[:SHORTEST_BEGINNING] for line in blocks}) == len(blocks):
        return StepResult(text, 0)
    begun = {line for line, following in pairwise(blocks) if following.startswith(line) and following != line}
    seen: set[str] = set()
    kept: list[str] = []
    for line in lines:
        if line in begun:
            continue
        if len(line) >= SHORTEST_BLOCK:
            if line in seen:
                continue
            seen.add(line)
        kept.append(line)
    return StepResult("\n".join(kept), len(lines) - len(kept))
